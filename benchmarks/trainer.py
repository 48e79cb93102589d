"""The real trainer of a configuration, and its iteration as a whole."""

import tensorflow as tf

from benchmarks import timing
from dpgan_tf.config import recipe as recipes
from dpgan_tf.models import dpgan
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import team as teams
from dpgan_tf.run.stages import private_batches


def build(
    recipe: recipes.Recipe,
    data: run_data.RunData,
    team: teams.Team = teams.ALONE,
) -> tuple[dpgan.DPGAN, tf.data.Dataset]:
    """Return a private GAN that may step, and its endless batches.

    Args:
      recipe: of the run.
      data: its records.
      team: that takes its steps.
    """
    form = data.dataset.form
    budget = budgets.build_budget(recipe, form=form)
    with team.scope():
        model = assembly.build_dpgan(
            recipe,
            form,
            *assembly.build_networks(recipe, form),
            budget.mechanism,
        )
    model.permit.begin((1, 2))
    model.permit.allow(2**40)
    batches = team.distribute(
        lambda share: private_batches.build(
            recipe, budget, data, key=(3, 4), first_step=0, share=share
        )
    )
    return model, batches


def whole(model: dpgan.DPGAN, batches: tf.data.Dataset) -> timing.Step:
    """Return the step that `fit` takes, with the input pipeline beside it.

    Args:
      model: of `build`.
      batches: of `build`.
    """
    iterator = iter(batches)
    model.make_train_function()

    def step():
        model.train_function(iterator)
        # What is set last; reading it waits, with several machines, too.
        model.averaged_generator.variables[-1].numpy()

    return timing.timed(step)
