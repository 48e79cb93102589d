"""What is protected how much: bounds, groups of variables, the budget."""

import dataclasses

from dpgan_tf.config.parts import setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedBound(setting.Part):
    """One bound for the whole run (Algorithm 1)."""

    norm: float = setting.of(
        setting.POSITIVE, "C, the joint bound of all variables.", 1.0
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class AdaptiveBound(setting.Part):
    """Bounds that follow the gradients of public records (section 4.2)."""

    factor: float = setting.of(
        setting.POSITIVE,
        "Factor of the public mean norms that gives the bounds.",
        1.0,
    )
    batch_size: int = setting.of(
        setting.size(65_536),
        "m_pub, public records per estimate of the bounds.",
        64,
    )
    update_every: int = setting.of(
        setting.POSITIVE, "Critic steps between two estimates of the bounds.", 1
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Single(setting.Part):
    """All variables of the critic in one group."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class WeightBias(setting.Part):
    """Weights in one group, biases in another (S1)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Clustered(setting.Part):
    """Variables clustered by the norms of their gradients (S2, Algorithm 2)."""

    num_groups: int = setting.of(
        setting.size(65_536), "k, groups of variables.", 5
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class WeightBiasClustered(Clustered):
    """Biases in one group, weights clustered (S1 and S2)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget(setting.Part):
    """What may be spent, and how it is counted."""

    target_epsilon: float = setting.of(
        setting.POSITIVE, "epsilon_0 of the budget.", 4.0
    )
    target_delta: float = setting.of(
        setting.BETWEEN_0_AND_1, "delta_0 of the budget; below 1 / n.", 1e-5
    )
    accountant: str = setting.of(
        setting.one_of("rdp", "pld"), "What the claim is priced by.", "rdp"
    )
    noise_multiplier: float | None = setting.of(
        setting.or_none(setting.POSITIVE, "to solve it from the budget"),
        "sigma of one group.",
        None,
    )
    noise_seed: int | None = setting.of(
        setting.or_none(
            setting.NOT_NEGATIVE, "for the operating system's entropy"
        ),
        "Seed of repeatable noise, for tests; it voids the privacy claim.",
        None,
    )
