"""Private summaries of all records, made once before the private steps."""

import dataclasses
from typing import ClassVar

from dpgan_tf.config.parts import setting

_EVEN_SIZE = setting.Range(
    "an even number, > 0 and at most 65,536: a step compares two halves",
    lambda value: 0 < value <= 65_536 and value % 2 == 0,
)
_SHARE = "Part of target_epsilon that the summary alone costs."
_FIT_STEPS = "Generator steps of the fit before the first critic step."
_FIT_BATCH_SIZE = "Latents of a step of the fit."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Marginals(setting.Part):
    """Noisy means of the columns of a table.

    The generator's rows are calibrated to them.
    """

    share: float = setting.of(setting.BETWEEN_0_AND_1, _SHARE, 0.8)
    row_clip_norm: float = setting.of(
        setting.POSITIVE, "Bound on the norm of a row.", 5.0
    )

    def shares(self, *, has_surrogates: bool) -> list[float]:
        """Return each release's part, in squares of 1 / noise multiplier."""
        return [1.0]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pairs(Marginals):
    """Noisy means of columns and of pairs of them.

    The generator is fitted to the pairs before the first critic step.
    """

    pair_clip_norm: float = setting.of(
        setting.POSITIVE, "Bound on the norm of a row's scaled pairs.", 70.0
    )
    fit_steps: int = setting.of(setting.NOT_NEGATIVE, _FIT_STEPS, 1_000)
    fit_batch_size: int = setting.of(_EVEN_SIZE, _FIT_BATCH_SIZE, 2_048)
    fit_learning_rate: ClassVar[float] = 0.001
    marginals_share: ClassVar[float] = 0.1

    def shares(self, *, has_surrogates: bool) -> list[float]:
        """Return the parts of the means and of the pairs."""
        return [self.marginals_share, 1 - self.marginals_share]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassMoments(setting.Part):
    """Noisy means and covariances of the classes of labelled images.

    Records drawn from them, surrogates, stand for public ones.
    """

    share: float = setting.of(setting.BETWEEN_0_AND_1, _SHARE, 0.8)
    row_clip_norm: float = setting.of(
        setting.POSITIVE,
        "Bound on the norm of a reduced image with its count.",
        5.0,
    )
    pair_clip_norm: float = setting.of(
        setting.POSITIVE,
        "Bound on the squared norm of what is left of a reduced image without "
        "its mean.",
        70.0,
    )
    side: int = setting.of(
        setting.size(64), "Height and width of reduced images.", 14
    )
    num_surrogates: int = setting.of(
        setting.size(10_000_000),
        "Records drawn from the classes' moments.",
        20_000,
    )
    marginals_share: ClassVar[float] = 0.3

    def shares(self, *, has_surrogates: bool) -> list[float]:
        """Return the parts of the means and of the covariances."""
        return [self.marginals_share, 1 - self.marginals_share]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassFeatures(ClassMoments):
    """Moments of scattering features as well, and a guide.

    The generator is fitted to the features before the first critic step, and
    follows both beside the critic. Where there are public records, features
    and guide are the whole summary.
    """

    feature_directions: int = setting.of(
        setting.size(16_384),
        "Directions that scattering features are reduced to; products of the "
        "leading eighth are released.",
        800,
    )
    feature_clip_norm: float = setting.of(
        setting.POSITIVE,
        "Bound on the norm of a record's features and products.",
        5.0,
    )
    feature_weight: float = setting.of(
        setting.NOT_NEGATIVE,
        "Weight of the fakes' distance from the features' moments beside the "
        "critic's loss. A class with fakes in less than half of a step's batch "
        "is left out of it.",
        0.05,
    )
    guide_steps: int = setting.of(
        setting.POSITIVE,
        "Noisy gradient steps of the guide, over all records.",
        60,
    )
    guide_weight: float = setting.of(
        setting.POSITIVE,
        "Weight of the guide's cross-entropy beside the critic's loss.",
        0.3,
    )
    guide_learning_rate: float = setting.of(
        setting.POSITIVE, "Learning rate of the guide's steps.", 100.0
    )
    fit_steps: int = setting.of(setting.NOT_NEGATIVE, _FIT_STEPS, 1_000)
    fit_batch_size: int = setting.of(_EVEN_SIZE, _FIT_BATCH_SIZE, 2_048)
    fit_learning_rate: ClassVar[float] = 0.001
    feature_share: ClassVar[float] = 0.25
    guide_share: ClassVar[float] = 0.35
    guide_clip_norm: ClassVar[float] = 0.2
    """Bound on the norm of a record's gradient of the guide."""

    @property
    def feature_products(self) -> int:
        """Leading directions whose products are released."""
        return max(1, self.feature_directions // 8)

    def shares(self, *, has_surrogates: bool) -> list[float]:
        """Return the parts of moments, features and each step of the guide.

        Args:
          has_surrogates: whether moments of the classes are released.
        """
        left = 1 - self.feature_share - self.guide_share
        of_moments = [
            left * share for share in super().shares(has_surrogates=True)
        ]
        of_features, of_guide = self.feature_share, self.guide_share
        if not has_surrogates:
            of_moments = []
            of_features /= 1 - left
            of_guide /= 1 - left
        of_steps = [of_guide / self.guide_steps] * self.guide_steps
        return [*of_moments, of_features, *of_steps]
