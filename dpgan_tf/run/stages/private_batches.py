"""The batches of private steps: Poisson samples and public records."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import privacy
from dpgan_tf.data import pipelines
from dpgan_tf.privacy import batches as private_batch
from dpgan_tf.privacy import keystream
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import team as teams

_NO_KEY = [0] * keystream.KEY_WORDS


def distribute(
    recipe: recipes.Recipe,
    budget: budgets.Budget,
    data: run_data.RunData,
    team: teams.Team,
    *,
    key: Sequence[int],
    first_step: int,
) -> tf.data.Dataset | tf.distribute.DistributedDataset:
    """Return the rounds of `build`, divided among the replicas.

    Args:
      recipe: recipe with the sampling of records.
      budget: budget whose mechanism was priced.
      data: the records.
      team: the team of replicas.
      key: secret key of `build`; the same on all machines.
      first_step: first step of this attempt.
    """
    return team.distribute(
        lambda share: build(
            recipe,
            budget,
            data,
            key=key,
            first_step=first_step,
            share=share,
        )
    )


def blank(
    recipe: recipes.Recipe,
    budget: budgets.Budget,
    data: run_data.RunData,
    team: teams.Team,
) -> tf.data.Dataset | tf.distribute.DistributedDataset:
    """Return blank rounds of the same form as `distribute`'s.

    Args:
      recipe: recipe with the sampling of records.
      budget: budget whose mechanism was priced.
      data: the records; only the form of records and samples is used.
      team: the team of replicas.
    """

    def make(share):
        rounds = build(
            recipe, budget, data, key=_NO_KEY, first_step=0, share=share
        )

        def zeros(_):
            return tf.nest.map_structure(
                lambda spec: _zeros(spec, chunk_size=_chunk_size(recipe)),
                rounds.element_spec,
            )

        return tf.data.Dataset.counter().map(zeros)

    return team.distribute(make)


def _chunk_size(recipe: recipes.Recipe) -> int:
    return private_batch.whole_units(
        recipe.steps.chunk_size,
        most_records_per_unit=recipe.data.most_records_per_unit,
    )


def _zeros(spec: tf.TensorSpec, *, chunk_size: int) -> tf.Tensor:
    """Return one whole chunk of zeros, whose form leaves some sizes open."""
    sizes = (1, chunk_size, *spec.shape[2:])
    shape = [
        size if given is None else given
        for given, size in zip(spec.shape, sizes, strict=False)
    ]
    # With the same open sizes as the form: a step is then traced once.
    return tf.compat.v1.placeholder_with_default(
        tf.zeros(shape, spec.dtype), spec.shape
    )


def build(
    recipe: recipes.Recipe,
    budget: budgets.Budget,
    data: run_data.RunData,
    *,
    key: Sequence[int],
    first_step: int,
    share: pipelines.Share = pipelines.EVERYTHING,
) -> tf.data.Dataset:
    """Return rounds of a step's inputs: a Poisson sample, public records.

    Args:
      recipe: recipe with the sampling of records.
      budget: budget whose mechanism was priced.
      data: the records.
      key: four secret integers that no earlier attempt has used.
      first_step: first step of this attempt.
      share: replicas that they are for.
    """
    private = pipelines.poisson_batches(
        data.private,
        sampling_probability=budget.mechanism.sampling_probability,
        chunk_size=_chunk_size(recipe),
        most_records_per_unit=budget.mechanism.most_records_per_unit,
        key=np.array(key, np.int64),
        steps_per_round=recipe.steps.num_critic_steps,
        fixed_chunks=recipe.steps.jit_compile,
        share=share,
        sampler=budget.mechanism.noise_sampler,
    )
    if not isinstance(recipe.clipping, privacy.AdaptiveBound):
        return pipelines.prefetched(private, share=share)
    public = pipelines.public_batches(
        data.public,
        batch_size=recipe.clipping.batch_size,
        seed=assembly.initial_seed(recipe),
        steps_per_round=recipe.steps.num_critic_steps,
        first_step=first_step,
        share=share,
    )
    rounds = tf.data.Dataset.zip(private, public).map(
        lambda *both: tuple(zip(*both, strict=True))
    )
    return pipelines.prefetched(rounds, share=share)
