"""What is learnt from, by which networks, losses and optimizers.

The symbols are those of dp-GAN (2018) and, where named, PPGAN (2019).
"""

import dataclasses
from typing import ClassVar

from dpgan_tf import errors
from dpgan_tf.config.parts import setting

MOST_SAMPLES = 10_000_000
ENGINES = ("auto", "ghost", "vectorized")
_MOST_IN_A_CHUNK = 4096
_CHUNK = setting.Range(
    f"> 0 and at most {_MOST_IN_A_CHUNK}; rounding is bounded up to there",
    lambda value: 0 < value <= _MOST_IN_A_CHUNK,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Data(setting.Part):
    """The records, and what is publicly known of them."""

    source: str = setting.of(
        setting.ANY,
        "Name of a data set; a folder of IDX files, of prepared pictures or of "
        "a prepared table; or an .npz file.",
        "mnist",
    )
    public_fraction: float = setting.of(
        setting.BELOW_1,
        "Chance of each record to be public (section 5.1), by a hash of "
        "split_seed and its own name or number. With 0 every record is "
        "private, and nothing may need public ones.",
        0.02,
    )
    split_seed: int = setting.of(
        setting.NOT_NEGATIVE, "Seed of the public : private split.", 0
    )
    num_private_examples: int = setting.of(
        setting.POSITIVE,
        "n, the publicly declared size of the private part. q = m / n uses it, "
        "and never a count of private records. Training refuses records whose "
        "number is more than 10% off.",
    )
    num_classes: int | None = setting.of(
        setting.or_none(setting.size(65_536), "for what the data set declares"),
        "k, the publicly declared number of classes; it is never counted from "
        "the labels. MNIST and FashionMNIST declare ten, prepared pictures "
        "their sub-folders, an .npz file its num_classes.",
        None,
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Networks(setting.Part):
    """Critic and generator."""

    critic_width: int = setting.of(
        setting.size(4_096), "Channels of the critic's first convolution.", 64
    )
    generator_width: int = setting.of(
        setting.size(4_096),
        "Channels of the generator's last hidden layer.",
        64,
    )
    latent_dim: int = setting.of(setting.size(65_536), "Length of z.", 128)
    conditional: bool = setting.of(
        setting.ANY,
        "Whether both networks see labels. A record's label is then protected "
        "with its pixels, and fakes have uniform labels.",
        False,
    )
    ema_decay: float = setting.of(
        setting.BELOW_1, "Decay of the released average of the generator.", 0.0
    )
    latent_scale: float = setting.of(
        setting.POSITIVE,
        "Factor of the released generator's latents; above 1 its images are "
        "more varied and less typical.",
        1.0,
    )


_OBJECTIVE = "What scores are worth to both networks."
_DRAWS = (
    "Latent vectors and mixes averaged for one record before it is clipped; "
    "they form its microbatch."
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class WassersteinGP(setting.Part):
    """The loss of dp-GAN, Eq. 3, clipped and noised as a whole."""

    objective: str = setting.of(
        setting.one_of("wasserstein", "bce"), _OBJECTIVE, "wasserstein"
    )
    gradient_penalty_weight: float = setting.of(
        setting.NOT_NEGATIVE, "lambda of Eq. 3.", 10.0
    )
    draws_per_record: int = setting.of(setting.size(1_024), _DRAWS, 1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Decoupled(setting.Part):
    """A loss of which only the one term with a private record is noised.

    The others are taken on public records, or on fakes if bounds are fixed.
    """

    objective: str = setting.of(
        setting.one_of("wasserstein", "bce"), _OBJECTIVE, "wasserstein"
    )
    gradient_penalty_weight: float = setting.of(
        setting.NOT_NEGATIVE, "lambda of Eq. 3.", 10.0
    )
    drift_weight: ClassVar[float] = 0.001
    """Weight of the mean squared score of public records or fakes."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class WeightBox(setting.Part):
    """The loss without a penalty: weights stay in a box (Xie et al. 2018)."""

    weight_clip: float = setting.of(
        setting.POSITIVE, "c: the critic's weights stay in [-c, c].", 0.01
    )
    draws_per_record: int = setting.of(setting.size(1_024), _DRAWS, 1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PPGAN(WeightBox):
    """The same, with the generator's gradient clipped too (PPGAN, 2019)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class WarmStart(setting.Part):
    """Ordinary GAN steps on public records (section 4.3), or of a baseline."""

    num_steps: int = setting.of(
        setting.NOT_NEGATIVE,
        "t_warm, generator steps; 0 for no warm start.",
        300,
    )
    num_critic_steps: int = setting.of(
        setting.size(65_536), "Critic steps per generator step.", 4
    )
    learning_rate: float = setting.of(
        setting.POSITIVE, "Both optimizers' alpha.", 0.002
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Steps(setting.Part):
    """The private steps."""

    num_steps: int = setting.of(
        setting.POSITIVE, "Private critic steps that the budget is spread over."
    )
    expected_batch_size: int = setting.of(
        setting.size(2**20), "m, the mean size of a Poisson batch.", 64
    )
    num_critic_steps: int = setting.of(
        setting.size(65_536), "n_critic, critic steps per generator step.", 4
    )
    generator_batch_size: int = setting.of(
        setting.size(65_536),
        "Latents of a generator step, and public records of a warm start's "
        "critic step.",
        64,
    )
    critic_learning_rate: float = setting.of(
        setting.POSITIVE, "The critic's alpha.", 0.002
    )
    generator_learning_rate: float = setting.of(
        setting.POSITIVE, "The generator's alpha.", 0.002
    )
    chunk_size: int = setting.of(
        _CHUNK, "Records whose gradients are in memory at one time.", 128
    )
    engine: str = setting.of(
        setting.one_of(*ENGINES),
        'How records\' gradients are clipped and summed: "vectorized" makes '
        'each by tf.vectorized_map, "ghost" makes only their norms and sum; '
        '"auto" takes ghost if it knows every layer of the critic.',
        "auto",
    )
    checkpoint_every: int = setting.of(
        setting.POSITIVE,
        "Critic steps between two checkpoints; generator steps in the warm "
        "start.",
        50,
    )
    jit_compile: bool = setting.of(
        setting.ANY, "Whether XLA compiles the training step (for GPUs).", False
    )

    def __post_init__(self) -> None:
        """Check every setting, and that no step is spent for nothing."""
        super().__post_init__()
        if self.num_steps % self.num_critic_steps:
            raise errors.ConfigError(
                f"num_steps={self.num_steps}; expected a multiple of "
                f"num_critic_steps={self.num_critic_steps}: what follows the "
                "last generator step would be spent for nothing."
            )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Adam(setting.Part):
    """Adam, the optimizer of both networks in dp-GAN."""

    beta_1: float = setting.of(
        setting.BELOW_1, "Decay of the mean gradient.", 0.5
    )
    beta_2: ClassVar[float] = 0.9


@dataclasses.dataclass(frozen=True, kw_only=True)
class RMSprop(setting.Part):
    """RMSprop, the optimizer of WGAN."""

    rho: ClassVar[float] = 0.99


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scoring(setting.Part):
    """How a run is scored."""

    num_samples: int = setting.of(
        setting.size(MOST_SAMPLES),
        "Samples that the scores are computed from.",
        60_000,
    )
    every: int = setting.of(
        setting.NOT_NEGATIVE,
        "Critic steps between two looks at the scores of a few samples, for "
        "curves; 0 for none.",
        0,
    )
