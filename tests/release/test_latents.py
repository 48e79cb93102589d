"""What a seed means does not depend on how many samples are asked for."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.release import latents


def test_latent_vectors_are_standard_normal():
    # 99,840 draws: the mean's deviation is 1 / 316, the variance's 1 / 223.
    blocks = [
        latents.block_latents(5, block, latent_dim=10) for block in range(78)
    ]
    values = np.concatenate(blocks).astype(np.float64)
    assert abs(values.mean()) < 5 / 316
    assert abs(values.var() - 1) < 5 / 223
    assert len(np.unique(values, axis=0)) == len(values)


def test_a_block_depends_on_seed_and_number_alone():
    def block(seed, number):
        return latents.block_latents(seed, number, latent_dim=3).numpy()

    np.testing.assert_array_equal(block(5, 1), block(5, 1))
    others = [block(5, 0), block(5, 1), block(6, 1), block(2**63 - 1, 1)]
    assert len({other.tobytes() for other in others}) == 4
    assert block(5, 0).shape == (latents.BLOCK_SIZE, 3)


@pytest.mark.parametrize("num_classes", [1, 10, 128, 1_000])
def test_classes_go_round_from_block_to_block(num_classes):
    found = np.concatenate(
        [latents.block_labels(i, num_classes=num_classes) for i in range(3)]
    )
    np.testing.assert_array_equal(found, np.arange(384) % num_classes)


@pytest.mark.parametrize(
    "shares", [[0.7, 0.2, 0.1], [0.0, 1.0], [0.25] * 4, [0.999, 0.001]]
)
def test_classes_are_as_frequent_as_their_shares(shares):
    """To two samples, not to a random draw; every prefix, too."""
    blocks = [
        latents.block_labels(
            i, num_classes=len(shares), shares=np.array(shares)
        )
        for i in range(20)
    ]
    found = np.concatenate(blocks)
    for num in (20, 300, len(found)):
        counts = np.bincount(found[:num], minlength=len(shares))
        np.testing.assert_allclose(counts, num * np.array(shares), atol=2.5)


def _counts(seed, block, *, chances, largest):
    shape = [latents.BLOCK_SIZE, len(chances)]
    probabilities = tf.broadcast_to(tf.constant(chances, tf.float32), shape)
    return latents.block_counts(
        probabilities, seed, block, largest=largest
    ).numpy()


def test_counts_are_binomial():
    counts = np.concatenate(
        [
            _counts(1, block, chances=[0.0, 0.3, 1.0], largest=4)
            for block in range(60)
        ]
    )
    assert counts.dtype == np.uint8
    assert set(counts[:, 0]) == {0} and set(counts[:, 2]) == {4}
    found = np.bincount(counts[:, 1], minlength=5) / len(counts)
    # (4 over k) .3^k .7^(4 - k); deviations are at most 1 / 176.
    expected = [0.2401, 0.4116, 0.2646, 0.0756, 0.0081]
    np.testing.assert_allclose(found, expected, atol=5 / 176)


def test_columns_and_blocks_are_drawn_apart():
    first, second = (
        _counts(1, block, chances=[0.5] * 40, largest=1) for block in (0, 1)
    )
    agree = [
        np.mean(first == second),
        np.mean(first[:, :20] == first[:, 20:]),
        np.mean(first[:64] == first[64:]),
    ]
    # Halves of at least 2,560 pairs: five deviations of .01.
    np.testing.assert_allclose(agree, 0.5, atol=0.05)


def _cells(probabilities, *, blocks, num_blocks=40, seed=5):
    """Return drawn cells [n, columns] of samples with equal probabilities."""
    shape = [latents.BLOCK_SIZE, len(probabilities)]
    several = tf.broadcast_to(tf.constant(probabilities, tf.float32), shape)
    return np.concatenate(
        [
            latents.block_cells(several, seed, i, blocks=blocks)
            for i in range(num_blocks)
        ]
    )


def test_one_cell_of_each_block_is_drawn_by_its_probability():
    """5,120 draws: five deviations of a share are at most .035."""
    chances = [0.1, 0.2, 0.7, 0.3, 0.5, 0.5, 0.9]
    found = _cells(chances, blocks=(3, 1, 2, 1))
    assert found.dtype == np.uint8 and set(np.unique(found)) == {0, 1}
    assert (found[:, :3].sum(axis=1) == 1).all()
    assert (found[:, 4:6].sum(axis=1) == 1).all()
    np.testing.assert_allclose(found.mean(axis=0), chances, atol=0.035)
    correlations = np.corrcoef(found[:, [0, 3, 4, 6]].T)
    assert np.abs(correlations - np.eye(4)).max() < 5 / 5_120**0.5


def test_certain_cells_are_certain():
    chances = [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]
    found = _cells(chances, blocks=(4, 1, 2), num_blocks=4)
    assert (found == np.array(chances)).all()


def test_probabilities_of_a_block_need_not_add_up_to_one():
    """A softmax in float32 misses one by a little."""
    found = _cells([0.2, 0.6, 0.1], blocks=(2, 1))
    assert (found[:, :2].sum(axis=1) == 1).all()
    np.testing.assert_allclose(
        found.mean(axis=0), [0.25, 0.75, 0.1], atol=0.035
    )


def test_thousands_of_codes_before_a_block_leave_it_whole():
    """Ends of cells are sums of all probabilities before them."""
    chances = np.full(6_000, 0.7)
    chances[-3:] = [0.1, 0.2, 0.7]
    blocks = (1,) * 5_997 + (3,)
    found = _cells(chances, blocks=blocks, num_blocks=4)[:, -3:]
    assert (found.sum(axis=1) == 1).all()
    # 512 draws: five deviations are at most .101.
    np.testing.assert_allclose(found.mean(axis=0), chances[-3:], atol=0.101)


def test_rows_are_cells_where_there_are_blocks_and_counts_elsewhere():
    several = tf.fill([latents.BLOCK_SIZE, 4], 0.25)
    cells = latents.block_rows(several, 5, 1, blocks=(4,), largest=1)
    np.testing.assert_array_equal(
        cells, latents.block_cells(several, 5, 1, blocks=(4,))
    )
    counts = latents.block_rows(several, 5, 1, blocks=(), largest=3)
    np.testing.assert_array_equal(
        counts, latents.block_counts(several, 5, 1, largest=3)
    )


def test_places_are_uniform_and_others_for_each_seed_and_block():
    found = np.concatenate(
        [latents.block_places(5, i, num=3) for i in range(40)]
    )
    assert found.shape == (5_120, 3) and found.dtype == np.float64
    assert 0 <= found.min() and found.max() < 1
    # The deviation of a mean is .289 / 72.
    assert np.abs(found.mean(axis=0) - 0.5).max() < 5 * 0.289 / 72
    others = [latents.block_places(*key, num=3) for key in ((5, 1), (6, 0))]
    assert not np.isin(others, found[:128]).any()
