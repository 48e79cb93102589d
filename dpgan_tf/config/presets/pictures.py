"""Colour pictures: faces, rooms, patches of photographs."""

import dataclasses

from dpgan_tf.config.presets import digits

# Table 1, rows CelebA, LSUN-U and LSUN-L, with the iterations of Table 7 (four
# critic steps each) and noise solved for the budget. A tenth of the pictures is
# held out for scores; n is 98% of the others.
CELEBA = dataclasses.replace(
    digits.DPGAN_MNIST,
    preset="celeba",
    dataset="celeb_a_48",
    num_private_examples=143_500,  # ours
    critic_width=128,
    generator_width=128,
    adam_beta_1=0.0,
    target_epsilon=10.0,
    target_delta=1e-6,  # ours: the paper's 1e-5 is above 1 / n
    grouping="clustered",  # Table 1's k is too many beside a group of biases
    num_groups=6,
    warm_start_steps=800,
    num_steps=16_280,
)
LSUN_U = dataclasses.replace(
    CELEBA,
    preset="lsun_u",
    dataset="lsun_u_64",
    num_private_examples=2_675_000,  # ours
    target_delta=1e-7,  # ours, as above
    critic_width=64,
    generator_width=64,
    num_groups=7,
    warm_start_steps=2_400,
    num_steps=126_680,
)
LSUN_L = dataclasses.replace(
    LSUN_U,
    preset="lsun_l",
    dataset="lsun_l_64",
    num_private_examples=2_205_000,  # ours
    warm_start_steps=2_000,
    num_steps=77_200,
)

# What two CPU cores train in minutes, on patches of photographs.
PHOTOS_48 = dataclasses.replace(
    CELEBA,
    preset="photos_48",
    dataset="sample_photos_48",
    target_delta=1e-5,
    num_private_examples=5_050,
    critic_width=16,
    generator_width=16,
    warm_start_steps=300,
    warm_start_learning_rate=0.001,
    critic_learning_rate=0.001,
    generator_learning_rate=0.0005,
    expected_batch_size=128,
    chunk_size=64,
    num_steps=800,
    generator_ema_decay=0.9,
    num_score_samples=2_000,
    score_every=0,
)
PHOTOS_64 = dataclasses.replace(
    PHOTOS_48,
    preset="photos_64",
    dataset="sample_photos_64",
    critic_width=8,
    generator_width=8,
    num_groups=7,
)
