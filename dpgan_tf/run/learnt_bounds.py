"""Bounds of a table's columns, learnt with noise: one release of all records.

It is made before any run, and is in no ledger; its noise multiplier stays in
the schema, and every run with that schema charges it with its own summary.
"""

import os

import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.data import split as splits
from dpgan_tf.data.tables import outside
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import wide_limits
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.summary import prefix_sums
from dpgan_tf.privacy.summary import summary

_MOST_DEVIATION = 0.05
"""Most noise in a share of rows; there would be no bounds to see."""


def learn(
    path: str | os.PathLike,
    limits: wide_limits.WideLimits,
    *,
    target: plans.Target,
    num_records: int,
) -> schemas.Schema:
    """Return a schema with bins that were learnt from a table's rows.

    Args:
      path: the table, CSV or Parquet.
      limits: its columns.
      target: price of what is learnt.
      num_records: declared number of training records, or persons.

    Raises:
      UserError: if the table does not fit, or there would be too much noise.
    """
    statistic = prefix_sums.PrefixSums(limits.grids)
    sigma = noise_multiplier(target)
    deviation = _require_heard(statistic, sigma, num_records)
    dataset = reading.load(path, schema=limits.fine, outside=outside.OTHER)
    private = splits.take_private(
        dataset,
        most_records_per_unit=limits.fine.most_rows_per_unit,
        seed=0,
    )
    mechanism = summary.SummaryMechanism(
        [sigma], num_examples=num_records, units=private.units
    )
    released = mechanism.privatize(
        statistic,
        private.examples,
        clip_norm=statistic.clip_norm,
        key=tf.constant(keys.from_entropy().as_integers(), tf.int64),
    )
    before = limits.fine.learnt_noise_multiplier
    charged = [sigma] if before is None else [before, sigma]
    return limits.learnt(
        statistic.shares(released),
        deviation=deviation,
        noise_multiplier=summary.combined(charged),
    )


def noise_multiplier(target: plans.Target) -> float:
    """Return the noise multiplier of one release of all records.

    Args:
      target: its price.
    """
    return calibration.calibrate_noise_multiplier(
        target, sampling_probability=1.0, num_steps=1
    )


def _require_heard(
    statistic: prefix_sums.PrefixSums, sigma: float, num_records: int
) -> float:
    """Return the deviation of a share of rows; refuse more than shows bounds.

    Raises:
      UserError: before anything is drawn.
    """
    deviation = sigma * statistic.clip_norm * statistic.growth / num_records
    if deviation > _MOST_DEVIATION:
        raise errors.UserError(
            f"bounds of {len(statistic.grids)} columns: the noise in each "
            f"share of rows would be {deviation:.2g}, and at most "
            f"{_MOST_DEVIATION} shows bounds; use a larger --epsilon, learn "
            "fewer columns, or declare bounds that are publicly known."
        )
    return deviation
