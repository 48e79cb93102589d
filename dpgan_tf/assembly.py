"""Builds the parts of a run from its configuration."""

import dataclasses
import math

import keras
import numpy as np

from dpgan_tf import config as configs
from dpgan_tf import errors
from dpgan_tf.data import records
from dpgan_tf.models import decoupled
from dpgan_tf.models import dpgan
from dpgan_tf.models import networks
from dpgan_tf.models import summary_loss
from dpgan_tf.models import table_networks
from dpgan_tf.models import wgan
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy import accounting
from dpgan_tf.privacy import bounds
from dpgan_tf.privacy import calibration
from dpgan_tf.privacy import class_moments
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.privacy import scattering
from dpgan_tf.privacy import summary

_KINDS = {
    ("wgan_gp", "fixed"): dpgan.DPGAN,
    ("wgan_gp", "quantile"): dpgan.DPGAN,
    ("wgan_gp", "adaptive"): dpgan.AdvancedDPGAN,
    ("decoupled", "fixed"): decoupled.DecoupledDPGAN,
    ("decoupled", "quantile"): decoupled.DecoupledDPGAN,
    ("decoupled", "adaptive"): decoupled.AdvancedDecoupledDPGAN,
    ("wasserstein", "fixed"): wgan.XieDPGAN,
    ("wasserstein", "quantile"): wgan.XieDPGAN,
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


_MOST_PRODUCTS = 50_000_000
"""Of all classes' covariances, of which there are a few copies of 400 MB."""

_MOST_SURROGATE_BYTES = 2 * 2**30

_MOST_FEATURE_BYTES = 8 * 2**30

_MOST_FEATURES = 6_000
"""Of an image, whose principal directions take a minute to find."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget:
    """What a run may spend, and on what.

    Attributes:
      mechanism: what every private step calls.
      max_steps: the most steps that stay within the target, in whole rounds
        of critic steps.
      curve: epsilon against steps.
      summary_noise_multipliers: of the releases of the summary; empty if the
        run takes none.
    """

    mechanism: mechanisms.GroupedGaussianMechanism
    max_steps: int
    curve: accounting.EpsilonCurve
    summary_noise_multipliers: tuple[float, ...] = ()


def build_networks(
    config: configs.Config, form: records.Form
) -> tuple[keras.Model, keras.Model]:
    """Return a new critic and a new generator.

    Args:
      config: widths and latent length.
      form: what an example looks like.
    """
    sizes = {"latent_dim": config.latent_dim, "width": config.generator_width}
    if form.is_table:
        generator = table_networks.build_table_generator(form.shape[0], **sizes)
    else:
        generator = networks.build_generator(
            form.shape, num_classes=num_classes(config, form), **sizes
        )
    return _build_critic(config, form), generator


def noise_length(config: configs.Config, form: records.Form) -> float:
    """Return the length of the noise in a mean gradient, over the joint bound.

    That is sigma sqrt(sum_j V_j c_j^2) / (m C), with V_j weights in group j and
    bounds c_j as fixed ones begin, C^2 = sum_j c_j^2.

    Args:
      config: of a private run.
      form: what an example looks like.
    """
    sigma = build_budget(config, form).mechanism.noise_multiplier
    critic = _build_critic(config, form)
    sizes = [math.prod(v.shape) for v in critic.trainable_variables]
    groups = _make_groups(config, critic)[0](
        bounds.fixed_bounds(1.0, num_variables=len(sizes))
    )
    squares = np.square(groups.clip_norms) @ np.transpose(groups.membership)
    return sigma * math.sqrt(squares @ sizes) / config.expected_batch_size


def num_classes(config: configs.Config, form: records.Form) -> int:
    """Return how many classes both networks know; 0 if they see no labels.

    Args:
      config: whether they see labels.
      form: how many classes labels have.
    """
    return form.num_classes if config.conditional else 0


def build_budget(
    config: configs.Config, form: records.Form = records.DIGITS
) -> Budget:
    """Solve the noise from the budget, or the steps from the noise.

    Args:
      config: target, steps, batch and grouping.
      form: what an example looks like, and so the critic's variables.

    Returns:
      The mechanism and how often it may be called.

    Raises:
      ConfigError: if not even one step fits the budget.
    """
    if config.target_epsilon is None:
        raise errors.ConfigError(
            "target_epsilon=None; no budget, and so nothing to release: give "
            "a number > 0."
        )
    _require_shift_fits(config, form)
    num_groups = _make_groups(config, _build_critic(config, form))[1]
    summary_multipliers = _summary_noise_multipliers(config, form)
    spending = {
        "sampling_probability": config.sampling_probability,
        "accountant": config.accountant,
        "summary_noise_multiplier": (
            summary.combined(summary_multipliers)
            if summary_multipliers
            else None
        ),
    }
    target = {
        "target_epsilon": config.target_epsilon,
        "target_delta": config.target_delta,
    }
    quantile_share = 0.0
    if config.clipping == "quantile":
        quantile_share = config.clip_quantile_share
    noise_multiplier = config.noise_multiplier
    if noise_multiplier is None:
        effective = calibration.calibrate_noise_multiplier(
            num_steps=config.num_steps, **target, **spending
        )
        noise_multiplier = accounting.per_group_noise_multiplier(
            effective, num_groups, quantile_share
        )
    mechanism = mechanisms.GroupedGaussianMechanism(
        noise_multiplier=noise_multiplier,
        num_groups=num_groups,
        sampling_probability=config.sampling_probability,
        expected_batch_size=config.expected_batch_size,
        quantile_share=quantile_share,
    )
    effective = mechanism.effective_noise_multiplier
    max_steps = calibration.max_steps(
        effective_noise_multiplier=effective, **target, **spending
    )
    max_steps = min(max_steps, config.num_steps)
    max_steps -= max_steps % config.num_critic_steps
    if max_steps < 1:
        raise errors.ConfigError(
            f"noise_multiplier={noise_multiplier} with {num_groups} groups: "
            f"not {config.num_critic_steps} critic steps fit epsilon "
            f"{config.target_epsilon}; use more noise, fewer groups or a "
            "larger target_epsilon."
        )
    return Budget(
        mechanism=mechanism,
        max_steps=max_steps,
        curve=accounting.EpsilonCurve(
            effective_noise_multiplier=effective,
            delta=config.target_delta,
            **spending,
        ),
        summary_noise_multipliers=summary_multipliers,
    )


def _summary_noise_multipliers(
    config: configs.Config, form: records.Form
) -> tuple[float, ...]:
    """Return the noise of each release of the summary, in their order."""
    if config.summary == "none":
        return ()
    if (config.summary in configs.ROW_SUMMARIES) != form.is_table:
        raise errors.ConfigError(
            f"summary={config.summary}; expected none, or marginals or pairs "
            "for rows of a table, class_moments for labelled images."
        )
    if config.has_surrogates:
        _require_moments_fit(config, form)
    epsilon = config.summary_share * config.target_epsilon
    if config.summary_epsilon_limit is not None:
        epsilon = min(epsilon, config.summary_epsilon_limit)
    together = calibration.calibrate_noise_multiplier(
        target_epsilon=epsilon,
        target_delta=config.target_delta,
        sampling_probability=1.0,
        num_steps=1,
        accountant=config.accountant,
    )
    if config.summary == "marginals":
        return (together,)
    shares = [
        config.summary_marginals_share,
        1 - config.summary_marginals_share,
    ]
    if config.has_features:
        _require_features_fit(config, form)
        left = 1 - config.feature_share - config.guide_share
        of_step = config.guide_share / config.guide_steps
        shares = [
            *(left * share for share in shares),
            config.feature_share,
            *[of_step] * config.guide_steps,
        ]
    return tuple(together / math.sqrt(share) for share in shares)


def guide_noise_multiplier(config: configs.Config, form: records.Form) -> float:
    """Return the noise of all steps of a guide together, taken as one release.

    Args:
      config: of a run whose summary has a guide.
      form: what an example looks like.
    """
    of_step = _summary_noise_multipliers(config, form)[-1]
    return of_step / math.sqrt(config.guide_steps)


def _require_shift_fits(config: configs.Config, form: records.Form) -> None:
    if not config.largest_shift:
        return
    most = 0 if form.is_table else min(form.shape[:2]) // 2
    if config.largest_shift > most:
        raise errors.ConfigError(
            f"largest_shift={config.largest_shift}; expected at most {most}: "
            "half a side of an image, 0 for rows of a table."
        )


def _require_moments_fit(config: configs.Config, form: records.Form) -> None:
    shortest = min(form.shape[:2])
    if config.summary_side > shortest:
        raise errors.ConfigError(
            f"summary_side={config.summary_side}; expected at most {shortest}, "
            "the side of an image."
        )
    if config.num_surrogates < form.num_classes:
        raise errors.ConfigError(
            f"num_surrogates={config.num_surrogates}; expected at least "
            f"{form.num_classes}, one of each class."
        )
    num_bytes = config.num_surrogates * math.prod(form.shape)
    if num_bytes > _MOST_SURROGATE_BYTES:
        raise errors.ConfigError(
            f"num_surrogates={config.num_surrogates}; images of "
            f"{num_bytes / 2**30:.1f} GiB; expected at most "
            f"{_MOST_SURROGATE_BYTES / 2**30:.0f} GiB."
        )
    num = class_moments.num_products(
        form.shape, side=config.summary_side, num_classes=form.num_classes
    )
    if num > _MOST_PRODUCTS:
        raise errors.ConfigError(
            f"summary_side={config.summary_side}; {num:,} products of "
            f"{form.num_classes} classes; expected at most {_MOST_PRODUCTS:,}: "
            "use a smaller side."
        )


def _require_features_fit(config: configs.Config, form: records.Form) -> None:
    """Refuse before anything is charged what would fail afterwards."""
    num = scattering.num_features(form.shape)
    if num > _MOST_FEATURES:
        raise errors.ConfigError(
            f"summary=class_features; images of {form.shape} have {num:,} "
            f"features, and {_MOST_FEATURES:,} is the most: use class_moments."
        )
    num_bytes = 4 * config.num_private_examples * config.feature_directions
    if num_bytes > _MOST_FEATURE_BYTES:
        raise errors.ConfigError(
            f"feature_directions={config.feature_directions}; features of "
            f"{num_bytes / 2**30:.1f} GiB; expected at most "
            f"{_MOST_FEATURE_BYTES / 2**30:.0f} GiB."
        )
    num = form.num_classes * config.feature_products**2
    if num > _MOST_PRODUCTS:
        raise errors.ConfigError(
            f"feature_products={config.feature_products}; {num:,} products of "
            f"{form.num_classes} classes; expected at most {_MOST_PRODUCTS:,}."
        )
    if config.summary_batch_size < 2 * form.num_classes:
        raise errors.ConfigError(
            f"summary_batch_size={config.summary_batch_size}; expected at "
            f"least {2 * form.num_classes}, two fakes of each class."
        )


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
) -> dpgan.DPGAN:
    """Return the compiled private GAN that the configuration names."""
    settings = _gan_settings(config, form) | {
        "beside": beside,
        "mechanism": mechanism,
        "make_groups": _make_groups(config, critic)[0],
        "clip_norm": config.clip_norm,
        "num_fakes": config.expected_batch_size,
        "draws_per_record": config.draws_per_record,
        "clip_quantile": config.clip_quantile,
        "clip_quantile_rate": config.clip_quantile_rate,
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
    kind = _KINDS[config.critic_loss, config.clipping]
    if config.critic_loss == "wasserstein":
        settings |= {"weight_clip": config.weight_clip}
        kind = wgan.PPGAN if config.clip_generator else kind
    model = kind(critic, generator, **settings)
    model.compile(
        critic_optimizer=_optimizer(
            config, _decayed(config, config.critic_learning_rate, every=1)
        ),
        generator_optimizer=_optimizer(
            config,
            _decayed(
                config,
                config.generator_learning_rate,
                every=config.num_critic_steps,
            ),
        ),
        jit_compile=config.jit_compile,
    )
    return model


def ledger_header(config: configs.Config, budget: Budget) -> dict[str, object]:
    """Return what a ledger is begun with: the mechanism and its budget.

    Args:
      config: of the run.
      budget: made of it.
    """
    mechanism = budget.mechanism
    seeded = config.noise_seed is not None
    multipliers = budget.summary_noise_multipliers
    charged = (
        {"summary_noise_multiplier": summary.combined(multipliers)}
        if multipliers
        else {}
    )
    if mechanism.quantile_share:
        charged |= {"quantile_share": mechanism.quantile_share}
    return charged | {
        "sampling_probability": mechanism.sampling_probability,
        "noise_multiplier": mechanism.noise_multiplier,
        "num_groups": mechanism.num_groups,
        "effective_noise_multiplier": mechanism.effective_noise_multiplier,
        "expected_batch_size": config.expected_batch_size,
        "num_examples": config.num_private_examples,
        "target_epsilon": config.target_epsilon,
        "target_delta": config.target_delta,
        "accountant": config.accountant,
        "max_steps": budget.max_steps,
        "noise_source": "seed" if seeded else "os_entropy",
        "config_hash": config.digest(),
    }


def training_facts(config: configs.Config) -> list[tuple[str, str]]:
    """Return the public settings that a model card shows.

    Args:
      config: of the run.

    Returns:
      (name, value) pairs.
    """
    names = (
        "preset public_fraction conditional critic_loss objective grouping "
        "clipping warm_start_steps num_critic_steps critic_accuracy "
        "draws_per_record largest_shift critic_width generator_width "
        "critic_learning_rate generator_learning_rate learning_rate_decay "
        "generator_ema_decay generator_ema_correction latent_scale summary "
        "guide_weight feature_weight"
    ).split()
    return [(name, str(getattr(config, name))) for name in names]


def initial_seed(config: configs.Config) -> int:
    """Return what initial weights and public draws are made from."""
    return int(np.int64(int(config.digest()[:15], 16)) % 2**31)


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
    config: configs.Config, rate: float, *, every: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Return a rate that falls to 0 over the private steps, if it shall.

    Args:
      config: how it falls.
      rate: that it begins with.
      every: critic steps for one step of the optimizer.
    """
    if config.learning_rate_decay == "none":
        return rate
    return _DECAYS[config.learning_rate_decay](rate, config.num_steps // every)


def _optimizer(config: configs.Config, rate) -> keras.optimizers.Optimizer:
    return _OPTIMIZERS[config.optimizer](config, rate)


def _build_critic(config: configs.Config, form: records.Form) -> keras.Model:
    if form.is_table:
        return table_networks.build_table_critic(
            form.shape[0], width=config.critic_width
        )
    return networks.build_critic(
        form.shape,
        width=config.critic_width,
        num_classes=num_classes(config, form),
    )


def _make_groups(
    config: configs.Config, critic: keras.Model
) -> tuple[grouping.Grouping, int]:
    shapes = [variable.shape for variable in critic.trainable_variables]
    try:
        return grouping.build(
            config.grouping, shapes, num_groups=config.num_groups
        )
    except ValueError as error:
        raise errors.ConfigError(str(error)) from error
