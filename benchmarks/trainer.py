"""The real trainer of a configuration, and its iteration as a whole."""

import tensorflow as tf

from benchmarks import timing
from dpgan_tf import assembly
from dpgan_tf import budgets
from dpgan_tf import config as configs
from dpgan_tf import private_batches
from dpgan_tf import run_data
from dpgan_tf import strategies
from dpgan_tf.models import dpgan


def build(
    config: configs.Config,
    data: run_data.RunData,
    team: strategies.Team = strategies.ALONE,
) -> tuple[dpgan.DPGAN, tf.data.Dataset]:
    """Return a private GAN that may step, and its endless batches.

    Args:
      config: of the run.
      data: its records.
      team: that takes its steps.
    """
    form = data.dataset.form
    budget = budgets.build_budget(config, form=form)
    with team.scope():
        model = assembly.build_dpgan(
            config,
            form,
            *assembly.build_networks(config, form),
            budget.mechanism,
        )
    model.permit.begin((1, 2))
    model.permit.allow(2**40)
    batches = team.distribute(
        lambda share: private_batches.build(
            config, budget, data, key=(3, 4), first_step=0, share=share
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
