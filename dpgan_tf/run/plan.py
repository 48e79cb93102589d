"""Chooses the expected batch and the number of steps for a budget.

At a given number of records looked at, m T, large batches leave little noise in
a step, and small ones make many steps. The smallest batch is taken at which the
noise in the mean gradient is about as long as a record's may be:

    sigma(m, T) sqrt(V) / m <= NOISE,    V weights of the critic, one group

Less noise than that brings less than the steps that it costs. Where even the
largest batch is louder, fewer rounds are taken: steps that noise decides undo
what a warm start has learnt. The private records have no part in it.

The guide of a summary takes more steps the less noise it has, by the same
measure: the root of its noise multiplier, all of its steps taken as one.
"""

import dataclasses
import math

from dpgan_tf import errors
from dpgan_tf.config import settings as configs
from dpgan_tf.data import records
from dpgan_tf.run import budgets

NOISE = 0.4
"""Of the mean gradient's noise over the bound; ours, of trials on MNIST."""

GUIDE_STEPS = 200
"""Of a guide whose noise multiplier is 1; ours, of trials."""

BATCHES = (128, 256, 512, 1_024, 2_048, 4_096, 8_192)


def choose(
    config: configs.Config, form: records.Form = records.DIGITS
) -> configs.Config:
    """Return a configuration that looks at records in better batches.

    Args:
      config: whose budget is to be spent; its m T stays, in whole rounds,
        unless noise would decide.
      form: what an example looks like.

    Returns:
      One with m and T of the smallest batch that is quiet enough; with fewer
      steps of the largest one if none is. And with the steps of its guide.

    Raises:
      ConfigError: if no batch fits the budget, the records and the rounds, or
        the noise is fixed.
    """
    if config.target_epsilon is None:
        raise errors.ConfigError(
            "target_epsilon=None; expected a budget with --plan."
        )
    if config.noise_multiplier is not None:
        raise errors.ConfigError(
            f"noise_multiplier={config.noise_multiplier}; expected none with "
            "--plan, which solves it from the budget."
        )
    if config.has_features:
        sigma = budgets.guide_noise_multiplier(config)
        num_steps = round(GUIDE_STEPS / math.sqrt(sigma))
        config = dataclasses.replace(config, guide_steps=max(1, num_steps))
    work = config.num_steps * config.expected_batch_size
    chosen = None
    for batch_size in BATCHES:
        num_rounds = round(work / batch_size / config.num_critic_steps)
        if not num_rounds or batch_size > config.num_private_examples:
            break
        chosen = dataclasses.replace(
            config,
            expected_batch_size=batch_size,
            num_steps=num_rounds * config.num_critic_steps,
        )
        if budgets.noise_length(chosen, form) <= NOISE:
            return chosen
    if chosen is None:
        raise errors.ConfigError(
            f"num_steps={config.num_steps} batches of "
            f"{config.expected_batch_size} from {config.num_private_examples} "
            f"records; too few for a round of {BATCHES[0]}: leave out --plan."
        )
    return _quieter(chosen, form)


def _quieter(config: configs.Config, form: records.Form) -> configs.Config:
    """Return the configuration with fewer rounds, in which it is quiet."""
    num_rounds = config.num_steps // config.num_critic_steps
    while (noise := budgets.noise_length(config, form)) > NOISE:
        if num_rounds == 1:
            raise errors.ConfigError(
                f"target_epsilon={config.target_epsilon}; even one round of "
                f"{config.expected_batch_size} records has noise of "
                f"{noise:.2g} bounds, and {NOISE} is the most: give it more, "
                "or leave out --plan."
            )
        num_rounds = num_rounds * 3 // 4
        config = dataclasses.replace(
            config, num_steps=num_rounds * config.num_critic_steps
        )
    return config
