"""Build the compiled GANs that a run trains: without privacy, and with it."""

import keras

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import learning
from dpgan_tf.config.parts import privacy
from dpgan_tf.data import records
from dpgan_tf.models import decoupled
from dpgan_tf.models import dpgan
from dpgan_tf.models import summary_loss
from dpgan_tf.models import wgan
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.run import assembly


def build_warm_start(
    recipe: recipes.Recipe,
    form: records.Form,
    critic: keras.Model,
    generator: keras.Model,
) -> wgan_gp.WGANGP:
    """Return the compiled GAN of the warm start, which has no privacy."""
    settings = _gan_settings(recipe, form) | {
        "num_critic_steps": recipe.warm_start.num_critic_steps
    }
    kind = wgan_gp.WGANGP
    if isinstance(recipe.loss, learning.WeightBox):
        kind = wgan.WGAN
    model = kind(critic, generator, **settings)
    rate = recipe.warm_start.learning_rate
    _compile(recipe, model, rate, rate)
    return model


def build_dpgan(
    recipe: recipes.Recipe,
    form: records.Form,
    critic: keras.Model,
    generator: keras.Model,
    mechanism: mechanisms.GroupedGaussianMechanism,
    *,
    beside: summary_loss.SummaryLoss | None = None,
) -> dpgan.DPGAN:
    """Return the compiled private GAN that the recipe names.

    Args:
      recipe: the run's recipe.
      form: form of an example.
      critic: critic to train.
      generator: generator to train.
      mechanism: the mechanism that was priced.
      beside: loss that is added to the critic's in a generator step.
    """
    settings = _gan_settings(recipe, form) | {
        "num_critic_steps": recipe.steps.num_critic_steps,
        "num_fakes": recipe.steps.expected_batch_size,
        "engine": recipe.steps.engine,
    }
    if isinstance(recipe.loss, _DRAWING):
        settings["draws_per_record"] = recipe.loss.draws_per_record
    model = _PRIVATE[type(recipe.loss), type(recipe.clipping)](
        critic,
        generator,
        beside=beside,
        mechanism=mechanism,
        make_groups=assembly.make_groups(
            recipe, [v.shape for v in critic.trainable_variables]
        )[0],
        **_bound_settings(recipe.clipping),
        **settings,
    )
    _compile(
        recipe,
        model,
        recipe.steps.critic_learning_rate,
        recipe.steps.generator_learning_rate,
    )
    return model


_PRIVATE = {
    (learning.WassersteinGP, privacy.FixedBound): dpgan.DPGAN,
    (learning.WassersteinGP, privacy.AdaptiveBound): dpgan.AdvancedDPGAN,
    (learning.Decoupled, privacy.FixedBound): decoupled.DecoupledDPGAN,
    (
        learning.Decoupled,
        privacy.AdaptiveBound,
    ): decoupled.AdvancedDecoupledDPGAN,
    (learning.WeightBox, privacy.FixedBound): wgan.XieDPGAN,
    (learning.PPGAN, privacy.FixedBound): wgan.PPGAN,
}
_DRAWING = (learning.WassersteinGP, learning.WeightBox)


def _bound_settings(clipping: recipes.Clipping) -> dict[str, float]:
    if isinstance(clipping, privacy.FixedBound):
        return {"clip_norm": clipping.norm}
    return {
        "clip_update_every": clipping.update_every,
        "adaptive_clip_factor": clipping.factor,
    }


def _gan_settings(
    recipe: recipes.Recipe, form: records.Form
) -> dict[str, object]:
    settings: dict[str, object] = {
        "largest_count": form.largest,
        "batch_size": recipe.steps.generator_batch_size,
        "generator_ema_decay": recipe.networks.ema_decay,
        "num_classes": assembly.num_classes(recipe, form),
        "draw_seed": assembly.initial_seed(recipe),
        "precision": recipe.networks.precision,
    }
    if isinstance(recipe.loss, learning.WeightBox):
        return settings | {"weight_clip": recipe.loss.weight_clip}
    return settings | {
        "objective": recipe.loss.objective,
        "gradient_penalty_weight": recipe.loss.gradient_penalty_weight,
    }


def _compile(
    recipe: recipes.Recipe,
    model: wgan_gp.WGANGP,
    critic_rate: float,
    generator_rate: float,
) -> None:
    model.compile(
        critic_optimizer=_optimizer(recipe.optimizer, critic_rate),
        generator_optimizer=_optimizer(recipe.optimizer, generator_rate),
        jit_compile=recipe.steps.jit_compile,
    )


def _optimizer(
    part: recipes.Optimizer, rate: float
) -> keras.optimizers.Optimizer:
    if isinstance(part, learning.Adam):
        return keras.optimizers.Adam(
            rate, beta_1=part.beta_1, beta_2=part.beta_2
        )
    return keras.optimizers.RMSprop(rate, rho=part.rho)
