"""The real trainer of a configuration, and its whole iteration."""

import tensorflow as tf

from benchmarks import timing
from dpgan_tf.config import recipe as recipes
from dpgan_tf.models import dpgan
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import gans
from dpgan_tf.run import team as teams
from dpgan_tf.run.stages import private_batches


def build(
    recipe: recipes.Recipe,
    data: run_data.RunData,
    team: teams.Team = teams.ALONE,
) -> tuple[dpgan.DPGAN, tf.data.Dataset]:
    """Return a private GAN that is ready to step, and its endless batches.

    Args:
      recipe: the run's recipe.
      data: the run's records.
      team: team that takes the steps.
    """
    form = data.dataset.form
    budget = budgets.build_budget(recipe, form=form)
    with team.scope():
        model = gans.build_dpgan(
            recipe,
            form,
            *assembly.build_networks(recipe, form),
            budget.mechanism,
        )
    model.permit.begin((1, 2, 3, 4))
    model.permit.allow(2**40)
    batches = team.distribute(
        lambda share: private_batches.build(
            recipe, budget, data, key=(3, 4, 5, 6), first_step=0, share=share
        )
    )
    return model, batches


def whole(model: dpgan.DPGAN, batches: tf.data.Dataset) -> timing.Step:
    """Return the step that `fit` takes, including the input pipeline.

    Args:
      model: model from `build`.
      batches: batches from `build`.
    """
    iterator = iter(batches)
    model.make_train_function()

    def step():
        model.train_function(iterator)
        # The last variable set; reading it waits, also with several machines.
        model.averaged_generator.variables[-1].numpy()

    return timing.timed(step)
