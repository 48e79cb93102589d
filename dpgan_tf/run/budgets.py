"""What a run may spend, and on what: solved from its configuration."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf.config import settings as configs
from dpgan_tf.data import records
from dpgan_tf.privacy import bounds
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import noise_multipliers
from dpgan_tf.privacy.ledger import header
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import assembly
from dpgan_tf.run import feasibility


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
    feasibility.require_form_fits(config, form)
    multipliers = _summary_noise_multipliers(config)
    spending: dict[str, Any] = {
        "sampling_probability": config.sampling_probability,
        "accountant": config.accountant,
        "summary_noise_multiplier": _combined(multipliers),
    }
    critic = assembly.build_critic(config, form)
    mechanism = _mechanism(
        config, spending, num_groups=assembly.make_groups(config, critic)[1]
    )
    curve = accounting.EpsilonCurve(
        effective_noise_multiplier=mechanism.effective_noise_multiplier,
        delta=config.target_delta,
        **spending,
    )
    return Budget(
        mechanism=mechanism,
        max_steps=_max_steps(config, spending, mechanism, curve),
        curve=curve,
        summary_noise_multipliers=multipliers,
    )


def guide_noise_multiplier(config: configs.Config) -> float:
    """Return the noise of all steps of a guide together, taken as one release.

    Args:
      config: of a run whose summary has a guide.
    """
    of_step = _summary_noise_multipliers(config)[-1]
    return of_step / math.sqrt(config.guide_steps)


def noise_length(
    config: configs.Config, form: records.Form, budget: Budget | None = None
) -> float:
    """Return the length of the noise in a mean gradient, over the joint bound.

    That is sigma sqrt(sum_j V_j c_j^2) / (m C), with V_j weights in group j and
    bounds c_j as fixed ones begin, C^2 = sum_j c_j^2.

    Args:
      config: of a private run.
      form: what an example looks like.
      budget: made of them; None makes it.
    """
    budget = budget or build_budget(config, form)
    sigma = budget.mechanism.noise_multiplier
    critic = assembly.build_critic(config, form)
    sizes = [math.prod(v.shape) for v in critic.trainable_variables]
    groups = assembly.make_groups(config, critic)[0](
        bounds.fixed_bounds(1.0, num_variables=len(sizes))
    )
    squares = np.square(groups.clip_norms) @ np.transpose(groups.membership)
    return sigma * math.sqrt(squares @ sizes) / config.expected_batch_size


def ledger_header(config: configs.Config, budget: Budget) -> dict[str, object]:
    """Return what a ledger is begun with: the mechanism and its budget.

    Args:
      config: of the run.
      budget: made of it.
    """
    seeded = config.noise_seed is not None
    charged: dict[str, object] = dict(budget.mechanism.parameters)
    if budget.summary_noise_multipliers:
        charged["summary_noise_multiplier"] = _combined(
            budget.summary_noise_multipliers
        )
    return charged | {
        "num_examples": config.num_private_examples,
        "target_epsilon": config.target_epsilon,
        "target_delta": config.target_delta,
        "accountant": config.accountant,
        "max_steps": budget.max_steps,
        "noise_sampler": header.NOISE_SAMPLER,
        "noise_source": "seed" if seeded else "os_entropy",
        "config_hash": config.digest(),
    }


def _mechanism(
    config: configs.Config, spending: Mapping[str, Any], *, num_groups: int
) -> mechanisms.GroupedGaussianMechanism:
    """Return the mechanism, with the noise that its steps need if none is set.

    Args:
      config: of the run.
      spending: what every price depends on beside the steps and their noise.
      num_groups: of the critic's variables.
    """
    noise_multiplier = config.noise_multiplier
    if noise_multiplier is None:
        effective = calibration.calibrate_noise_multiplier(
            num_steps=config.num_steps, **_target(config), **spending
        )
        noise_multiplier = noise_multipliers.per_group(effective, num_groups)
    return mechanisms.GroupedGaussianMechanism(
        noise_multiplier=noise_multiplier,
        num_groups=num_groups,
        sampling_probability=config.sampling_probability,
        expected_batch_size=config.expected_batch_size,
    )


def _max_steps(
    config: configs.Config,
    spending: Mapping[str, Any],
    mechanism: mechanisms.GroupedGaussianMechanism,
    curve: accounting.EpsilonCurve,
) -> int:
    """Return the steps that fit, in whole rounds."""
    target = _target(config)
    num_steps = min(config.num_steps, accounting.MAX_STEPS)
    # Epsilon grows with the steps, and a search asks for many prices.
    if not curve.epsilon_after(num_steps) <= target["target_epsilon"]:
        num_steps = calibration.max_steps(
            effective_noise_multiplier=mechanism.effective_noise_multiplier,
            **target,
            **spending,
        )
    num_steps -= num_steps % config.num_critic_steps
    if num_steps < 1:
        raise errors.ConfigError(
            f"noise_multiplier={mechanism.noise_multiplier} with "
            f"{mechanism.num_groups} groups: not {config.num_critic_steps} "
            f"critic steps fit epsilon {config.target_epsilon}; use more "
            "noise, fewer groups or a larger target_epsilon."
        )
    return num_steps


def _target(config: configs.Config) -> dict[str, Any]:
    return {
        "target_epsilon": config.target_epsilon,
        "target_delta": config.target_delta,
    }


def _combined(multipliers: Sequence[float]) -> float | None:
    """Return the noise of the whole summary as one release, if there is one."""
    return summary.combined(multipliers) if multipliers else None


def _summary_noise_multipliers(config: configs.Config) -> tuple[float, ...]:
    """Return the noise of each release of the summary, in their order."""
    if config.summary == "none":
        return ()
    target = _target(config)
    epsilon = config.summary_share * target.pop("target_epsilon")
    if config.summary_epsilon_limit is not None:
        epsilon = min(epsilon, config.summary_epsilon_limit)
    together = calibration.calibrate_noise_multiplier(
        target_epsilon=epsilon,
        **target,
        sampling_probability=1.0,
        num_steps=1,
        accountant=config.accountant,
    )
    return tuple(
        together / math.sqrt(share) for share in _shares_of_summary(config)
    )


def _shares_of_summary(config: configs.Config) -> list[float]:
    """Return what each release costs of it, in squares of 1 / multiplier."""
    if config.summary == "marginals":
        return [1.0]
    means = config.summary_marginals_share
    shares = [means, 1 - means]
    if not config.has_features:
        return shares
    left = 1 - config.feature_share - config.guide_share
    of_moments = [left * share for share in shares]
    of_features = config.feature_share
    of_guide = config.guide_share
    if not config.has_surrogates:
        of_moments = []
        of_features /= 1 - left
        of_guide /= 1 - left
    of_steps = [of_guide / config.guide_steps] * config.guide_steps
    return [*of_moments, of_features, *of_steps]
