"""One record moves the clipped sum by at most the bound, whatever it is.

No tolerance: the bound is c, and the engine clips to c less the slack that
`clipping.ROUNDING_SLACK` keeps for rounding.
"""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from keras import layers

from dpgan_tf.models import losses
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy.ghost import engine as ghost
from tests.privacy.ghost import cancelling
from tests.privacy.ghost import reference

NUM_RECORDS = 8


FORMS = [
    "gram",
    "gram on a grid",
    "gram without table",
    "explicit in blocks of 2",
]


BOTH_CRITICS_IN_EACH_FORM = pytest.mark.parametrize(
    ("critic", "form"),
    [
        ("dense", "gram"),
        ("dense", "gram on a grid"),
        ("dense", "explicit"),
        ("convolutional", "gram"),
        ("convolutional", "gram in float64"),
        ("convolutional", "gram without table"),
        ("convolutional", "explicit in blocks of 2"),
    ],
)


class Summer:
    """The clipped sums of a critic, in one graph for all that is tried."""

    def __init__(self, critic, form) -> None:
        keras.utils.set_random_seed(1)
        self.critic = keras.Sequential(
            [keras.Input(cancelling.SHAPE), *cancelling.CRITICS[critic]()]
        )
        self.start = [v.numpy() for v in self.critic.trainable_variables]
        self.num_variables = len(self.start)
        shapes = [
            [None, *cancelling.SHAPE],
            [None, 1, *cancelling.SHAPE],
            [None, 1],
        ]
        with pytest.MonkeyPatch.context() as patch:
            with reference.forced(patch, form):
                self.sums = tf.function(self._sums).get_concrete_function(
                    [tf.TensorSpec(shape) for shape in shapes],
                    tf.TensorSpec([None], tf.bool),
                    tf.TensorSpec([self.num_variables] * 2),
                    tf.TensorSpec([]),
                    tf.TensorSpec([]),
                )

    def _sums(self, records, mask, membership, bound, penalty_weight):
        _, gradients = ghost.differentiate(
            lambda records: losses.critic_loss(
                self.critic, *records, penalty_weight=penalty_weight
            ),
            self.critic,
            records,
        )
        bounds = tf.fill([self.num_variables], bound)
        groups = grouping.Groups(membership, bounds)
        return clipping.clip_and_sum(gradients, mask, groups=groups).gradients

    def scale_weights(self, exponents):
        for variable, start, exponent in zip(
            self.critic.trainable_variables, self.start, exponents, strict=False
        ):
            variable.assign(start * np.float32(10.0) ** exponent)

    def moved(self, records, place, *, bound, columns=None, penalty_weight=0.0):
        """How far each group moves if a record takes the place of padding."""
        images, fakes, mixes = (np.array(part) for part in records)
        if columns is None:
            columns = range(self.num_variables)
        columns = list(columns)[: self.num_variables]
        membership = tf.one_hot(columns, self.num_variables)
        rest = (membership, tf.constant(bound), tf.constant(penalty_weight))
        mask = np.ones(len(images), bool)
        after = self.sums([images, fakes, mixes], tf.constant(mask), *rest)
        images[place], mask[place] = 0, False
        before = self.sums([images, fakes, mixes], tf.constant(mask), *rest)
        squares = np.zeros(self.num_variables)
        for column, one, other in zip(columns, after, before, strict=True):
            assert np.isfinite(one).all()
            squares[column] += np.sum((one.numpy() - other.numpy()) ** 2)
        return np.sqrt(squares)


@functools.cache
def summer(critic, form):
    return Summer(critic, form)


def draw_image(kind, size, fake, rng):
    noise, one = (
        rng.normal(size=cancelling.SHAPE),
        np.ones(cancelling.SHAPE[:2]),
    )
    with np.errstate(over="ignore"):
        return {
            "plain": lambda: rng.uniform(-1, 1, cancelling.SHAPE),
            "near the fake": lambda: fake + 10.0**size * noise,
            "the fake": lambda: fake,
            "constant": lambda: np.full(cancelling.SHAPE, np.sign(size)),
            "large": lambda: 10.0 ** (-4 * size) * noise,
            "tiny": lambda: 10.0 ** (5 * size) * noise,
            "one channel": lambda: np.stack(
                [fake[..., 0], 10.0**-size * one], -1
            ),
        }[kind]().astype(np.float32)


