"""dp-GAN on MNIST and similar data: the paper's settings, and ours."""

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import learning

# dp-GAN section 5.1 and Table 1, row MNIST, with the networks of the authors'
# code and two changes that the claim needs: n is 98% of 60,000, and sigma is
# computed from the budget (Table 1's 1.086 with k = 5 would cost epsilon 14
# over these steps).
DPGAN_MNIST = recipes.Recipe(
    name="dpgan_mnist",
    data=learning.Data(num_private_examples=58_800),
    steps=learning.Steps(num_steps=3_120),
)

# For two CPU cores in about half an hour. The critic is narrow and the batch
# large, since noise grows with the number of weights and signal with the number
# of records; runs/LOG.md lists what else was tried.
MNIST = recipes.change(
    DPGAN_MNIST,
    {
        "name": "mnist",
        "networks.critic_width": 16,  # ours
        "networks.generator_width": 32,  # ours
        "networks.ema_decay": 0.99,  # ours
        "warm_start.learning_rate": 0.001,  # ours
        "steps.num_steps": 5_000,  # ours
        "steps.expected_batch_size": 512,  # ours
        "steps.critic_learning_rate": 0.001,  # ours
        "steps.generator_learning_rate": 0.0005,  # ours
        "steps.chunk_size": 256,  # ours
        "clipping.factor": 0.5,  # ours
        "clipping.update_every": 10,  # ours
        "scoring.every": 500,  # ours
    },
)

# Algorithm 1: one group, a fixed clip norm, no public records needed.
MNIST_BASIC = recipes.change(
    MNIST,
    {
        "name": "mnist_basic",
        "grouping": "single",
        "clipping": "fixed",
        "warm_start.num_steps": 0,
    },
)

# Noise on the one term of the loss that has a private record in it; and labels,
# since the field measures classifiers trained on samples.
MNIST_DECOUPLED = recipes.change(
    MNIST,
    {
        "name": "mnist_decoupled",
        "loss": "decoupled",
        "networks.conditional": True,
        "networks.critic_width": 32,  # ours
        "networks.ema_decay": 0.9,  # ours
        "warm_start.num_steps": 1_500,  # ours
        "steps.num_steps": 1_600,  # ours
        "steps.num_critic_steps": 16,  # ours
        "steps.critic_learning_rate": 0.0005,  # ours
        "steps.generator_learning_rate": 0.001,  # ours
        "clipping.factor": 1.0,
        "clipping.update_every": 1,
        "clipping.batch_size": 128,  # ours
        "grouping": "single",
        "budget.accountant": "pld",  # ours
    },
)

# No public records. Part of the budget pays for the classes' moments, whose
# surrogates pre-train both networks, set the clip norms and carry the penalty;
# for moments of features that the generator is fitted to; and for a guide.
MNIST_SURROGATE = recipes.change(
    MNIST_DECOUPLED,
    {
        "name": "mnist_surrogate",
        "data.num_private_examples": 60_000,
        "data.public_fraction": 0.0,
        "loss.objective": "bce",
        "networks.critic_width": 16,
        "networks.ema_decay": 0.99,  # ours
        "warm_start.num_steps": 700,  # ours
        "summary": "class_features",
        "summary.share": 0.75,  # ours
        "summary.side": 28,  # ours
        "summary.pair_clip_norm": 36.0,  # ours
        "summary.fit_steps": 600,  # ours
        "summary.fit_batch_size": 320,  # ours
        "summary.guide_weight": 0.1,  # ours
        "summary.guide_steps": 130,  # as `plan` chooses
        "steps.num_steps": 1_500,  # as `plan` chooses
        "steps.expected_batch_size": 1_024,  # as `plan` chooses at epsilon 4
        "steps.num_critic_steps": 3,  # ours
        "steps.generator_batch_size": 128,  # ours
        "steps.generator_learning_rate": 0.0002,  # ours
        "steps.chunk_size": 512,  # ours
        "scoring.every": 0,
        "scoring.variety": 1.5,  # ours
    },
)

# The same with public records. They replace the surrogates, and give better
# feature directions: features are shorter, so that less is clipped.
MNIST_FEATURES = recipes.change(
    MNIST_SURROGATE,
    {
        "name": "mnist_features",
        "data.num_private_examples": 58_800,
        "data.public_fraction": 0.02,
        "warm_start.num_steps": 1_000,  # ours
        "summary.feature_clip_norm": 2.0,  # ours
        "summary.feature_weight": 0.5,  # ours
        "summary.guide_learning_rate": 300.0,  # ours
        "summary.guide_steps": 148,  # as `plan` chooses
        "summary.fit_steps": 0,  # ours
    },
)

MNIST_QUICK = recipes.change(
    MNIST,
    {
        "name": "mnist_quick",
        "networks.critic_width": 8,  # ours
        "networks.generator_width": 16,  # ours
        "networks.ema_decay": 0.9,  # ours
        "warm_start.num_steps": 150,  # ours
        "steps.num_steps": 60,  # ours
        "steps.expected_batch_size": 128,  # ours
        "steps.checkpoint_every": 20,  # ours
        "scoring.every": 20,  # ours
        "scoring.num_samples": 2_000,  # ours
    },
)
