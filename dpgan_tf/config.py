"""Everything that defines a run, as one frozen and validated object."""

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any, get_args

from dpgan_tf import errors

GROUPINGS = (
    "single",
    "per_variable",
    "weight_bias",
    "clustered",
    "weight_bias_clustered",
)
CLIPPINGS = ("fixed", "adaptive", "quantile")
CRITIC_LOSSES = ("wgan_gp", "decoupled", "wasserstein")
OBJECTIVES = ("wasserstein", "bce", "hinge")
DECAYS = ("none", "linear", "cosine")
OPTIMIZERS = ("adam", "rmsprop", "sgd")
ACCOUNTANTS = ("rdp", "pld")
ENGINES = ("auto", "ghost", "vectorized")
SUMMARIES = ("none", "marginals", "pairs", "class_moments", "class_features")
ROW_SUMMARIES = ("marginals", "pairs")
MAX_CHUNK_SIZE = 4096


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one run; the symbols are those of dp-GAN (2018).

    Attributes:
      preset: name of the preset this configuration started from.
      dataset: TFDS name, folder of IDX files, or .npz file.
      public_fraction: share of the records that is public (section 5.1);
        with 0 every record is private, and nothing may need public ones.
      split_seed: seed of the public : private split.
      num_private_examples: n, the size of the private part as publicly
        declared; q = m / n uses it, and never a count of private records.
        Training refuses records whose number is more than 10% off.
      critic_width: channels of the critic's first convolution.
      generator_width: channels of the generator's last hidden layer.
      latent_dim: length of z.
      conditional: whether both networks see labels; a record's label is then
        protected with its pixels, and fakes have uniform labels.
      critic_loss: "wgan_gp" clips and noises the whole loss of Eq. 3;
        "decoupled" only its one term with a private record, and takes the
        others on public records, or on fakes if bounds are fixed; "wasserstein"
        does without a penalty and keeps weights in a box (PPGAN).
      objective: "wasserstein" as in the papers, "bce" or "hinge"; what scores
        are worth to both networks.
      gradient_penalty_weight: lambda of Eq. 3.
      drift_weight: of the mean squared score of public records or fakes, if
        the loss is decoupled.
      weight_clip: c of PPGAN: the critic's weights stay in [-c, c] if the loss
        is wasserstein.
      clip_generator: whether the generator's gradient is clipped to
        `clip_norm` (PPGAN); for the wasserstein loss only.
      num_critic_steps: n_critic, critic steps per generator step.
      critic_accuracy: of fakes, that a generator step waits for, round by round
        of n_critic steps; 0 for one after every round.
      draws_per_record: latent vectors and mixes, or shifts, averaged for one
        record before it is clipped; they form its microbatch.
      largest_shift: pixels by which a decoupled critic sees records and fakes
        moved at random; 0 for as they are.
      generator_ema_decay: decay of the released average of the generator.
      generator_ema_correction: leave the generator that the private steps began
        with out of the average.
      latent_scale: what the released generator multiplies its latents with;
        above 1 its images are more varied and less typical.
      warm_start_steps: t_warm, generator steps on public records.
      warm_start_critic_steps: critic steps per generator step of the warm
        start.
      warm_start_batch_size: public records per warm-start critic step.
      optimizer: of both networks, "adam", "rmsprop" or "sgd".
      warm_start_learning_rate: the optimizers' alpha during the warm start.
      critic_learning_rate: alpha for the critic.
      generator_learning_rate: alpha for the generator.
      learning_rate_decay: of both rates over the private steps, to 0: "none",
        "linear" or "cosine".
      adam_beta_1: beta_1 of Adam.
      adam_beta_2: beta_2 of Adam, rho of RMSProp.
      num_steps: private critic steps that the budget is spread over.
      expected_batch_size: m, the mean size of a Poisson batch.
      chunk_size: records whose gradients are in memory at one time.
      engine: how records' gradients are clipped and summed: "vectorized" makes
        each by tf.vectorized_map, "ghost" makes only their norms and sum;
        "auto" takes ghost if it knows every layer of the critic.
      target_epsilon: epsilon_0 of the budget; None trains without privacy
        on all records as a warm start does, and nothing is released then.
      target_delta: delta_0 of the budget.
      accountant: "rdp" or "pld"; what the claim is priced by.
      noise_multiplier: sigma of one group; None solves it from the budget.
      grouping: how the critic's variables are grouped (section 4.1): "single",
        "per_variable", "weight_bias" (S1), "clustered" (S2, Algorithm 2) or
        "weight_bias_clustered" (biases in one group, weights clustered).
      num_groups: k, for the clustered ones.
      clipping: "fixed" bounds, "adaptive" from public records (4.2), or
        "quantile", which follow the private norms and are charged.
      clip_norm: C, the joint bound of all variables, fixed or at the start.
      clip_quantile: share of records that a quantile leaves unclipped.
      clip_quantile_rate: how far a bound follows in a step, in its logarithm.
      clip_quantile_share: what the quantile costs beside the gradients, in
        groups; more is more exact.
      adaptive_clip_factor: bounds are this times the public mean norms.
      public_batch_size: m_pub, public records per estimate of the bounds.
      clip_update_every: critic steps between two estimates of the bounds.
      summary: "none"; for rows of a table "marginals", noisy means of the
        columns that the generator is calibrated to, or "pairs", which it is
        fitted to before the first critic step, as well; for labelled images
        "class_moments", noisy means and covariances of the classes, and
        records drawn from them stand for public ones, or beside as many; or
        "class_features", moments of their scattering features as well, which
        the generator is fitted to before the first critic step and follows
        beside the critic, and a guide.
      summary_share: part of target_epsilon that the summary alone costs.
      summary_epsilon_limit: epsilon that it costs at most, whatever its share;
        none for no limit.
      summary_marginals_share: part of the summary that is spent on the means,
        in squares of 1 / noise multiplier, if there is more than them.
      summary_row_clip_norm: bound on the norm of a row, or of a reduced image
        with its count.
      summary_pair_clip_norm: bound on the norm of a row's scaled pairs, or on
        the squared norm of what is left of a reduced image without its mean.
      summary_side: height and width of reduced images.
      num_surrogates: records that are drawn from the classes' moments.
      feature_directions: that scattering features are reduced to.
      feature_products: of the leading ones, whose products are released.
      feature_share: part of the summary that is spent on the features' moments,
        in squares of 1 / noise multiplier.
      feature_clip_norm: bound on a record's features and products.
      feature_weight: of the distance of fakes from the features' moments beside
        the critic's loss; a class is left out of it when a half of the
        warm_start_batch_size fakes of a step has none of it.
      guide_share: part of the summary that is spent on a classifier that tells
        the generator whether a fake looks like its label, and which surrogates
        do.
      guide_steps: its noisy gradient steps, over all records.
      guide_weight: of its cross-entropy beside the critic's loss.
      guide_clip_norm: bound on the norm of a record's gradient.
      guide_learning_rate: of its steps.
      summary_fit_steps: steps of the fit to pairs or features.
      summary_batch_size: latents of such a step.
      summary_learning_rate: of such a step.
      checkpoint_every: critic steps between two checkpoints.
      num_score_samples: samples that the scores are computed from.
      score_every: critic steps between two looks at the scores of a few
        samples, for curves; 0 for none.
      noise_seed: None takes noise from the operating system's entropy; a
        number makes it repeatable, for tests, and voids the privacy claim.
      jit_compile: compile the training step with XLA (for GPUs).
    """

    preset: str
    dataset: str = "mnist"
    public_fraction: float = 0.02
    split_seed: int = 0
    num_private_examples: int
    critic_width: int = 64
    generator_width: int = 64
    latent_dim: int = 128
    conditional: bool = False
    critic_loss: str = "wgan_gp"
    objective: str = "wasserstein"
    gradient_penalty_weight: float = 10.0
    drift_weight: float = 0.001
    weight_clip: float = 0.01
    clip_generator: bool = False
    num_critic_steps: int = 4
    critic_accuracy: float = 0.0
    draws_per_record: int = 1
    largest_shift: int = 0
    generator_ema_decay: float = 0.0
    generator_ema_correction: bool = False
    latent_scale: float = 1.0
    warm_start_steps: int = 300
    warm_start_critic_steps: int = 4
    warm_start_batch_size: int = 64
    optimizer: str = "adam"
    warm_start_learning_rate: float = 0.002
    critic_learning_rate: float = 0.002
    generator_learning_rate: float = 0.002
    learning_rate_decay: str = "none"
    adam_beta_1: float = 0.5
    adam_beta_2: float = 0.9
    num_steps: int
    expected_batch_size: int = 64
    chunk_size: int = 128
    engine: str = "auto"
    target_epsilon: float | None = 4.0
    target_delta: float = 1e-5
    accountant: str = "rdp"
    noise_multiplier: float | None = None
    grouping: str = "weight_bias_clustered"
    num_groups: int = 5
    clipping: str = "adaptive"
    clip_norm: float = 1.0
    clip_quantile: float = 0.5
    clip_quantile_rate: float = 0.2
    clip_quantile_share: float = 0.01
    adaptive_clip_factor: float = 1.0
    public_batch_size: int = 64
    clip_update_every: int = 1
    summary: str = "none"
    summary_share: float = 0.8
    summary_epsilon_limit: float | None = None
    summary_marginals_share: float = 0.1
    summary_row_clip_norm: float = 5.0
    summary_pair_clip_norm: float = 70.0
    summary_side: int = 14
    num_surrogates: int = 20_000
    feature_directions: int = 800
    feature_products: int = 100
    feature_share: float = 0.25
    feature_clip_norm: float = 5.0
    feature_weight: float = 0.05
    guide_share: float = 0.35
    guide_steps: int = 60
    guide_weight: float = 0.3
    guide_clip_norm: float = 0.2
    guide_learning_rate: float = 100.0
    summary_fit_steps: int = 1_000
    summary_batch_size: int = 2_048
    summary_learning_rate: float = 0.001
    checkpoint_every: int = 50
    num_score_samples: int = 60_000
    score_every: int = 0
    noise_seed: int | None = None
    jit_compile: bool = False

    def __post_init__(self) -> None:
        """Check every field and how they fit together."""
        for field in dataclasses.fields(self):
            _require_type(field.name, getattr(self, field.name), field.type)
        for name in _POSITIVE:
            _require(self, name, getattr(self, name) > 0, "> 0")
        _require(
            self,
            "target_epsilon",
            self.target_epsilon is None or self.target_epsilon > 0,
            "> 0, or none to train without privacy",
        )
        _require(
            self,
            "summary_epsilon_limit",
            self.summary_epsilon_limit is None
            or self.summary_epsilon_limit > 0,
            "> 0, or none",
        )
        for name in _NOT_NEGATIVE:
            _require(self, name, getattr(self, name) >= 0, ">= 0")
        for name in _FRACTIONS:
            _require(self, name, 0 <= getattr(self, name) < 1, "in [0, 1)")
        _require(
            self,
            "chunk_size",
            self.chunk_size <= MAX_CHUNK_SIZE,
            f"at most {MAX_CHUNK_SIZE}; rounding is bounded up to there",
        )
        for name in (
            "summary_share",
            "summary_marginals_share",
            "feature_share",
            "guide_share",
            "clip_quantile",
        ):
            _require(self, name, 0 < getattr(self, name) < 1, "in (0, 1)")
        _require(
            self,
            "summary_batch_size",
            self.summary_batch_size % 2 == 0,
            "an even number: a step compares two halves",
        )
        for name, choices in _CHOICES.items():
            _require(
                self, name, getattr(self, name) in choices, f"one of {choices}"
            )
        _require(
            self,
            "num_steps",
            self.num_steps % self.num_critic_steps == 0,
            f"a multiple of num_critic_steps={self.num_critic_steps}: what "
            "follows the last generator step would be spent for nothing",
        )
        self._require_privacy_fits()
        self._require_loss_fits()

    def _require_loss_fits(self) -> None:
        is_decoupled = self.critic_loss == "decoupled"
        is_wasserstein = self.critic_loss == "wasserstein"
        _require(
            self,
            "clipping",
            self.clipping != "adaptive" or not is_wasserstein,
            "fixed or quantile if critic_loss=wasserstein",
        )
        _require(
            self,
            "draws_per_record",
            self.draws_per_record == 1
            or not is_decoupled
            or self.largest_shift > 0,
            "1 if critic_loss=decoupled and largest_shift=0: nothing is drawn "
            "for a record",
        )
        _require(
            self,
            "largest_shift",
            self.largest_shift == 0 or is_decoupled,
            "0 unless critic_loss=decoupled",
        )
        _require(
            self,
            "objective",
            self.objective == "wasserstein" or not is_wasserstein,
            "wasserstein if critic_loss=wasserstein",
        )
        _require(
            self,
            "critic_accuracy",
            self.critic_accuracy == 0 or self.objective != "wasserstein",
            "0 if objective=wasserstein, whose scores have no natural zero",
        )
        _require(
            self,
            "clip_generator",
            is_wasserstein or not self.clip_generator,
            "false unless critic_loss=wasserstein",
        )

    def _require_privacy_fits(self) -> None:
        _require(
            self,
            "expected_batch_size",
            self.expected_batch_size <= self.num_private_examples,
            f"at most num_private_examples={self.num_private_examples}, so "
            "that the sampling probability is at most 1",
        )
        _require(
            self,
            "target_delta",
            0 < self.target_delta < 1 / self.num_private_examples,
            "positive and below 1 / num_private_examples = "
            f"{1 / self.num_private_examples:.3g}",
        )
        _require(
            self,
            "noise_multiplier",
            self.noise_multiplier is None or self.noise_multiplier > 0,
            "> 0, or none to solve it from the budget",
        )
        _require(
            self,
            "public_fraction",
            self.public_fraction > 0
            or self.has_surrogates
            or (self.clipping != "adaptive" and self.warm_start_steps == 0),
            "> 0, or a summary of classes, or clipping=fixed or quantile and "
            "warm_start_steps=0, which need no public records",
        )
        needed = max(self.public_batch_size, self.warm_start_batch_size)
        _require(
            self,
            "num_surrogates",
            self.num_surrogates >= needed or not self.has_surrogates,
            f"at least {needed}, the records of a public batch",
        )
        _require(
            self,
            "summary",
            not self.has_surrogates
            or self.has_features
            or self.clipping == "adaptive"
            or self.warm_start_steps > 0,
            "none without clipping=adaptive and warm_start_steps: nothing "
            "would look at what it costs",
        )
        _require(
            self,
            "guide_share",
            self.feature_share + self.guide_share < 1,
            f"below {1 - self.feature_share:g}, what feature_share leaves",
        )
        _require(
            self,
            "summary_fit_steps",
            self.summary_fit_steps > 0 or not self.has_features,
            "> 0 if summary=class_features, which the generator is fitted to",
        )
        _require(
            self,
            "feature_products",
            self.feature_products <= self.feature_directions,
            f"at most feature_directions={self.feature_directions}",
        )
        _require(
            self,
            "learning_rate_decay",
            self.learning_rate_decay == "none" or not self.critic_accuracy,
            "none with critic_accuracy: nobody knows how many generator steps "
            "there will be",
        )
        _require(
            self,
            "latent_scale",
            self.latent_scale == 1 or self.summary not in ROW_SUMMARIES,
            "1 with a summary of rows, which the generator is calibrated to",
        )
        _require(
            self,
            "summary",
            self.conditional or not self.has_surrogates,
            "none if conditional=false: classes are of labelled images",
        )

    @property
    def sampling_probability(self) -> float:
        """The probability q = m / n that a record is in a batch."""
        return self.expected_batch_size / self.num_private_examples

    @property
    def has_surrogates(self) -> bool:
        """Whether records drawn from a summary stand for public ones."""
        return self.summary in ("class_moments", "class_features")

    @property
    def has_features(self) -> bool:
        """Whether a summary has moments of features, and a guide."""
        return self.summary == "class_features"

    def to_json(self) -> str:
        """Return the configuration as sorted, indented JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2, sort_keys=True)

    def digest(self) -> str:
        """Return the SHA-256 of the JSON form, as 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


_POSITIVE = (
    "num_private_examples critic_width generator_width latent_dim "
    "num_critic_steps warm_start_critic_steps draws_per_record "
    "latent_scale warm_start_batch_size warm_start_learning_rate "
    "critic_learning_rate generator_learning_rate num_steps "
    "expected_batch_size chunk_size weight_clip clip_norm "
    "clip_quantile_rate clip_quantile_share "
    "adaptive_clip_factor public_batch_size "
    "summary_row_clip_norm summary_pair_clip_norm summary_batch_size "
    "summary_learning_rate summary_side num_surrogates clip_update_every "
    "feature_directions feature_products feature_clip_norm "
    "guide_steps guide_weight guide_clip_norm guide_learning_rate "
    "checkpoint_every num_score_samples num_groups"
).split()
_NOT_NEGATIVE = (
    "largest_shift",
    "feature_weight",
    "warm_start_steps",
    "gradient_penalty_weight",
    "drift_weight",
    "score_every",
    "split_seed",
    "summary_fit_steps",
)
_FRACTIONS = (
    "public_fraction",
    "adam_beta_1",
    "adam_beta_2",
    "generator_ema_decay",
    "critic_accuracy",
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "grouping": GROUPINGS,
    "clipping": CLIPPINGS,
    "critic_loss": CRITIC_LOSSES,
    "objective": OBJECTIVES,
    "learning_rate_decay": DECAYS,
    "optimizer": OPTIMIZERS,
    "accountant": ACCOUNTANTS,
    "engine": ENGINES,
    "summary": SUMMARIES,
}


def _require_type(name: str, value: object, wanted: Any) -> None:
    allowed = get_args(wanted) or (wanted,)
    if float in allowed and isinstance(value, int):
        allowed = (*allowed, int)
    is_bool_elsewhere = isinstance(value, bool) and bool not in allowed
    if is_bool_elsewhere or not isinstance(value, allowed):
        names = " or ".join(kind.__name__ for kind in allowed)
        raise errors.ConfigError(f"{name}={value!r}; expected {names}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise errors.ConfigError(f"{name}={value}; expected a finite number.")


def _require(config: Config, name: str, holds: bool, expected: str) -> None:
    if not holds:
        value = getattr(config, name)
        raise errors.ConfigError(f"{name}={value}; expected {expected}.")