KINDS = [
    "plain",
    "near the fake",
    "near the fake",
    "the fake",
    "constant",
    "large",
    "tiny",
    "one channel",
]


drawn_images = st.tuples(st.sampled_from(KINDS), st.floats(-9, 0))


@BOTH_CRITICS_IN_EACH_FORM
def test_a_record_moves_each_group_by_at_most_its_bound(critic, form):
    sums = summer(critic, form)

    @settings(
        max_examples=100,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        kinds=st.lists(
            drawn_images, min_size=NUM_RECORDS, max_size=NUM_RECORDS
        ),
        place=st.integers(0, NUM_RECORDS - 1),
        seed=st.integers(0, 2**16),
        columns=st.lists(st.integers(0, 2), min_size=6, max_size=6),
        exponents=st.lists(st.floats(-3, 3), min_size=6, max_size=6),
        log_bound=st.floats(-11, 3),
        penalty_weight=st.sampled_from([0.0, 0.0, 10.0]),
    )
    @example([("near the fake", -4.0)] * 8, 3, 0, range(6), [0] * 6, -8.0, 0.0)
    @example([("the fake", 0.0)] * 8, 0, 0, [0] * 6, [0] * 6, -11.0, 0.0)
    def check(
        kinds, place, seed, columns, exponents, log_bound, penalty_weight
    ):
        images, fakes, mixes = reference.records(
            NUM_RECORDS, cancelling.SHAPE, seed=seed
        )
        rng = np.random.default_rng(seed)
        images = np.stack(
            [
                draw_image(kind, size, fake[0], rng)
                for (kind, size), fake in zip(kinds, fakes.numpy(), strict=True)
            ]
        )
        sums.scale_weights(exponents)
        bound = np.float32(10.0**log_bound)
        moved = sums.moved(
            (images, fakes, mixes),
            place,
            bound=bound,
            columns=columns,
            penalty_weight=penalty_weight,
        )
        assert (moved <= bound).all(), moved / bound

    check()


BAD = {
    "nan": np.nan,
    "inf": np.inf,
    "-inf": -np.inf,
    "1e38": 1e38,
    "1e30": 1e30,
}


@pytest.mark.parametrize("everywhere", [True, False])
@pytest.mark.parametrize("bad", BAD)
@BOTH_CRITICS_IN_EACH_FORM
def test_a_record_that_is_not_finite_adds_nothing_and_spares_the_others(
    critic, form, bad, everywhere
):
    sums = summer(critic, form)
    sums.scale_weights([0] * 6)
    images, *rest = reference.records(NUM_RECORDS, cancelling.SHAPE)
    images = images.numpy()
    where = ... if everywhere else (2, 3, 1)
    images[5][where] = BAD[bad]
    for penalty_weight in (0.0, 10.0):
        moved = sums.moved(
            (images, *rest), 5, bound=0.1, penalty_weight=penalty_weight
        )
        most = 0.1 if np.isfinite(BAD[bad]) else 1e-6 * 0.1
        assert (moved <= np.float32(most)).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1e3, 1e10, 1e18, 1e-20])
