"""PPGAN (Liu et al., 2019), on MNIST."""

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.presets import digits

# PPGAN section 4.2: n_d 5, C 1e-2, delta 1e-5, epsilon 10 (and 5, 20,
# infinity), no public records. Its 2.5 million critic steps are out of reach,
# and SGD at 5e-5 moves no weight by more than 5e-7 in a step. Here: Adam, fewer
# steps on larger batches, noise computed for them, and a critic learning rate
# ten times the generator's, which otherwise repeats one image.
PPGAN = recipes.change(
    digits.MNIST,
    {
        "name": "ppgan",
        "data.num_private_examples": 60_000,
        "data.public_fraction": 0.0,
        "loss": "ppgan",
        "loss.weight_clip": 0.1,  # ours
        "networks.critic_width": 8,  # ours
        "warm_start.num_steps": 0,
        "warm_start.num_critic_steps": 5,
        "steps.num_steps": 6_000,  # ours
        "steps.num_critic_steps": 5,
        "steps.critic_learning_rate": 0.003,  # ours
        "steps.generator_learning_rate": 0.0003,  # ours
        "steps.chunk_size": 512,  # ours
        "clipping": "fixed",
        "clipping.norm": 0.01,
        "grouping": "single",
        "budget.target_epsilon": 10.0,
        "scoring.every": 0,
    },
)
