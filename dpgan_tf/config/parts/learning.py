"""Data, networks, losses, optimizers, steps and scoring.

The symbols are those of dp-GAN (2018) and, where named, PPGAN (2019).
"""

import dataclasses
from typing import ClassVar

from dpgan_tf import errors
from dpgan_tf.config.parts import setting

MOST_SAMPLES = 10_000_000
MOST_RECORDS_PER_UNIT = 1_024
MOST_VARIETY = 4
OBJECTIVES = ("wasserstein", "bce")
GENERATORS = ("published", "resized")
ENGINES = ("auto", "ghost", "vectorized")
PRECISIONS = ("auto", "float32", "bfloat16")
OUTSIDE = ("refuse", "clip", "other")
_MOST_IN_A_CHUNK = 4096
_LARGEST_LABEL = 1_000
_LABEL = setting.Range(
    f"a whole number from 0 to {_LARGEST_LABEL:,}",
    lambda value: 0 <= value <= _LARGEST_LABEL,
)
_COUNT = setting.Range("from 1 to 255", lambda value: 1 <= value <= 255)
_RECORDS_OF_A_UNIT = setting.Range(
    f"from 1 to {MOST_RECORDS_PER_UNIT:,}",
    lambda value: 1 <= value <= MOST_RECORDS_PER_UNIT,
)
_CHUNK = setting.Range(
    f"> 0 and at most {_MOST_IN_A_CHUNK}, the limit of the rounding bound",
    lambda value: 0 < value <= _MOST_IN_A_CHUNK,
)
_VARIETY = setting.Range(
    f"> 0 and at most {MOST_VARIETY}", lambda value: 0 < value <= MOST_VARIETY
)
_SCHEMA = setting.Range(
    "the text of a schema.json (docs/schema.md), or empty",
    lambda value: not value or value.startswith("{"),
)
_ARCHITECTURE = setting.Range(
    "the text of models/architecture.py", lambda value: value.startswith("{")
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Data(setting.Part):
    """The records, and what is publicly known about them."""

    source: str = setting.of(
        setting.TEXT,
        "Data set: a name; a folder of IDX files, of prepared pictures or of a "
        "prepared table; or an .npz file.",
        "mnist",
    )
    public_fraction: float = setting.of(
        setting.BELOW_1,
        "Probability that a record is public (section 5.1), decided by a hash "
        "of split_seed and the record's own name, number or content. With 0 "
        "every record is private, and no part of the recipe may need public "
        "records.",
        0.02,
    )
    split_seed: int = setting.of(
        setting.NOT_NEGATIVE, "Seed of the public/private split.", 0
    )
    num_private_examples: int = setting.of(
        setting.POSITIVE,
        "Publicly declared number n of private records, or of persons with "
        "most_records_per_unit, used in q = m / n instead of a count. Data "
        "whose number differs by more than 10% are refused.",
    )
    num_classes: int | None = setting.of(
        setting.or_none(setting.size(65_536), "for what the data set declares"),
        "Publicly declared number of classes, never counted from the labels. "
        "MNIST and FashionMNIST declare ten, prepared pictures their "
        "sub-folders, an .npz file its num_classes.",
        None,
    )
    first_label: int = setting.of(
        _LABEL,
        "Number of the first class in an .npz file or IDX files, publicly "
        "declared: 1 for labels from 1 on. Generated labels have these numbers "
        "again.",
        0,
    )
    largest_count: int = setting.of(
        _COUNT,
        "Largest count in a CSV or Parquet table, publicly declared: 1 for yes "
        "and no. Larger counts are refused, not cut. Prepared tables declare "
        "their own.",
        1,
    )
    most_records_per_unit: int = setting.of(
        _RECORDS_OF_A_UNIT,
        "Publicly declared number L of records of one person that count at "
        "most. Above 1 the guarantee is for a person with all records, and the "
        "data say whose record each is; of a person with more, L are chosen by "
        "a hash. With 1 it is for a record.",
        1,
    )
    unit_column: str = setting.of(
        setting.TEXT,
        "Column of a CSV or Parquet table that names each row's person; empty "
        "for none.",
        "",
    )
    schema: str = setting.of(
        _SCHEMA,
        "Declared columns of a CSV or Parquet table, as the text of a "
        "schema.json; it is published. Empty for a table of counts, and for "
        "images.",
        "",
    )
    outside: str = setting.of(
        setting.one_of(*OUTSIDE),
        "What becomes of a value outside the schema: refuse is an error; clip "
        "takes the nearest bound for a number or date; other does that, takes "
        "a category's declared other, and leaves out a code. The curator is "
        "told how many there are.",
        "refuse",
    )
    public_source: str = setting.of(
        setting.TEXT,
        "Data set of public records, a name or a path as in source; empty for "
        "none. They are used without noise and without a guarantee, and every "
        "record of source is private: public_fraction is 0.",
        "",
    )
    title: str = setting.of(
        setting.WORDS,
        "Name of the data on the model card, which is published. Known data "
        "sets have their own; empty for records that the curator did not name.",
        "",
    )
    purpose: str = setting.of(
        setting.WORDS,
        "What the release is for, as the model card says; empty for none. It "
        "is published: write nothing that comes from a record.",
        "",
    )
    contact: str = setting.of(
        setting.CONTACT,
        "Who answers questions about the release, as the model card says: a "
        "name or an e-mail address, which is published; empty for none.",
        "",
    )
    licence: str = setting.of(
        setting.WORDS,
        "Terms of use of the release, as the model card says, such as CC BY "
        "4.0; empty for none.",
        "",
    )

    @property
    def has_public(self) -> bool:
        """Whether there are public records."""
        return self.public_fraction > 0 or bool(self.public_source)


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
    generator: str = setting.of(
        setting.one_of(*GENERATORS),
        'Form of an image generator: "published" is the papers\', transposed '
        "convolutions for 28 x 28 pixels and residual blocks for others; "
        '"resized" has normalized resize convolutions for every size: smoother '
        "pictures, and many times faster than residual blocks.",
        "published",
    )
    latent_dim: int = setting.of(
        setting.size(65_536), "Length of a latent vector z.", 128
    )
    conditional: bool = setting.of(
        setting.SWITCH,
        "Whether both networks see labels. A record's label is then protected "
        "together with its pixels, and fakes have uniformly random labels.",
        False,
    )
    ema_decay: float = setting.of(
        setting.BELOW_1, "Decay of the generator's average (EMA).", 0.0
    )
    precision: str = setting.of(
        setting.one_of(*PRECISIONS),
        "Precision of products where no private record is used: in fakes, "
        "generator steps, the warm start and fits. Private gradients and the "
        "released generator are always float32. auto measures at the start of "
        "a run, and the run keeps what it found.",
        "float32",
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class OwnNetworks(Networks):
    """Networks of which one or both are the user's own, given to `train`.

    The width of a network of one's own has no effect.
    """

    critic_architecture: str | None = setting.of(
        setting.or_none(_ARCHITECTURE, "for the built-in critic"),
        "Architecture of the critic.",
        None,
    )
    generator_architecture: str | None = setting.of(
        setting.or_none(_ARCHITECTURE, "for the built-in generator"),
        "Architecture of the generator.",
        None,
    )


_OBJECTIVE = "Objective that both networks compute from the critic's scores."
_DRAWS = (
    "Number of latent vectors and mixing weights averaged for a record before "
    "clipping: its microbatch."
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class WassersteinGP(setting.Part):
    """WGAN-GP loss of dp-GAN (Eq. 3), clipped and noised as a whole."""

    objective: str = setting.of(
        setting.one_of(*OBJECTIVES), _OBJECTIVE, "wasserstein"
    )
    gradient_penalty_weight: float = setting.of(
        setting.NOT_NEGATIVE, "Weight lambda of the penalty (Eq. 3).", 10.0
    )
    draws_per_record: int = setting.of(setting.size(1_024), _DRAWS, 1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Decoupled(setting.Part):
    """Loss of which only the one term with a private record is noised.

    The other terms use public records, or fakes if the clipping is fixed.
    """

    objective: str = setting.of(
        setting.one_of(*OBJECTIVES), _OBJECTIVE, "wasserstein"
    )
    gradient_penalty_weight: float = setting.of(
        setting.NOT_NEGATIVE, "Weight lambda of the penalty (Eq. 3).", 10.0
    )
    drift_weight: ClassVar[float] = 0.001
    """Weight of the mean squared score of public records or fakes."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class WeightBox(setting.Part):
    """WGAN loss with weight clipping, no penalty (Xie et al. 2018)."""

    weight_clip: float = setting.of(
        setting.POSITIVE, "Bound c: the critic's weights stay in [-c, c].", 0.01
    )
    draws_per_record: int = setting.of(setting.size(1_024), _DRAWS, 1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PPGAN(WeightBox):
    """As weight_box, with the generator's gradient clipped too (PPGAN)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class WarmStart(setting.Part):
    """Non-private steps on public records (section 4.3), or of a baseline."""

    num_steps: int = setting.of(
        setting.NOT_NEGATIVE,
        "Number t_warm of generator steps; 0 for no warm start.",
        300,
    )
    num_critic_steps: int = setting.of(
        setting.size(65_536), "Number of critic steps per generator step.", 4
    )
    learning_rate: float = setting.of(
        setting.POSITIVE, "Learning rate alpha of both optimizers.", 0.002
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Steps(setting.Part):
    """The private steps."""

    num_steps: int = setting.of(
        setting.POSITIVE, "Number T of private critic steps in the budget."
    )
    expected_batch_size: int = setting.of(
        setting.size(2**20),
        "Expected size m of a Poisson batch, in records, or in persons with "
        "data.most_records_per_unit.",
        64,
    )
    num_critic_steps: int = setting.of(
        setting.size(65_536),
        "Number n_critic of critic steps per generator step.",
        4,
    )
    generator_batch_size: int = setting.of(
        setting.size(65_536),
        "Number of latents in a generator step, and of public records in a "
        "warm start's critic step.",
        64,
    )
    critic_learning_rate: float = setting.of(
        setting.POSITIVE, "Learning rate alpha of the critic.", 0.002
    )
    generator_learning_rate: float = setting.of(
        setting.POSITIVE, "Learning rate alpha of the generator.", 0.002
    )
    chunk_size: int = setting.of(
        _CHUNK,
        "Number of records whose gradients are in memory at once; those of one "
        "person always are.",
        128,
    )
    engine: str = setting.of(
        setting.one_of(*ENGINES),
        'Engine that clips and sums gradients: "vectorized" computes each '
        'record\'s by tf.vectorized_map, "ghost" only the norms and the sum; '
        '"auto" is ghost if it supports every layer of the critic.',
        "auto",
    )
    checkpoint_every: int = setting.of(
        setting.POSITIVE,
        "Number of critic steps between checkpoints; in the warm start, of "
        "generator steps.",
        50,
    )
    jit_compile: bool = setting.of(
        setting.SWITCH,
        "Whether XLA compiles the training step (for GPUs).",
        False,
    )

    def __post_init__(self) -> None:
        """Check every setting, and that no step is wasted."""
        super().__post_init__()
        if self.num_steps % self.num_critic_steps:
            raise errors.ConfigError(
                f"num_steps={self.num_steps}; expected a multiple of "
                f"num_critic_steps={self.num_critic_steps}: critic steps after "
                "the last generator step would be wasted."
            )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Adam(setting.Part):
    """Adam, the optimizer of both networks in dp-GAN."""

    beta_1: float = setting.of(
        setting.BELOW_1, "Decay beta_1 of the mean gradient.", 0.5
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
        "Number of samples that are scored.",
        60_000,
    )
    variety: float = setting.of(
        _VARIETY,
        "Variety, besides 1, at which the release is scored, and that its card "
        "and report show: the one that teaches classifiers best. Latents are "
        "multiplied by it when samples are drawn.",
        1.0,
    )
    target: str = setting.of(
        setting.TEXT,
        "Column of a table with a schema that learners predict in its scores; "
        "empty for each column in turn.",
        "",
    )
    every: int = setting.of(
        setting.NOT_NEGATIVE,
        "Number of critic steps between scores of a few samples, for curves; 0 "
        "for none.",
        0,
    )