def test_a_huge_or_tiny_image_has_the_gradient_of_the_reference(
    form, size, monkeypatch
):
    """Or none, where a square of it is more than float32 holds."""
    critic = summer("convolutional", form).critic
    summer("convolutional", form).scale_weights([0] * 6)
    images, *rest = reference.records(3, cancelling.SHAPE)
    records = (tf.constant(images * [[[[1.0]]], [[[size]]], [[[1]]]]), *rest)
    records = tuple(tf.cast(part, tf.float32) for part in records)
    loss_fn = reference.wasserstein(critic)
    expected = reference.one_at_a_time(loss_fn, critic, records).gradients
    groups = grouping.Groups(tf.eye(5), tf.fill([5], 0.5))
    with reference.forced(monkeypatch, form):
        _, gradients = ghost.differentiate(loss_fn, critic, records)
        mask = np.ones(3, bool)
        finite = np.isfinite(gradients.squared_norms()).all(1)
        assert finite[[0, 2]].all()
        assert finite[1] or size > 1e15
        reference.assert_sums_equal(gradients, expected, groups, mask & finite)


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(1e-2, marks=pytest.mark.slow),
        1e-3,
        pytest.param(5e-4, marks=pytest.mark.slow),
        3e-4,
    ],
)
@pytest.mark.parametrize(
    ("critic", "form", "num"),
    [
        ("dense", "gram", 2048),
        ("dense", "explicit", 2048),
        ("dense", "gram on a grid", 2048),
        ("convolutional", "gram", 512),
    ],
)
def test_a_record_in_a_large_chunk_of_cancelling_ones_moves_no_more(
    critic, form, num, noise
):
    """What cancels within a record must not pile up over the records.

    Each record's terms are up to 4096 times the bound. Summed over all the
    images first and over all fakes then, they pile up to millions of it.
    """
    sums = summer(critic, form)
    sums.scale_weights([0] * 6)
    bound = np.float32(1e-7)
    for place in (0, num // 3, num - 1):
        moved = sums.moved(
            cancelling.chunk_of_twins(num, noise), place, bound=bound
        )
        assert (moved <= bound).all(), moved / bound


def test_cancelling_records_move_no_more_than_the_bound_if_added_apart(
    monkeypatch,
):
    """A product in float64 knows digits that their norms have lost."""
    bound = np.float32(1e-10)
    worst = {}
    for share in (None, 0.0):
        with reference.forced(monkeypatch, "gram", cancelling_share=share):
            sums = Summer("dense", "gram")
        moved = [
            sums.moved(cancelling.chunk_of_twins(2, noise), 1, bound=bound)
            for noise in (1e-5, 1e-6, 3e-7, 1e-7)
        ]
        worst[share] = np.max(moved)
    assert worst[None] <= bound < worst[0.0]


@pytest.mark.parametrize("size", [14, pytest.param(32, marks=pytest.mark.slow)])
def test_many_positions_that_agree_and_then_cancel_move_no_more(
    size, monkeypatch
):
    """Two constant images: squares of sums over all positions cancel.

    What is left may be as large as the diagonal terms, and still have lost as
    many digits as there are positions.
    """
    shape = (size, size, 8)
    critic = keras.Sequential(
        [
            keras.Input(shape),
            layers.Dense(16, activation="tanh", use_bias=False),
            layers.Flatten(),
            layers.Dense(1, use_bias=False),
        ]
    )
    rng = np.random.default_rng(0)
    kernel, score = critic.trainable_variables
    kernel.assign(0.1 * rng.normal(size=kernel.shape))
    score.assign(np.tile(rng.normal(size=[16, 1]), [size**2, 1]))
    groups = grouping.Groups(tf.eye(2), tf.fill([2], 1e-7))
    excess = np.geomspace(1e-2, 0.1, 20).astype(np.float32)
    num = len(excess)
    records = (
        tf.ones([num, *shape]) * 0.7 * (1 + excess[:, None, None, None]),
        tf.fill([num, 1, *shape], 0.7),
        tf.zeros([num, 1]),
    )
    with reference.forced(monkeypatch, "gram"):
        _, gradients = ghost.differentiate(
            reference.wasserstein(critic), critic, records
        )
        for i in range(num):
            total = clipping.clip_and_sum(
                gradients, tf.range(num) == i, groups=groups
            )
            moved = [np.linalg.norm(gradient) for gradient in total.gradients]
            assert (moved <= groups.clip_norms.numpy()).all(), (i, moved)
