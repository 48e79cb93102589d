"""Everything that defines a run, as one frozen and validated object."""

import dataclasses
import hashlib
import json

from dpgan_tf.config import rules

ROW_SUMMARIES = ("marginals", "pairs")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one run; the symbols are those of dp-GAN (2018).

    Attributes:
      preset: name of the preset this configuration started from.
      dataset: name of a data set, folder of IDX files, of prepared pictures or
        of a prepared table, or .npz file.
      public_fraction: chance of each record to be public (section 5.1), by a
        hash of split_seed and its own name or number; with 0 every record is
        private, and nothing may need public ones.
      split_seed: seed of the public : private split.
      num_private_examples: n, the size of the private part as publicly
        declared; q = m / n uses it, and never a count of private records.
        Training refuses records whose number is more than 10% off.
      num_classes: k, of the labels, as publicly declared; it is never counted
        from them. None for what the data set declares: ten of mnist and
        fashion_mnist, the sub-folders of prepared pictures, the num_classes of
        an .npz file.
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
      clipping: "fixed" bounds, or "adaptive" from public records (4.2).
      clip_norm: C, the joint bound of all variables, fixed or at the start.
      adaptive_clip_factor: bounds are this times the public mean norms.
      public_batch_size: m_pub, public records per estimate of the bounds.
      clip_update_every: critic steps between two estimates of the bounds.
      summary: "none"; for rows of a table "marginals", noisy means of the
        columns that the generator is calibrated to, or "pairs", which it is
        fitted to before the first critic step, as well; for labelled images
        "class_moments", noisy means and covariances of the classes, and
        records drawn from them stand for public ones; or "class_features",
        moments of their scattering features as well, which the generator is
        fitted to before the first critic step and follows beside the critic,
        and a guide. Where there are public records it is these two alone.
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
        in squares of 1 / noise multiplier; of what it and guide_share take
        together, where the summary has no other part.
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
      checkpoint_every: critic steps between two checkpoints; generator steps in
        the warm start.
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
    num_classes: int | None = None
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
        rules.require(self)

    @property
    def sampling_probability(self) -> float:
        """The probability q = m / n that a record is in a batch."""
        return self.expected_batch_size / self.num_private_examples

    @property
    def summarizes_classes(self) -> bool:
        """Whether a summary is of labelled images."""
        return self.summary in ("class_moments", "class_features")

    @property
    def has_surrogates(self) -> bool:
        """Whether records drawn from a summary stand for public ones."""
        return self.summarizes_classes and not self.public_fraction

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
