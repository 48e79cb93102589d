"""Colour pictures: faces, rooms and patches of photographs."""

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.presets import digits

# Table 1, rows CelebA and LSUN-L, with the iterations of Table 7 (four critic
# steps each) and noise computed from the budget. A tenth of the pictures is
# held out for scoring; n is 98% of the others.
CELEBA = recipes.change(
    digits.DPGAN_MNIST,
    {
        "name": "celeba",
        "data.source": "celeb_a_48",
        "data.num_private_examples": 143_500,  # ours
        "networks.critic_width": 128,
        "networks.generator_width": 128,
        "optimizer.beta_1": 0.0,
        "warm_start.num_steps": 800,
        "steps.num_steps": 16_280,
        "grouping": "clustered",  # Table 1's k exceeds S1's number of groups
        "grouping.num_groups": 6,
        "budget.target_epsilon": 10.0,
        "budget.target_delta": 1e-6,  # ours: the paper's 1e-5 is above 1 / n
    },
)
LSUN_L = recipes.change(
    CELEBA,
    {
        "name": "lsun_l",
        "data.source": "lsun_l_64",
        "data.num_private_examples": 2_205_000,  # ours
        "networks.critic_width": 64,
        "networks.generator_width": 64,
        "warm_start.num_steps": 2_000,
        "steps.num_steps": 77_200,
        "grouping.num_groups": 7,
        "budget.target_delta": 1e-7,  # ours, as above
    },
)

# For two CPU cores in minutes, on patches of photographs.
PHOTOS_48 = recipes.change(
    CELEBA,
    {
        "name": "photos_48",
        "data.source": "sample_photos_48",
        "data.num_private_examples": 5_050,
        "networks.critic_width": 16,
        "networks.generator_width": 16,
        "networks.ema_decay": 0.9,
        "warm_start.num_steps": 300,
        "warm_start.learning_rate": 0.001,
        "steps.num_steps": 800,
        "steps.expected_batch_size": 128,
        "steps.critic_learning_rate": 0.001,
        "steps.generator_learning_rate": 0.0005,
        "steps.chunk_size": 64,
        "budget.target_delta": 1e-5,
        "scoring.num_samples": 2_000,
    },
)
