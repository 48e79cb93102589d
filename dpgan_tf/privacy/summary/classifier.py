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
from typing import Any

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
class Measured:
    """Features whose lengths are known: they are the same in every step.

    Attributes:
      features: [n, r].
      labels: int64 [n].
      lengths: float64 [n].
    """

    features: np.ndarray
    labels: np.ndarray
    lengths: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, key: Any) -> "Measured":
        return Measured(self.features[key], self.labels[key], self.lengths[key])


def measured(records: summary.Labelled) -> Measured:
    """Return features with their lengths.

    Args:
      records: features [n, r] and labels.
    """
    features = records.examples
    squares = np.einsum("ij,ij->i", features, features, dtype=np.float64)
    return Measured(features, records.labels, np.sqrt(squares))


@dataclasses.dataclass(frozen=True, eq=False)
class Gradients:
    """Gradients of records, each an outer product f (p - e_y)^T.

    Attributes:
      features: f, float64 [c, r].
      errors: p - e_y, float64 [c, k].
      lengths: |f|, float64 [c].
    """

    features: np.ndarray
    errors: np.ndarray
    lengths: np.ndarray

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, key: Any) -> "Gradients":
        return Gradients(
            self.features[key], self.errors[key], self.lengths[key]
        )


@dataclasses.dataclass(frozen=True, eq=False)
class GradientStatistic(summary.Statistic):
    """Gradients of the cross-entropy of records by the weights.

    Attributes:
      weights: W, float64 [r, k].
    """

    weights: np.ndarray

    def prepared(self, records: Measured) -> Gradients:
        """As `summary.Statistic.prepared`."""
        features = records.features.astype(np.float64)
        errors = _softmax(features @ self.weights)
        errors[np.arange(len(records)), records.labels] -= 1
        return Gradients(features, errors, records.lengths)

    def norms(self, records: Gradients) -> np.ndarray:
        """As `summary.Statistic.norms`."""
        return np.linalg.norm(records.errors, axis=1) * records.lengths

    def weighted_sum(
        self, records: Gradients, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [r k]."""
        errors = records.errors * weights[:, None]
        return (records.features.T @ errors).reshape(-1)


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
    features = measured(records)
    weights = np.zeros([projection.directions.shape[1], num_classes])
    velocity = np.zeros_like(weights)
    total = np.zeros_like(weights)
    num_averaged = max(1, num_steps // _AVERAGED_PART)
    for step in range(num_steps):
        gradient = mechanism.privatize(
            GradientStatistic(weights), features, clip_norm=clip_norm, key=key
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


def _softmax(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits - logits.max(axis=1, initial=-np.inf, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)
