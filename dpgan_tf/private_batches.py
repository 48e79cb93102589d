"""What private steps are given: Poisson samples and public records."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from dpgan_tf import assembly
from dpgan_tf import budgets
from dpgan_tf import config as configs
from dpgan_tf import run_data
from dpgan_tf import strategies
from dpgan_tf.data import pipelines


def distribute(
    config: configs.Config,
    budget: budgets.Budget,
    data: run_data.RunData,
    team: strategies.Team,
    *,
    key: Sequence[int],
    first_step: int,
) -> tf.data.Dataset | tf.distribute.DistributedDataset:
    """Return the rounds of `build`, of which each replica gets its share.

    Args:
      config: as for `build`.
      budget: as for `build`.
      data: as for `build`.
      team: of the replicas.
      key: as for `build`; the same on all machines.
      first_step: as for `build`.
    """
    return team.distribute(
        lambda share: build(
            config,
            budget,
            data,
            key=key,
            first_step=first_step,
            share=share,
        )
    )


def build(
    config: configs.Config,
    budget: budgets.Budget,
    data: run_data.RunData,
    *,
    key: Sequence[int],
    first_step: int,
    share: pipelines.Share = pipelines.EVERYTHING,
) -> tf.data.Dataset:
    """Return rounds of what a step needs: a Poisson sample, public records.

    Args:
      config: how the records are sampled.
      budget: whose mechanism was priced.
      data: the records.
      key: two secret integers that no attempt before this one has used.
      first_step: of this attempt.
      share: replicas that they are for.
    """
    private = pipelines.poisson_batches(
        data.private,
        sampling_probability=budget.mechanism.sampling_probability,
        chunk_size=config.chunk_size,
        key=np.array(key, np.int64),
        steps_per_round=config.num_critic_steps,
        fixed_chunks=config.jit_compile,
        share=share,
    )
    if config.clipping != "adaptive":
        return pipelines.prefetched(private, share=share)
    public = pipelines.public_batches(
        data.public,
        batch_size=config.public_batch_size,
        seed=assembly.initial_seed(config),
        steps_per_round=config.num_critic_steps,
        first_step=first_step,
        share=share,
    )
    rounds = tf.data.Dataset.zip(private, public).map(
        lambda *both: tuple(zip(*both, strict=True))
    )
    return pipelines.prefetched(rounds, share=share)
