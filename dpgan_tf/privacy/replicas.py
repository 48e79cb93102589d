"""Several devices or machines that take one step together.

Every replica draws the same random numbers and processes its own share of a
step's records. The clipped sums are added up over all replicas, in float64, and
every replica adds the same noise to the total, which therefore has it once. The
rest of a step follows from the total, and every replica does it.
"""

from typing import Any

import tensorflow as tf

from dpgan_tf.privacy import batches


def number() -> int:
    """Return how many replicas take this step; 1 without a strategy."""
    context = tf.distribute.get_replica_context()
    return context.num_replicas_in_sync if context is not None else 1


def own_share(
    batch: batches.PrivateBatch, *, most_records_per_unit: int = 1
) -> batches.PrivateBatch:
    """Leave out the units that other replicas process.

    Whatever the replicas are given, no record is in the total more than once,
    and a unit's records are clipped together by one replica.

    Args:
      batch: a Poisson sample, or one replica's share.
      most_records_per_unit: number L of a unit's places.

    Returns:
      The batch with a mask of those records whose unit's random id, modulo the
      number of replicas, is this replica's number.
    """
    if number() == 1:
        return batch
    context = tf.distribute.get_replica_context()
    mine = tf.cast(context.replica_id_in_sync_group, tf.int64)
    units = tf.math.floordiv(batch.random_ids, most_records_per_unit)
    is_mine = tf.equal(tf.math.floormod(units, number()), mine)
    return batch._replace(mask=batch.mask & is_mine)


def total(structure: Any) -> Any:
    """Return the sum over all replicas, the same on each of them.

    Args:
      structure: nest of tensors.
    """
    return _reduced(tf.distribute.ReduceOp.SUM, structure)


def mean(structure: Any) -> Any:
    """Return the mean over all replicas, the same on each of them.

    Args:
      structure: nest of floating-point tensors.
    """
    return _reduced(tf.distribute.ReduceOp.MEAN, structure)


def for_keras(statistics: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Return statistics in the form that `fit` logs from a `train_step`.

    With several machines Keras also takes the mean over the first axis.

    Args:
      statistics: statistics that are the same on each replica.
    """
    strategy = tf.distribute.get_strategy()
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return statistics
    return {name: value[None] for name, value in statistics.items()}


def shares(gradients: list[Any]) -> list[Any]:
    """Return a replica's shares, which Keras' optimizers add up.

    Args:
      gradients: gradients that are the same on each replica.
    """
    if number() == 1:
        return gradients
    dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
    return [gradient / number() for gradient in dense]


def agree(variables: list[Any]) -> None:
    """Set variables to their mean over all replicas.

    Args:
      variables: floating-point variables of a Keras model.
    """
    if number() == 1 or not variables:
        return
    values = mean([variable.value for variable in variables])
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _reduced(operation, structure):
    if number() == 1:
        return structure
    context = tf.distribute.get_replica_context()
    # A loop's results have no device, and workers need one to reduce on.
    placed = [tf.identity(value) for value in tf.nest.flatten(structure)]
    reduced = context.all_reduce(operation, placed)
    return tf.nest.pack_sequence_as(structure, reduced)


def variable(value: Any, **settings: Any) -> tf.Variable:
    """Return a variable that all replicas set to the same value.

    Args:
      value: the initial value.
      **settings: more settings of `tf.Variable`.
    """
    return tf.Variable(
        value,
        trainable=False,
        aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
        **settings,
    )
