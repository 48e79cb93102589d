"""Runs of a step a round, to be lost."""

from dpgan_tf.run import training
from tests import tiny_run

_SETTINGS = {"steps.num_critic_steps": 1, "warm_start.num_steps": 1}


def train(folder, **changes):
    return training.train(
        tiny_run.recipe(folder, **_SETTINGS | changes),
        run_dir=folder / "run",
        data_dir=folder,
        with_scores=False,
    )
