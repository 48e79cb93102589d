"""Privacy: clip norms, groups of variables, the budget."""

import dataclasses

from dpgan_tf.config.parts import setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedBound(setting.Part):
    """One clip norm for the whole run (Algorithm 1)."""

    norm: float = setting.of(
        setting.POSITIVE, "Clip norm C of all variables together.", 1.0
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class AdaptiveBound(setting.Part):
    """Clip norms that follow gradients of public records (section 4.2)."""

    factor: float = setting.of(
        setting.POSITIVE,
        "Factor from mean gradient norms of public records to clip norms.",
        1.0,
    )
    batch_size: int = setting.of(
        setting.size(65_536),
        "Number m_pub of public records per estimate of the clip norms.",
        64,
    )
    update_every: int = setting.of(
        setting.POSITIVE, "Number of critic steps between two estimates.", 1
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Single(setting.Part):
    """All variables of the critic in one group."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class WeightBias(setting.Part):
    """One group per weight, one for all biases (S1)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Clustered(setting.Part):
    """Variables clustered by the norms of their gradients (S2, Algorithm 2)."""

    num_groups: int = setting.of(setting.size(65_536), "Number k of groups.", 5)


@dataclasses.dataclass(frozen=True, kw_only=True)
class WeightBiasClustered(Clustered):
    """Biases in one group, weights clustered (S1 and S2)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget(setting.Part):
    """The privacy budget, and how it is accounted."""

    target_epsilon: float = setting.of(
        setting.POSITIVE, "Epsilon of the budget (epsilon_0).", 4.0
    )
    target_delta: float = setting.of(
        setting.BETWEEN_0_AND_1,
        "Delta of the budget (delta_0), below 1 / n.",
        1e-5,
    )
    accountant: str = setting.of(
        setting.one_of("rdp", "pld"), "Accountant that prices the claim.", "rdp"
    )
    noise_multiplier: float | None = setting.of(
        setting.or_none(setting.POSITIVE, "to compute it from the budget"),
        "Noise multiplier sigma of one group.",
        None,
    )
    noise_seed: int | None = setting.of(
        setting.or_none(
            setting.NOT_NEGATIVE, "for the operating system's entropy"
        ),
        "Seed of repeatable noise, for tests; a seed voids the privacy claim.",
        None,
    )
