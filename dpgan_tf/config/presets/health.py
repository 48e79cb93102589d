"""Health records, as rows of codes."""

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.presets import digits

# 80% of MIMIC-III's 46,520 patients, none public. All settings are ours, chosen
# on the simulated cohort. Most of the budget pays for pairs of codes.
DPGAN_EHR = recipes.change(
    digits.MNIST_BASIC,
    {
        "name": "dpgan_ehr",
        "data.source": "simulated_ehr",
        "data.num_private_examples": 37_216,
        "data.public_fraction": 0.0,
        "networks.critic_width": 64,
        "networks.generator_width": 256,
        "networks.latent_dim": 64,
        "summary": "pairs",
        "summary.share": 0.8,
        "summary.fit_steps": 500,
        "steps.num_steps": 1_000,
        "steps.expected_batch_size": 1_024,
        "steps.chunk_size": 1_024,
        "steps.generator_learning_rate": 0.0002,
        "budget.target_epsilon": 1.0,
        "budget.accountant": "pld",
        "scoring.num_samples": 10_000,
        "scoring.every": 0,
    },
)
