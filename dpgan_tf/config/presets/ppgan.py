"""PPGAN (Liu et al., 2019) and the rivals of its figures, on MNIST."""

import dataclasses

from dpgan_tf.config.presets import digits

# PPGAN section 4.2: n_d 5, C 1e-2, delta 1e-5, epsilon infinity, 20, 10, 5, no
# public records. Its 2.5 million critic steps are out of reach, and SGD at 5e-5
# moves no weight by more than 5e-7 in one: Adam, fewer steps of larger batches,
# noise solved for them, and a critic ten times as fast as the generator, which
# otherwise repeats one image.
PPGAN_20 = dataclasses.replace(
    digits.MNIST,
    preset="ppgan_20",
    num_private_examples=60_000,
    public_fraction=0.0,
    critic_loss="wasserstein",
    critic_width=8,  # ours
    num_steps=6_000,  # ours
    chunk_size=512,  # ours
    weight_clip=0.1,  # ours
    clip_generator=True,
    clipping="fixed",
    clip_norm=0.01,
    grouping="single",
    num_critic_steps=5,
    warm_start_critic_steps=5,
    warm_start_steps=0,
    critic_learning_rate=0.003,  # ours
    generator_learning_rate=0.0003,  # ours
    target_epsilon=20.0,
    score_every=0,
)
PPGAN_10 = dataclasses.replace(PPGAN_20, preset="ppgan_10", target_epsilon=10.0)
PPGAN_5 = dataclasses.replace(PPGAN_20, preset="ppgan_5", target_epsilon=5.0)
# Without noise both networks have one rate. Adam at .001 in the box above gave
# one image; WGAN's optimizer gave digits after 2,500 generator steps.
PPGAN_INFINITY = dataclasses.replace(
    PPGAN_20,
    preset="ppgan_infinity",
    weight_clip=0.05,  # ours
    optimizer="rmsprop",
    adam_beta_2=0.99,
    warm_start_learning_rate=0.002,  # ours
    target_epsilon=None,
)

# DPGAN of Xie et al. (2018), with PPGAN's steps and networks: the rival of
# PPGAN's Figure 5. Its weights are clipped to .02 on MNIST.
XIE_DPGAN = dataclasses.replace(
    PPGAN_10, preset="xie_dpgan", weight_clip=0.02, clip_generator=False
)

# Its other rival: dp-GAN's Algorithm 1 at the same budget and steps.
DPGAN_10 = dataclasses.replace(
    digits.MNIST_BASIC,
    preset="dpgan_10",
    num_private_examples=60_000,
    public_fraction=0.0,
    critic_width=8,
    num_steps=6_000,
    num_critic_steps=5,
    target_epsilon=10.0,
    score_every=0,
)
