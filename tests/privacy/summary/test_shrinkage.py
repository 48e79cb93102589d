"""What is left of noisy moments, and what of the noise."""

import numpy as np
import pytest

from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.privacy.summary import shrinkage

COSINES = shrinkage.Cosines(side=12, channels=1)
SIZE = 144
QUIET = 1e-12


def symmetric_noise(rng, size, noise):
    vector = rng.normal(size=size * (size + 1) // 2)
    return class_moments.to_matrix(noise * vector)


def smooth_factor(rng, rank=5):
    """Return directions of few low frequencies, [D, rank]."""
    low = COSINES.matrix[COSINES.bands == 0]
    return low.T @ rng.normal(size=[len(low), rank])


@pytest.mark.parametrize("channels", [1, 3])
def test_cosines_are_an_orthonormal_basis_sorted_by_frequency(channels):
    cosines = shrinkage.Cosines(side=7, channels=channels)
    matrix, bands = cosines.matrix, cosines.bands
    size = 49 * channels
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(size), atol=1e-12)
    assert set(bands) == {0, 1, 2, 3}
    flat = np.tile(np.arange(1.0, channels + 1), 49)
    assert not (matrix @ flat)[bands > 0].round(12).any()
    checked = np.indices([7, 7]).sum(axis=0) % 2 * 2.0 - 1
    seen = matrix @ np.repeat(checked.reshape(-1), channels)
    assert np.abs(seen).argmax() >= size - channels
    # One channel alone stays one, at every frequency.
    alone = np.zeros([7, 7, channels])
    alone[..., 0] = np.random.default_rng(0).normal(size=[7, 7])
    seen = (matrix @ alone.reshape(-1)).reshape(49, channels)
    assert np.all(seen[:, 0]) and not seen[:, 1:].any()


def test_without_noise_means_are_what_they_are():
    noisy = np.random.default_rng(0).uniform(size=[3, SIZE])
    found = shrinkage.means(noisy, noise=np.full(3, QUIET), cosines=COSINES)
    np.testing.assert_allclose(found, noisy, atol=1e-9)


def test_means_keep_what_is_smooth_and_lose_the_noise():
    rng = np.random.default_rng(0)
    truth = 0.5 + 0.05 * smooth_factor(rng, rank=3).T
    assert 0.1 < truth.min() and truth.max() < 0.9
    noise = np.array([0.02, 0.05, 0.1])
    noisy = truth + noise[:, None] * rng.normal(size=truth.shape)
    found = shrinkage.means(noisy, noise=noise, cosines=COSINES)
    before, after = (np.sum((x - truth) ** 2, axis=1) for x in (noisy, found))
    assert np.all(after < before * [1.0, 0.6, 0.25])
    assert np.ptp(found, axis=0).max() > 0.5 * np.ptp(truth, axis=0).max()


def test_means_stay_pixels():
    noisy = np.random.default_rng(0).normal(size=[4, SIZE])
    for noise in (QUIET, 0.5, 5.0):
        found = shrinkage.means(noisy, noise=np.full(4, noise), cosines=COSINES)
        assert 0 <= found.min() and found.max() <= 1


@pytest.mark.parametrize("truth", [0.0, 0.5, 1.0])
def test_noise_alone_has_no_directions_and_what_is_seen_is_shrunk(truth):
    noise, direction = 0.01, COSINES.matrix[1]
    noisy = symmetric_noise(np.random.default_rng(3), SIZE, noise)
    noisy += truth * np.outer(direction, direction)
    values, directions = shrinkage._before_noise(
        noisy, noise=noise, cosines=COSINES
    )
    assert len(values) == directions.shape[1] <= 2
    if truth:
        assert values[-1] == pytest.approx(truth, abs=4 * noise)
        assert abs(direction @ directions[:, -1]) > 0.9
    else:
        assert np.sum(values) < 5 * noise


