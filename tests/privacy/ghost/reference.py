"""What the ghost engine is held against: one record at a time, no tricks."""

import contextlib
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import grams

# Two orders of summing n float32 numbers differ by about sqrt(n) 2^-24 of
# what they could add up to, 1e-6 for the few hundred terms of these critics.
# Where terms cancel, as in a bias before a normalisation, this is a share of
# the record's whole gradient and not of what is left of the variable's own;
# and where all of it cancels, of the images and weights, which are about 1.
RELATIVE = 1e-5
OF_WHOLE = 2e-6

GROUPINGS = ("single", "weight_bias", "clustered")

_GRAM = {"_SMALL_WEIGHT": 0, "_IN_GRAM": 0.0, "_COPY": 0.0}
FORMS = {
    "explicit": {"_SMALL_WEIGHT": float("inf")},
    "explicit in blocks of 2": {
        "_SMALL_WEIGHT": float("inf"),
        "_MOST_RECORDS": 2,
    },
    "gram": _GRAM,
    "gram in float64": _GRAM | {"_MOST_POSITIONS_IN_FLOAT64": 1000},
    "gram on a grid": _GRAM | {"_MOST_POSITIONS_IN_FLOAT64": 0},
    "gram without table": _GRAM | {"_LARGEST_TABLE": 0},
}


class Expected(NamedTuple):
    """Losses [b], and for each variable the gradients [b, *shape]."""

    losses: np.ndarray
    gradients: list[np.ndarray]


@contextlib.contextmanager
def forced(monkeypatch, form, *, cancelling_share=None):
    """Let every weight but the elementwise ones take one form."""
    with monkeypatch.context() as patch:
        for name, value in FORMS[form].items():
            patch.setattr(costs, name, value)
        if cancelling_share is not None:
            patch.setattr(grams, "_CANCELLING_SHARE", cancelling_share)
        yield


