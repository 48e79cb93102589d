"""Rows of independent columns with noisy means: the baseline for tables.

They have the right frequency of each column, and no dependence between columns.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from dpgan_tf.data import records
from dpgan_tf.evaluation import independent_columns
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.privacy.summary import summary


def sample(
    private: records.PrivateRecords,
    *,
    target_epsilon: float,
    target_delta: float,
    accountant: str,
    row_clip_norm: float,
    blocks: Sequence[int] = (),
    num: int,
    seed: int,
) -> np.ndarray:
    """Draw rows from noisy means that cost the whole budget.

    Args:
      private: the rows; their number is taken as the declared one.
      target_epsilon: epsilon that the means may cost.
      target_delta: delta in (0, 1).
      accountant: accountant that solves for the noise, "rdp" or "pld".
      row_clip_norm: clip norm of a row, public.
      blocks: sizes of the blocks of a table with a schema; one cell of each is
        drawn. Empty for counts.
      num: number of rows to draw.
      seed: seed of the rows, not of the noise, whose key is never kept.

    Returns:
      uint8 [num, columns].
    """
    sigma = calibration.calibrate_noise_multiplier(
        plans.Target(
            epsilon=target_epsilon, delta=target_delta, accountant=accountant
        ),
        sampling_probability=1.0,
        num_steps=1,
    )
    largest = private.scale.largest
    found = row_moments.take(
        summary.SummaryMechanism([sigma], num_examples=len(private)),
        private.examples,
        largest=largest,
        row_clip_norm=row_clip_norm,
        pair_clip_norm=None,
        key=tf.constant(keys.from_entropy().as_integers(), tf.int64),
    )
    if blocks:
        return independent_columns.draw(
            found.mean, blocks=blocks, num=num, seed=seed
        )
    rng = np.random.default_rng(seed)
    return rng.binomial(largest, found.mean, [num, len(found.mean)]).astype(
        np.uint8
    )