def test_smooth_images_are_told_from_noise_that_hides_others():
    """A direction of one low frequency is seen where sqrt(2 D) noise is not."""
    noise = 0.01
    truth = 0.45 * noise * np.sqrt(2 * SIZE)
    rng = np.random.default_rng(5)
    low, high = COSINES.matrix[1], COSINES.matrix[-1]
    found = []
    for direction in (low, high):
        noisy = symmetric_noise(rng, SIZE, noise)
        # What makes a picture: much at the lowest frequency of all.
        noisy += 2.0 * np.outer(COSINES.matrix[0], COSINES.matrix[0])
        noisy += truth * np.outer(direction, direction)
        _, directions = shrinkage._before_noise(
            noisy, noise=noise, cosines=COSINES
        )
        found.append(np.sum((direction @ directions) ** 2))
    assert found[0] > 0.8 > 0.5 > found[1]


def test_blocks_keep_what_noise_does_not_explain():
    noise = 0.1
    drawn = symmetric_noise(np.random.default_rng(1), SIZE, noise)
    weights = shrinkage._weights_of_blocks(drawn, noise=noise, cosines=COSINES)
    assert 0 <= weights.min() and weights.max() < 1
    assert np.sum((drawn * weights) ** 2) < 0.02 * np.sum(drawn**2)
    np.testing.assert_allclose(weights, weights.T, atol=1e-12)
    large = np.full([SIZE, SIZE], 10.0)
    weights = shrinkage._weights_of_blocks(large, noise=noise, cosines=COSINES)
    np.testing.assert_allclose(weights, 1.0, rtol=1e-2)


def test_the_noise_of_a_block_is_what_is_drawn():
    """Its mean squared norm, over draws, is what is called explained."""
    rng = np.random.default_rng(0)
    cosines = shrinkage.Cosines(side=6, channels=1)
    members = shrinkage._members(cosines)
    draws = [symmetric_noise(rng, 36, 0.3) for _ in range(2_000)]
    found = np.mean([members.T @ d**2 @ members for d in draws], axis=0)
    sizes = members.sum(axis=0)
    expected = 0.3**2 / 2 * (np.outer(sizes, sizes) + np.diag(sizes))
    np.testing.assert_allclose(found, expected, rtol=0.05)
    own = [shrinkage._symmetric(rng, 36) for _ in range(2_000)]
    assert np.std([d[0, 0] for d in own]) == pytest.approx(1, rel=0.1)
    assert np.std([d[0, 1] for d in own]) == pytest.approx(0.5**0.5, rel=0.1)


def test_classes_are_as_different_as_noise_does_not_explain():
    noise = 0.002
    rng = np.random.default_rng(0)
    shares = np.full(3, 1 / 3)
    factor = smooth_factor(rng, rank=3) * 0.4
    common = factor @ factor.T
    own = np.stack([common * (1 + apart) for apart in (-0.5, 0.0, 0.5)])
    for different, covariances in ((True, own), (False, [common] * 3)):
        noisy = np.stack(
            [c / 3 + symmetric_noise(rng, SIZE, noise) for c in covariances]
        )
        factors = shrinkage.factors(noisy, shares, noise=noise, cosines=COSINES)
        found = [np.trace(factor @ factor.T) for factor in factors]
        truth = [np.trace(c) for c in covariances]
        np.testing.assert_allclose(found, truth, rtol=0.15)
        assert (np.ptp(found) > 0.3 * np.trace(common)) == different


def test_what_noise_explains_is_taken_away():
    noise, size = 0.1, 30
    drawn = symmetric_noise(np.random.default_rng(1), size, noise)
    assert np.sum(shrinkage._shrunk(drawn, noise=noise) ** 2) < 0.1
    large = np.full([size, size], 10.0)
    np.testing.assert_allclose(
        shrinkage._shrunk(large, noise=noise), large, rtol=1e-2
    )
    assert not shrinkage._shrunk(0 * large, noise=0.0).any()
