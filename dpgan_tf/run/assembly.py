"""Builds the parts of a run from its configuration."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.claim import card_words
from dpgan_tf.config import presets
from dpgan_tf.config import settings as configs
from dpgan_tf.data import records
from dpgan_tf.models import decoupled
from dpgan_tf.models import dpgan
from dpgan_tf.models import networks
from dpgan_tf.models import row_networks
from dpgan_tf.models import summary_loss
from dpgan_tf.models import wgan
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.run import feasibility

_KINDS = {
    ("wgan_gp", "fixed"): dpgan.DPGAN,
    ("wgan_gp", "adaptive"): dpgan.AdvancedDPGAN,
    ("decoupled", "fixed"): decoupled.DecoupledDPGAN,
    ("decoupled", "adaptive"): decoupled.AdvancedDecoupledDPGAN,
    ("wasserstein", "fixed"): wgan.XieDPGAN,
}
_OPTIMIZERS = {
    "adam": lambda config, rate: keras.optimizers.Adam(
        rate, beta_1=config.adam_beta_1, beta_2=config.adam_beta_2
    ),
    "rmsprop": lambda config, rate: keras.optimizers.RMSprop(
        rate, rho=config.adam_beta_2
    ),
    "sgd": lambda config, rate: keras.optimizers.SGD(rate),
}
_DECAYS = {
    "linear": lambda rate, steps: keras.optimizers.schedules.PolynomialDecay(
        rate, steps, end_learning_rate=0.0
    ),
    "cosine": keras.optimizers.schedules.CosineDecay,
}


def build_networks(
    config: configs.Config, form: records.Form
) -> tuple[keras.Model, keras.Model]:
    """Return a new critic and a new generator.

    Args:
      config: widths and latent length.
      form: what an example looks like.
    """
    generator = build_generator(config, form)
    return build_critic(config, form), generator


def build_generator(config: configs.Config, form: records.Form) -> keras.Model:
    """Return a new generator.

    Args:
      config: its width and the length of a latent vector.
      form: what an example looks like.
    """
    sizes = {"latent_dim": config.latent_dim, "width": config.generator_width}
    if form.is_table:
        return row_networks.build_table_generator(form.shape[0], **sizes)
    return networks.build_generator(
        form.shape, num_classes=num_classes(config, form), **sizes
    )


def build_critic(config: configs.Config, form: records.Form) -> keras.Model:
    """Return a new critic.

    Args:
      config: its width.
      form: what an example looks like.
    """
    if form.is_table:
        return row_networks.build_table_critic(
            form.shape[0], width=config.critic_width
        )
    return networks.build_critic(
        form.shape,
        width=config.critic_width,
        num_classes=num_classes(config, form),
    )


def critic_shapes(
    config: configs.Config, form: records.Form
) -> list[tuple[int, ...]]:
    """Return the shapes of the variables of `build_critic`, without a critic.

    Args:
      config: its width.
      form: what an example looks like.
    """
    if form.is_table:
        return row_networks.table_critic_shapes(
            form.shape[0], width=config.critic_width
        )
    return networks.critic_shapes(
        form.shape,
        width=config.critic_width,
        num_classes=num_classes(config, form),
    )


def make_groups(
    config: configs.Config, shapes: Sequence[Sequence[int]]
) -> tuple[grouping.Grouping, int]:
    """Return how bounds of variables become groups, and how many groups.

    Args:
      config: names the grouping.
      shapes: of the critic's variables.

    Raises:
      ConfigError: for more groups than the variables can have.
    """
    try:
        return grouping.build(
            config.grouping, shapes, num_groups=config.num_groups
        )
    except ValueError as error:
        raise errors.ConfigError(str(error)) from error


def num_classes(config: configs.Config, form: records.Form) -> int:
    """Return how many classes both networks know; 0 if they see no labels.

    Args:
      config: whether they see labels.
      form: how many classes labels have.

    Raises:
      ConfigError: if they see labels of classes that nobody declared.
    """
    feasibility.require_declared_classes(config, form)
    return form.num_classes if config.conditional else 0


def build_warm_start(
    config: configs.Config,
    form: records.Form,
    critic: keras.Model,
    generator: keras.Model,
) -> wgan_gp.WGANGP:
    """Return the compiled GAN of the warm start, which has no privacy."""
    settings = _gan_settings(config, form) | {
        "batch_size": config.warm_start_batch_size,
        "num_critic_steps": config.warm_start_critic_steps,
    }
    kind = wgan_gp.WGANGP
    if config.critic_loss == "wasserstein":
        kind = wgan.WGAN
        settings |= {"weight_clip": config.weight_clip}
    model = kind(critic, generator, **settings)
    rate = config.warm_start_learning_rate
    model.compile(
        critic_optimizer=_optimizer(config, rate),
        generator_optimizer=_optimizer(config, rate),
        jit_compile=config.jit_compile,
    )
    return model


def build_dpgan(
    config: configs.Config,
    form: records.Form,
    critic: keras.Model,
    generator: keras.Model,
    mechanism: mechanisms.GroupedGaussianMechanism,
    beside: summary_loss.SummaryLoss | None = None,
    *,
    num_steps: int | None = None,
) -> dpgan.DPGAN:
    """Return the compiled private GAN that the configuration names.

    Args:
      config: of the run.
      form: of an example.
      critic: its weights are trained.
      generator: its weights are trained.
      mechanism: that was priced.
      beside: what the generator follows beside the critic.
      num_steps: critic steps that the budget allows, over which rates fall;
        those of the configuration without.
    """
    settings = _gan_settings(config, form) | _private_settings(config)
    model = _kind(config)(
        critic,
        generator,
        beside=beside,
        mechanism=mechanism,
        make_groups=make_groups(
            config, [v.shape for v in critic.trainable_variables]
        )[0],
        **settings,
    )
    if num_steps is None:
        num_steps = config.num_steps
    model.compile(
        critic_optimizer=_optimizer(
            config,
            _decayed(config, config.critic_learning_rate, num_steps),
        ),
        generator_optimizer=_optimizer(
            config,
            _decayed(
                config,
                config.generator_learning_rate,
                num_steps // config.num_critic_steps,
            ),
        ),
        jit_compile=config.jit_compile,
    )
    return model


def _kind(config: configs.Config) -> type[dpgan.DPGAN]:
    """Return the class of the private GAN."""
    if config.critic_loss == "wasserstein" and config.clip_generator:
        return wgan.PPGAN
    return _KINDS[config.critic_loss, config.clipping]


def _private_settings(config: configs.Config) -> dict[str, object]:
    """Return what the class of the private GAN takes of the configuration."""
    settings: dict[str, object] = {
        "clip_norm": config.clip_norm,
        "num_fakes": config.expected_batch_size,
        "draws_per_record": config.draws_per_record,
        "engine": config.engine,
        "batch_size": config.warm_start_batch_size,
        "num_critic_steps": config.num_critic_steps,
        "accuracy_to_wait_for": config.critic_accuracy,
    }
    if config.clipping == "adaptive":
        settings |= {
            "clip_update_every": config.clip_update_every,
            "adaptive_clip_factor": config.adaptive_clip_factor,
        }
    if config.critic_loss == "decoupled":
        settings |= {
            "drift_weight": config.drift_weight,
            "largest_shift": config.largest_shift,
        }
    if config.critic_loss == "wasserstein":
        settings["weight_clip"] = config.weight_clip
    return settings


def prepare_arithmetic() -> None:
    """Set what a user's own settings may have set otherwise.

    Ten-bit products would round away the clipping's slack; networks are made
    for float32 and channels that come last.
    """
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    tf.config.experimental.enable_tensor_float_32_execution(False)


def training_facts(config: configs.Config) -> list[tuple[str, str]]:
    """Return the public settings that a model card shows.

    Args:
      config: of the run.

    Returns:
      (name, value) pairs.
    """
    facts = {name: str(getattr(config, name)) for name in card_words.SETTINGS}
    if config.preset not in presets.names():
        facts["preset"] = card_words.OTHER_PRESET
    return list(facts.items())


def initial_seed(config: configs.Config) -> int:
    """Return what initial weights and public draws are made from."""
    return int(config.digest()[:15], 16) % 2**31


def _gan_settings(
    config: configs.Config, form: records.Form
) -> dict[str, object]:
    return {
        "largest_count": form.largest,
        "gradient_penalty_weight": config.gradient_penalty_weight,
        "generator_ema_decay": config.generator_ema_decay,
        "ema_correction": config.generator_ema_correction,
        "objective": config.objective,
        "num_classes": num_classes(config, form),
        "draw_seed": initial_seed(config),
    }


def _decayed(
    config: configs.Config, rate: float, num_steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Return a rate that falls to 0 over the private steps, if it shall.

    Args:
      config: how it falls.
      rate: that it begins with.
      num_steps: of the optimizer.
    """
    if config.learning_rate_decay == "none":
        return rate
    return _DECAYS[config.learning_rate_decay](rate, num_steps)


def _optimizer(config: configs.Config, rate) -> keras.optimizers.Optimizer:
    return _OPTIMIZERS[config.optimizer](config, rate)
