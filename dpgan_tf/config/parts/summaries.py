"""Private summaries of all records, taken once before the private steps."""

import dataclasses
from typing import ClassVar

from dpgan_tf.config.parts import setting

_EVEN_SIZE = setting.Range(
    "an even number, > 0 and at most 65,536; a step compares two halves",
    lambda value: 0 < value <= 65_536 and value % 2 == 0,
)
_SHARE = "Share of target_epsilon that the summary alone costs."
_FIT_STEPS = "Number of generator steps of the fit before the critic's first."
_FIT_BATCH_SIZE = "Number of latents in a step of the fit."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rows(setting.Part):
    """What all summaries of rows of a table have."""

    share: float = setting.of(setting.BETWEEN_0_AND_1, _SHARE, 0.8)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chosen(Rows):
    """Noisy marginals of the columns of a schema, and of chosen pairs of them.

    In each round the pairs at which the generator is farthest off are chosen
    by the exponential mechanism, measured with noise, and the generator is
    fitted to all that was measured (as AIM, McKenna et al. 2022, and GEM, Liu
    et al. 2021).
    """

    num_pairs: int = setting.of(
        setting.size(2_048), "Number of pairs of columns that are measured.", 30
    )
    fit_steps: int = setting.of(setting.NOT_NEGATIVE, _FIT_STEPS, 3_000)
    fit_batch_size: int = setting.of(_EVEN_SIZE, _FIT_BATCH_SIZE, 2_048)
    fit_learning_rate: ClassVar[float] = 0.003
    pairs_per_round: ClassVar[int] = 3
    round_steps: ClassVar[int] = 80
    columns_share: ClassVar[float] = 0.15
    choices_share: ClassVar[float] = 0.1

    def shares(self, *, has_surrogates: bool) -> list[float]:
        """Return the shares of the columns, and of each choice and its pair."""
        of_pairs = 1 - self.columns_share
        choice = of_pairs * self.choices_share / self.num_pairs
        pair = of_pairs * (1 - self.choices_share) / self.num_pairs
        return [self.columns_share, *[choice, pair] * self.num_pairs]

    @property
    def choices(self) -> range:
        """Numbers of the releases that are choices, and no sums."""
        return range(1, 2 * self.num_pairs, 2)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Marginals(Rows):
    """Noisy means of the columns of a table.

    The generator's rows are calibrated to them.
    """

    row_clip_norm: float = setting.of(
        setting.POSITIVE,
        "Clip norm of a row of a table.",
        5.0,
    )

    def shares(self, *, has_surrogates: bool) -> list[float]:
        """Return each release's share of the sum of 1 / noise multiplier^2."""
        return [1.0]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pairs(Marginals):
    """Noisy means of columns and of pairs of columns.

    The generator is fitted to the pairs before the first critic step.
    """

    pair_clip_norm: float = setting.of(
        setting.POSITIVE,
        "Clip norm of a row's scaled pairs; for images, bound on the squared "
        "norm of a reduced image minus its class's mean.",
        70.0,
    )
    fit_steps: int = setting.of(setting.NOT_NEGATIVE, _FIT_STEPS, 1_000)
    fit_batch_size: int = setting.of(_EVEN_SIZE, _FIT_BATCH_SIZE, 2_048)
    fit_learning_rate: ClassVar[float] = 0.002
    marginals_share: ClassVar[float] = 0.06
    kept_share: ClassVar[float] = 0.04

    def shares(self, *, has_surrogates: bool) -> list[float]:
        """Return the shares of means, of means after the clip, and of pairs."""
        pairs_share = 1 - self.marginals_share - self.kept_share
        return [self.marginals_share, self.kept_share, pairs_share]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassMoments(setting.Part):
    """Noisy means and covariances of the classes of labelled images.

    Records drawn from them, called surrogates, replace public records. All is
    measured in a noisy range of pixels that comes first.
    """

    share: float = setting.of(setting.BETWEEN_0_AND_1, _SHARE, 0.8)
    pair_clip_norm: float = setting.of(
        setting.POSITIVE,
        "Largest bound on the squared norm of a reduced image minus its "
        "class's mean; what that is on average is enough.",
        70.0,
    )
    side: int = setting.of(
        setting.size(64), "Height and width of reduced images.", 14
    )
    num_surrogates: int = setting.of(
        setting.size(10_000_000),
        "Number of surrogate records, drawn from the classes' moments.",
        20_000,
    )
    imitation_steps: int = setting.of(
        setting.NOT_NEGATIVE,
        "Number of generator steps that imitate surrogates, latent by latent, "
        "before the critic's first.",
        0,
    )
    range_share: ClassVar[float] = 0.01
    marginals_share: ClassVar[float] = 0.3

    def shares(self, *, has_surrogates: bool) -> list[float]:
        """Return the shares of all releases, in order.

        Args:
          has_surrogates: whether the range of pixels and the classes' moments
            are released.
        """
        others = self._shares_seen(has_surrogates=has_surrogates)
        if not has_surrogates:
            return others
        left = 1 - self.range_share
        return [self.range_share, *(left * share for share in others)]

    def _shares_seen(self, *, has_surrogates: bool) -> list[float]:
        """Return the shares of the means and of the covariances."""
        return [self.marginals_share, 1 - self.marginals_share]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassFeatures(ClassMoments):
    """As class_moments, with moments of scattering features and a guide.

    The generator is fitted to the features before the first critic step, and
    trained on both together with the critic. If there are public records, the
    features and the guide are the whole summary.
    """

    feature_directions: int = setting.of(
        setting.size(16_384),
        "Number of directions that scattering features are reduced to; "
        "products of the leading eighth are released.",
        800,
    )
    feature_clip_norm: float = setting.of(
        setting.POSITIVE,
        "Clip norm of a record's features and products.",
        5.0,
    )
    feature_weight: float = setting.of(
        setting.NOT_NEGATIVE,
        "Weight of the distance between the fakes' features and the moments, "
        "relative to the critic's loss. A class with fakes in less than half "
        "of a step's batch is left out.",
        0.05,
    )
    guide_steps: int = setting.of(
        setting.NOT_NEGATIVE,
        "Number of noisy gradient steps that train the guide on all records; 0 "
        "for no guide.",
        60,
    )
    guide_weight: float = setting.of(
        setting.POSITIVE,
        "Weight of the guide's cross-entropy, relative to the critic's loss.",
        0.3,
    )
    guide_learning_rate: float = setting.of(
        setting.POSITIVE, "Learning rate of the guide.", 100.0
    )
    fit_steps: int = setting.of(setting.NOT_NEGATIVE, _FIT_STEPS, 1_000)
    fit_batch_size: int = setting.of(_EVEN_SIZE, _FIT_BATCH_SIZE, 2_048)
    fit_learning_rate: ClassVar[float] = 0.001
    feature_share: ClassVar[float] = 0.25
    guide_share: ClassVar[float] = 0.35
    guide_clip_norm: ClassVar[float] = 0.2
    """Clip norm of a record's gradient in a step of the guide."""

    @property
    def feature_products(self) -> int:
        """Number of leading directions whose products are released."""
        return max(1, self.feature_directions // 8)

    def _shares_seen(self, *, has_surrogates: bool) -> list[float]:
        """Return the shares of moments, features and each step of the guide."""
        guide_share = self.guide_share if self.guide_steps else 0.0
        left = 1 - self.feature_share - self.guide_share
        others = self.feature_share + guide_share
        moments_share = left if has_surrogates else 0.0
        whole = moments_share + others
        of_moments = [
            moments_share / whole * share
            for share in super()._shares_seen(has_surrogates=True)
            if has_surrogates
        ]
        of_guide = guide_share / whole
        of_steps = [
            of_guide / self.guide_steps for _ in range(self.guide_steps)
        ]
        return [*of_moments, self.feature_share / whole, *of_steps]
