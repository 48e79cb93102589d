"""Health records: rows of codes."""

import dataclasses

from dpgan_tf.config.presets import digits

# Health records: 80% of MIMIC-III's 46,520 patients, no public ones. All ours,
# chosen on the simulated cohort. Most of the budget goes into pairs of codes.
DPGAN_EHR = dataclasses.replace(
    digits.MNIST_BASIC,
    preset="dpgan_ehr",
    dataset="simulated_ehr",
    num_private_examples=37_216,
    public_fraction=0.0,
    critic_width=64,
    generator_width=256,
    latent_dim=64,
    expected_batch_size=1_024,
    chunk_size=1_024,
    num_critic_steps=4,
    num_steps=1_000,
    critic_learning_rate=0.001,
    generator_learning_rate=0.0002,
    target_epsilon=1.0,
    accountant="pld",
    summary="pairs",
    summary_share=0.8,
    num_score_samples=10_000,
    score_every=0,
)
PPGAN_EHR = dataclasses.replace(
    DPGAN_EHR,
    preset="ppgan_ehr",
    summary="marginals",
    summary_share=0.2,
    critic_loss="wasserstein",
    clip_generator=True,
    clip_norm=0.01,
    weight_clip=0.05,
    num_critic_steps=5,
    optimizer="rmsprop",
    adam_beta_2=0.99,
    critic_learning_rate=0.0005,
    generator_learning_rate=0.0005,
)
