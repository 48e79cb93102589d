"""dp-GAN on MNIST and its like: the paper's numbers, and ours."""

import dataclasses

from dpgan_tf.config import settings

# dp-GAN section 5.1 and Table 1, row MNIST, with the networks of the authors'
# code and two changes without which nothing could be claimed: n is 98% of
# 60,000, and sigma is solved from the budget (Table 1's 1.086 with k = 5 would
# cost epsilon 14 over these steps).
DPGAN_MNIST = settings.Config(
    preset="dpgan_mnist",
    num_private_examples=58_800,
    num_steps=3_120,
)

# What two CPU cores reach in about half an hour. A narrow critic and a large
# batch, since the noise grows with the number of weights and the signal with
# the number of records; runs/README.md says what else was tried.
MNIST = dataclasses.replace(
    DPGAN_MNIST,
    preset="mnist",
    critic_width=16,  # ours
    generator_width=32,  # ours
    expected_batch_size=512,  # ours
    num_steps=5_000,  # ours
    warm_start_learning_rate=0.001,  # ours
    critic_learning_rate=0.001,  # ours
    generator_learning_rate=0.0005,  # ours
    generator_ema_decay=0.99,  # ours
    adaptive_clip_factor=0.5,  # ours
    clip_update_every=10,  # ours
    chunk_size=256,  # ours
    score_every=500,  # ours
)

# Algorithm 1: one group, a fixed bound, no public records needed.
MNIST_BASIC = dataclasses.replace(
    MNIST,
    preset="mnist_basic",
    grouping="single",
    clipping="fixed",
    warm_start_steps=0,
)

# The field measures what classifiers learn from labelled samples.
MNIST_CONDITIONAL = dataclasses.replace(
    MNIST, preset="mnist_conditional", conditional=True
)

# Noise against the one term of the loss that has a private record in it.
MNIST_DECOUPLED = dataclasses.replace(
    MNIST_CONDITIONAL,
    preset="mnist_decoupled",
    critic_loss="decoupled",
    critic_width=32,  # ours
    num_steps=1_600,  # ours
    num_critic_steps=16,  # ours
    warm_start_steps=1_500,  # ours
    critic_learning_rate=0.0005,  # ours
    generator_learning_rate=0.001,  # ours
    generator_ema_decay=0.9,  # ours
    adaptive_clip_factor=1.0,
    clip_update_every=1,
    grouping="single",
    public_batch_size=128,  # ours
    accountant="pld",  # ours
)

# No public record: a part of the budget goes into moments of the classes, whose
# surrogates pre-train both networks, set the bounds and hold the penalty; into
# moments of features that the generator is fitted to; and into a guide.
MNIST_SURROGATE = dataclasses.replace(
    MNIST_DECOUPLED,
    preset="mnist_surrogate",
    num_private_examples=60_000,
    public_fraction=0.0,
    summary="class_features",
    summary_share=0.75,  # ours
    summary_epsilon_limit=None,
    summary_side=28,  # ours
    summary_row_clip_norm=13.0,  # ours
    summary_pair_clip_norm=36.0,  # ours
    summary_marginals_share=0.3,  # ours
    summary_fit_steps=600,  # ours
    summary_batch_size=320,  # ours
    summary_learning_rate=0.001,  # ours
    guide_weight=0.1,  # ours
    guide_steps=130,  # as `plan` chooses
    critic_width=16,
    objective="bce",
    expected_batch_size=1_024,  # as `plan` chooses at epsilon 4
    chunk_size=512,  # ours
    num_steps=1_500,  # as `plan` chooses
    num_critic_steps=3,  # ours
    warm_start_steps=700,  # ours
    warm_start_batch_size=128,  # ours
    critic_learning_rate=0.0005,  # ours
    generator_learning_rate=0.0002,  # ours
    generator_ema_decay=0.99,  # ours
    generator_ema_correction=True,
    latent_scale=1.5,  # ours
    score_every=0,
)

# The same with public records. They take the part of surrogates, and suggest
# better directions of features: shorter ones, of which less is clipped.
MNIST_FEATURES = dataclasses.replace(
    MNIST_SURROGATE,
    preset="mnist_features",
    num_private_examples=58_800,
    public_fraction=0.02,
    feature_clip_norm=2.0,  # ours
    feature_weight=0.5,  # ours
    guide_learning_rate=300.0,  # ours
    guide_steps=148,  # as `plan` chooses
    warm_start_steps=1_000,  # ours
    summary_fit_steps=0,  # ours
)

# Tables 8 and 9: what each strategy brings. S1 separates weights from biases,
# S2 groups weights, S3 adapts the bounds, S4 is the warm start.
MNIST_S3 = dataclasses.replace(
    MNIST, preset="mnist_s3", grouping="single", warm_start_steps=0
)
MNIST_NONE = dataclasses.replace(MNIST_BASIC, preset="mnist_none")
MNIST_S1 = dataclasses.replace(
    MNIST_NONE, preset="mnist_s1", grouping="weight_bias"
)
MNIST_S1_S3 = dataclasses.replace(
    MNIST_S3, preset="mnist_s1_s3", grouping="weight_bias"
)
MNIST_S2_S3 = dataclasses.replace(
    MNIST_S3, preset="mnist_s2_s3", grouping="clustered"
)
MNIST_S1_S3_S4 = dataclasses.replace(
    MNIST, preset="mnist_s1_s3_s4", grouping="weight_bias"
)

MNIST_QUICK = dataclasses.replace(
    MNIST,
    preset="mnist_quick",
    critic_width=8,  # ours
    generator_width=16,  # ours
    expected_batch_size=128,  # ours
    num_steps=60,  # ours
    warm_start_steps=150,  # ours
    generator_ema_decay=0.9,  # ours
    checkpoint_every=20,  # ours
    score_every=20,  # ours
    num_score_samples=2_000,  # ours
)

FASHION_MNIST = dataclasses.replace(
    MNIST, preset="fashion_mnist", dataset="fashion_mnist"
)