def one_at_a_time(loss_fn, critic, records):
    variables = [v.value for v in critic.trainable_variables]
    values, gradients = [], []
    for i in range(len(tf.nest.flatten(records)[0])):
        alone = tf.nest.map_structure(
            lambda part, i=i: part[i : i + 1], records
        )
        with tf.GradientTape() as tape:
            value = loss_fn(alone)
        found = tape.gradient(
            value, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        values.append(value.numpy()[0])
        gradients.append([tf.convert_to_tensor(g).numpy() for g in found])
    return Expected(
        np.array(values),
        [np.stack(of_one) for of_one in zip(*gradients, strict=True)],
    )


def whole_norms(norms):
    """What rounding is a share of: [b]."""
    return np.maximum(np.sqrt(np.sum(norms**2, axis=1)), 1)


def norms_of(gradients):
    """Each record's norm in each variable, float64 [b, V]."""
    squares = [
        np.sum(g.reshape([len(g), -1]).astype(np.float64) ** 2, axis=1)
        for g in gradients
    ]
    return np.sqrt(np.stack(squares, axis=1))


def random_groups(name, gradients, *, seed=0, share=1e-3):
    """Groups whose bounds clip some of these records, and some not.

    No bound is below a share of the largest norm: a group of gradients that
    are nothing but rounding would be clipped, in any direction.
    """
    shapes = [g.shape[1:] for g in gradients]
    group, _ = grouping.build(name, shapes, num_groups=min(2, len(shapes)))
    norms = norms_of(gradients)
    whole = whole_norms(norms).max()
    rng = np.random.default_rng(seed)
    bounds = np.median(norms, axis=0) * rng.uniform(0.7, 1.4, len(shapes))
    bounds = np.maximum(bounds, share * whole)
    return group(tf.constant(bounds, tf.float32))


def clipped_sum(gradients, mask, groups):
    """Alg. 3 line 12 in float64: sums, and how many were clipped."""
    membership = groups.membership.numpy()
    bounds = groups.clip_norms.numpy() * (1 - clipping.ROUNDING_SLACK)
    norms = np.sqrt(norms_of(gradients) ** 2 @ membership)
    norms = np.where(np.isfinite(norms).all(1)[:, None], norms, np.inf)
    factors = 1 / np.maximum(1, norms / bounds) * mask[:, None]
    by_variable = factors @ membership.T
    sums = [
        sum(
            factor * row.astype(np.float64)
            for factor, row in zip(by_variable[:, v], g, strict=True)
            if factor > 0
        )
        + np.zeros(g.shape[1:])
        for v, g in enumerate(gradients)
    ]
    return sums, np.sum((factors < 1) & mask[:, None], axis=0)


def assert_gradients_equal(gradients, expected):
    """The squared norms and the clipped sums in all groupings."""
    assert_norms_equal(gradients.squared_norms(), norms_of(expected))
    for seed, name in enumerate(GROUPINGS):
        groups = random_groups(name, expected, seed=seed)
        assert_sums_equal(gradients, expected, groups)


def assert_norms_equal(squares, norms):
    slack = OF_WHOLE * whole_norms(norms)[:, None]
    off = abs(np.sqrt(squares) - norms)
    wrong = off > RELATIVE * norms + slack
    assert not wrong.any(), list(
        zip(
            *np.nonzero(wrong),
            np.sqrt(squares)[wrong],
            norms[wrong],
            strict=True,
        )
    )


def assert_sums_equal(gradients, expected, groups, mask=None):
    mask = np.ones(len(expected[0]), bool) if mask is None else mask
    norms = norms_of(expected)[mask]
    sums, _ = clipped_sum(expected, mask, groups)
    total = clipping.clip_and_sum(gradients, tf.constant(mask), groups=groups)
    bounds = groups.membership.numpy() @ groups.clip_norms.numpy()
    slack = OF_WHOLE * whole_norms(norms).sum()
    for v, (ours, theirs) in enumerate(zip(total.gradients, sums, strict=True)):
        size = np.sum(np.minimum(norms[:, v], bounds[v]))
        off = np.linalg.norm(ours.numpy() - theirs)
        on_grid = len(norms) * half_a_unit(gradients, theirs.size) * bounds[v]
        assert off <= RELATIVE * size + slack + on_grid, (v, off, size)
    return total


def half_a_unit(gradients, size):
    """How long a share's rounding to the grid can be, over the bound."""
    if not hasattr(gradients, "_grid"):
        return 0.0
    return np.sqrt(size) / 2 * 2.0**-gradients._grid.bits


def records(num, shape, *, num_draws=1, seed=0):
    """Images, their fakes and their mixes."""
    rng = np.random.default_rng(seed)
    return (
        tf.constant(rng.uniform(-1, 1, (num, *shape)), tf.float32),
        tf.constant(rng.uniform(-1, 1, (num, num_draws, *shape)), tf.float32),
        tf.constant(rng.uniform(size=(num, num_draws)), tf.float32),
    )


def penalized(critic):
    return lambda records: losses.critic_loss(
        critic, *records, penalty_weight=10.0
    )


def wasserstein(critic):
    def loss(records):
        images, fakes, _ = records
        return critic(fakes[:, 0])[:, 0] - critic(images)[:, 0]

    return loss


def cross_entropy(critic):
    def loss(records):
        images, fakes, _ = records
        real, fake = critic(images)[:, 0], critic(fakes[:, 0])[:, 0]
        return tf.nn.softplus(-real) + tf.nn.softplus(fake)

    return loss


def slope_at_the_image(critic):
    """The penalty alone: no forward use has a gradient of its own."""

    def loss(records):
        images = records[0]
        with tf.GradientTape() as tape:
            tape.watch(images)
            scores = critic(images)
        return losses.slope_penalty(tape.gradient(scores, images))

    return loss


LOSSES = {
    "penalized": penalized,
    "wasserstein": wasserstein,
    "cross_entropy": cross_entropy,
    "slope_at_the_image": slope_at_the_image,
}
