"""A private classifier: softmax regression, learnt by noisy gradient descent.

Each of T steps releases the mean gradient over all records, as a summary does:

    g_t = ( sum_i clip(f_i (p_i - e_y_i)^T, C) + N(0, (sigma C)^2 I) ) / n

with f_i fixed features of record i and p_i = softmax(W_t^T f_i). A record's
gradient is an outer product, so that its norm |p - e_y| |f| is exact. The
release is the mean of the last W_t, which follows from the noisy gradients
alone.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.summary import projection as projections
from dpgan_tf.privacy.summary import summary

_MOMENTUM = 0.9
_AVERAGED_PART = 4
"""The last one in so many steps is averaged."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Linear:
    """Logits of features: f^T kernel + bias.

    Attributes:
      kernel: float64 [d, k].
      bias: float64 [k].
    """

    kernel: np.ndarray
    bias: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Return logits, float64 [n, k].

        Args:
          features: [n, d].
        """
        return features @ self.kernel + self.bias


@dataclasses.dataclass(frozen=True, eq=False)
class GradientStatistic:
    """Gradients of the cross-entropy of records by the weights.

    Attributes:
      weights: W, float64 [r, k].
    """

    weights: np.ndarray

    def norms(self, records: summary.Labelled) -> np.ndarray:
        """As `summary.Statistic.norms`."""
        lengths = np.linalg.norm(_as_double(records), axis=1)
        return np.linalg.norm(self._errors(records), axis=1) * lengths

    def weighted_sum(
        self, records: summary.Labelled, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [r k]."""
        errors = self._errors(records) * weights[:, None]
        return (_as_double(records).T @ errors).reshape(-1)

    def _errors(self, records):
        """Return softmax(W^T f) - e_y, [c, k]."""
        logits = _as_double(records) @ self.weights
        exponents = logits - logits.max(axis=1, initial=-np.inf, keepdims=True)
        odds = np.exp(exponents)
        probabilities = odds / odds.sum(axis=1, keepdims=True)
        return probabilities - np.eye(self.weights.shape[1])[records.labels]


def train(
    mechanism: summary.SummaryMechanism,
    records: summary.Labelled,
    projection: projections.Projection,
    *,
    num_classes: int,
    num_steps: int,
    clip_norm: float,
    learning_rate: float,
    key: tf.Tensor,
    after_step: Callable[[], None] = lambda: None,
) -> Linear:
    """Learn a private classifier of features.

    Args:
      mechanism: with as many releases left as there are steps.
      records: all private ones: features along the projection [n, r], labels.
      projection: public, by which their features were made.
      num_classes: k, public.
      num_steps: T.
      clip_norm: C, of a record's gradient.
      learning_rate: of the steps.
      key: int64 [4], secret; that of the mechanism's other releases.
      after_step: is called after each.
    """
    weights = np.zeros([projection.directions.shape[1], num_classes])
    velocity = np.zeros_like(weights)
    total = np.zeros_like(weights)
    num_averaged = max(1, num_steps // _AVERAGED_PART)
    for step in range(num_steps):
        gradient = mechanism.privatize(
            GradientStatistic(weights), records, clip_norm=clip_norm, key=key
        )
        velocity = _MOMENTUM * velocity - learning_rate * gradient.reshape(
            weights.shape
        )
        weights = weights + velocity
        if step >= num_steps - num_averaged:
            total += weights
        after_step()
    kernel = projection.directions @ (total / num_averaged)
    return Linear(kernel=kernel, bias=-projection.center @ kernel)


def _as_double(records: summary.Labelled) -> np.ndarray:
    return records.examples.astype(np.float64)
