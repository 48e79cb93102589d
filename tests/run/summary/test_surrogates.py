"""Records drawn from moments of classes."""

import numpy as np
import pytest

from dpgan_tf.data import records
from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.run.summary import surrogates

SIDE = 8
SHAPE = (SIDE, SIDE, 1)


def moments(seed=0):
    """Return those of dark pictures and of bright ones."""
    rng = np.random.default_rng(seed)
    means = np.stack([np.full(SIDE**2, 0.03), rng.uniform(0.3, 0.9, SIDE**2)])
    factors = np.zeros([2, SIDE**2, SIDE**2])
    factors[:, :, :3] = 0.05 * rng.standard_normal([2, SIDE**2, 3])
    return class_moments.ClassMoments(
        means=means, factors=factors, shares=np.full(2, 0.5)
    )


def test_drawn_pixels_have_the_moments_although_they_are_cut():
    wanted = moments()
    drawn = surrogates.draw(wanted, shape=SHAPE, num=20_000, seed=1)
    pixels = drawn.examples.reshape(len(drawn), -1) / 255
    for label in range(2):
        mine = pixels[drawn.labels == label]
        np.testing.assert_allclose(
            mine.mean(axis=0), wanted.means[label], atol=0.005
        )
        spread = np.sqrt(np.sum(wanted.factors[label] ** 2, axis=1))
        np.testing.assert_allclose(mine.std(axis=0), spread, rtol=0.1)
    assert np.mean(pixels[drawn.labels == 0] == 0) > 0.3


def test_pixels_vary_together_as_the_factors_say():
    wanted = moments()
    drawn = surrogates.draw(wanted, shape=SHAPE, num=4_000, seed=1)
    bright = drawn.examples[drawn.labels == 1].reshape(2_000, -1)
    expected = wanted.factors[1] @ wanted.factors[1].T
    spread = np.sqrt(np.diag(expected))
    expected /= np.outer(spread, spread)
    assert np.abs(np.corrcoef(bright.T) - expected).mean() < 0.05


def test_a_seed_gives_the_same_records():
    first, again, other = (
        surrogates.draw(moments(), shape=SHAPE, num=21, seed=seed)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.examples, again.examples)
    assert (first.examples != other.examples).any()
    assert np.bincount(first.labels).tolist() == [11, 10]


@pytest.mark.parametrize("side", [4, 8])
def test_pixels_that_do_not_vary_are_what_they_are(side):
    means = np.repeat([[0.2], [0.7]], side**2, axis=1)
    still = class_moments.ClassMoments(
        means=means,
        factors=np.zeros([2, side**2, side**2]),
        shares=np.full(2, 0.5),
    )
    drawn = surrogates.draw(still, shape=SHAPE, num=4, seed=0)
    np.testing.assert_allclose(
        drawn.examples[:2].mean(axis=(1, 2, 3)) / 255, [0.2, 0.7], atol=0.003
    )


def test_a_guide_that_agrees_with_nothing_leaves_all_surrogates():
    """The summary is charged by then: the run must go on."""
    drawn = records.PublicRecords(
        np.zeros([20, 28, 28, 1], np.uint8),
        np.arange(20) % 10,
        num_classes=10,
    )
    first = drawn.labels < 5
    looks = np.where(first & (np.arange(20) < 10), drawn.labels, 9)
    kept = surrogates.keep(drawn, looks, least=10)
    np.testing.assert_array_equal(
        np.bincount(kept.labels), [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    )
    assert len(surrogates.keep(drawn, looks, least=11)) == 20


def test_surrogates_look_like_their_classes():
    """Gaussians of known moments, 7 x 7 pixels, drawn at 28 x 28."""
    means = np.linspace(0.2, 0.8, 2)[:, None] * np.ones([2, 49])
    factors = np.zeros([2, 49, 49])
    factors[:, :, 0] = 0.05
    drawn = surrogates.draw(
        class_moments.ClassMoments(
            means=means, factors=factors, shares=np.full(2, 0.5)
        ),
        shape=(28, 28, 1),
        num=4_001,
        seed=0,
    )
    assert len(drawn) == 4_001
    for label, mean in enumerate((0.2, 0.8)):
        mine = drawn.examples[drawn.labels == label] / 255
        assert mine.mean() == pytest.approx(mean, abs=0.01)
        assert mine.mean(axis=(1, 2, 3)).std() == pytest.approx(0.05, rel=0.1)
