"""Settings of networks and summary of images, from public facts.

What the noise would hide is not asked for, and what memory cannot hold neither.
"""

import math
from typing import Any

from dpgan_tf.run import public_facts

_REDUCED_SIZE = 784
"""Most numbers of a reduced image, whose covariance is released."""

_MOST_PRODUCTS = 40_000_000
"""Most products of all classes' reduced images."""

_MEAN_SQUARE = 36 / 784
"""Bound on the mean square of a reduced image minus its class's mean; ours, by
trials on MNIST, half of whose images are within it."""

_LEAST_SIGNAL = 2_000
"""Least epsilon times records of a class at which features are released."""

_LEAST_OF_MANY = 1_000, 10_000
"""The same if epsilon times all records is at least the second number; ours, by
trials on MNIST, FashionMNIST and few photographs."""

_DIRECTIONS = (32, 800)
"""The fewest and the most directions of features."""

_SIGNAL_OF_DIRECTION = 6
"""Epsilon times records of a class for each direction; ours, by trials at
epsilon .2 on MNIST and FashionMNIST."""

_MOST_FEATURE_BYTES = 4 * 2**30
_MOST_SURROGATE_BYTES = 400 * 2**20
_MOST_SURROGATES = 20_000

_SIGNAL_OF_GUIDE = 60_000
"""Epsilon times records from which on a guide learns at its full rate."""

_WIDTHS = {"small": (16, 32), "middle": (8, 32), "large": (8, 16)}
"""Widths of critic and generator, up to 32, 64 and more pixels."""


def networks(facts: public_facts.Facts) -> dict[str, Any]:
    """Return widths, which fall as pictures grow, and whether labels are seen.

    Args:
      facts: what is publicly known.
    """
    side = max(facts.shape[:2])
    size = "small" if side <= 32 else "middle" if side <= 64 else "large"
    return {
        "networks.conditional": facts.num_classes > 1,
        "networks.generator": "resized",
        "networks.critic_width": _WIDTHS[size][0],
        "networks.generator_width": _WIDTHS[size][1],
    }


def moments(facts: public_facts.Facts) -> dict[str, Any]:
    """Return settings of the classes' moments.

    Args:
      facts: what is publicly known.
    """
    height, width, channels = facts.shape
    num_classes = max(1, facts.num_classes)
    most = min(_REDUCED_SIZE, math.isqrt(2 * _MOST_PRODUCTS // num_classes))
    side = max(2, min(height, width, math.isqrt(most // channels)))
    num_bytes = height * width * channels
    return {
        "summary.side": side,
        "summary.pair_clip_norm": _MEAN_SQUARE * side**2 * channels,
        "summary.num_surrogates": max(
            min(_MOST_SURROGATES, _MOST_SURROGATE_BYTES // num_bytes),
            num_classes,
        ),
    }


def features(facts: public_facts.Facts) -> dict[str, Any]:
    """Return settings of features, which few records cannot tell from noise.

    Args:
      facts: what is publicly known.
    """
    if not has_features(facts):
        kind = "none" if facts.has_public else "class_moments"
        return {"summary": kind}
    rate = 300.0 if facts.has_public else 100.0
    changes: dict[str, Any] = {
        "summary.feature_directions": directions(facts),
        "summary.fit_batch_size": fit_batch(facts, least=320),
        "summary.guide_learning_rate": guide_rate(facts, rate),
    }
    if facts.num_classes < 2:
        changes["summary.guide_steps"] = 0
    return changes


def has_features(facts: public_facts.Facts) -> bool:
    """Return whether features of so many records stand out of the noise.

    Args:
      facts: what is publicly known.
    """
    of_class, of_all = _LEAST_OF_MANY
    is_many = facts.epsilon * facts.num_private >= of_all
    return facts.signal >= (of_class if is_many else _LEAST_SIGNAL)


def directions(facts: public_facts.Facts) -> int:
    """Return the number of feature directions that stand out of the noise.

    Args:
      facts: what is publicly known.
    """
    fewest, most = _DIRECTIONS
    heard = facts.signal / _SIGNAL_OF_DIRECTION
    kept = _MOST_FEATURE_BYTES // (4 * facts.num_private)
    return int(max(min(heard, most, kept), fewest)) // 8 * 8


def guide_rate(facts: public_facts.Facts, whole: float) -> float:
    """Return a guide's learning rate, lower where its gradients are noisier.

    Args:
      facts: what is publicly known.
      whole: the rate without much noise.
    """
    heard = facts.epsilon * facts.num_private / _SIGNAL_OF_GUIDE
    return whole * min(1.0, heard)


def fit_batch(facts: public_facts.Facts, *, least: int) -> int:
    """Return a batch with at least two fakes of each class in each half.

    Args:
      facts: what is publicly known.
      least: the smallest batch.
    """
    return max(least, 4 * facts.num_classes)
