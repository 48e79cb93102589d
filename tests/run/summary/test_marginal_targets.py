"""What noisy marginals say together, and what noise alone says."""

import itertools

import numpy as np
import pytest

from dpgan_tf.run.summary import marginal_targets

BLOCKS = (3, 1, 2, 4)
PAIRS = tuple(itertools.combinations(range(4), 2))
COLUMNS = [slice(0, 3), slice(3, 4), slice(4, 6), slice(6, 10)]
QUIET = (1e-7, 1e-7)


def valid_rows(num=3_000, *, seed=0):
    """Return rows in which the last two blocks go together."""
    rng = np.random.default_rng(seed)
    cells = [rng.integers(0, size, num) for size in BLOCKS]
    cells[2] = (cells[3] + (rng.random(num) < 0.1)) % 2
    parts = [np.eye(s)[c] for s, c in zip(BLOCKS, cells, strict=True)]
    parts[1] = (rng.random([num, 1]) < 0.3).astype(float)
    return np.concatenate(parts, axis=1)


def measured(products, pairs=PAIRS, *, deviations=QUIET, seed=0, size=1.0):
    """Return marginals with noise, times a number of records over another."""
    rng = np.random.default_rng(seed)
    parts = [products[COLUMNS[a], COLUMNS[b]].ravel() for a, b in pairs]
    values = np.concatenate([np.zeros(0), *parts])
    return marginal_targets.Marginals(
        means=size * np.diag(products) + deviations[0] * rng.normal(size=10),
        pairs=np.array(pairs, np.float64).reshape(-1, 2),
        values=size * values + deviations[1] * rng.normal(size=len(values)),
        deviations=np.array(deviations),
    )


def products_of(rows):
    return rows.T @ rows / len(rows)


TRUTH = products_of(valid_rows())


@pytest.mark.parametrize("size", [1.0, 0.8, 1.3])
def test_without_noise_the_target_is_the_truth(size):
    found, weights = marginal_targets.target(measured(TRUTH, size=size), BLOCKS)
    for a, b in PAIRS:
        at = COLUMNS[a], COLUMNS[b]
        np.testing.assert_allclose(found[at], TRUTH[at], atol=1e-5)
        assert (weights[at] >= 1).all()
    np.testing.assert_allclose(np.diag(found), np.diag(TRUTH), atol=1e-5)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(weights, weights.T)


def test_cells_of_one_block_have_no_weight_but_their_means():
    _, weights = marginal_targets.target(
        measured(TRUTH, deviations=(1e-3, 2e-3)), BLOCKS
    )
    for each in COLUMNS:
        within = weights[each, each]
        np.testing.assert_array_equal(
            within[~np.eye(len(within), dtype=bool)], 0
        )
    assert np.diag(weights) == pytest.approx(2 * 4)  # Of their precisions.


def test_a_pair_that_was_not_measured_is_thought_independent():
    found, weights = marginal_targets.target(measured(TRUTH, [(0, 2)]), BLOCKS)
    mean = np.diag(found)
    at = COLUMNS[2], COLUMNS[3]
    np.testing.assert_allclose(found[at], np.outer(mean[at[0]], mean[at[1]]))
    assert weights[at].max() < 0.5 < weights[COLUMNS[0], COLUMNS[2]].min()
    assert abs(TRUTH[at] - found[at]).max() > 0.1


def test_pure_noise_is_taken_for_independence():
    """A tenth of what does not stand out is all that is believed."""
    independent = np.outer(np.diag(TRUTH), np.diag(TRUTH))
    np.fill_diagonal(independent, np.diag(TRUTH))
    noisy = measured(independent, [(2, 3)], deviations=(1e-6, 0.05))
    found, weights = marginal_targets.target(noisy, BLOCKS)
    at = COLUMNS[2], COLUMNS[3]
    mean = np.diag(found)
    excess = found[at] - np.outer(mean[at[0]], mean[at[1]])
    said = noisy.values.reshape(2, 4) - independent[at]
    assert abs(said).max() > 0.05
    assert np.linalg.norm(excess) < 0.4 * np.linalg.norm(said)
    # What was drawn to independence most is weighed most.
    assert weights[at].min() > 2


def test_what_stands_out_is_believed():
    noisy = measured(TRUTH, [(2, 3)], deviations=(1e-6, 0.005))
    found, _ = marginal_targets.target(noisy, BLOCKS)
    at = COLUMNS[2], COLUMNS[3]
    np.testing.assert_allclose(found[at], TRUTH[at], atol=0.02)


@pytest.mark.parametrize("deviations", [QUIET, (0.02, 0.05), (1.0, 1.0)])
def test_means_of_a_block_are_shares(deviations):
    noisy = measured(TRUTH, deviations=deviations, seed=1)
    found = marginal_targets.means(noisy, BLOCKS)
    assert ((found > 0) & (found < 1)).all()
    for each, size in zip(COLUMNS, BLOCKS, strict=True):
        if size > 1:
            assert found[each].sum() == pytest.approx(1, abs=1e-5)


def test_means_are_those_of_all_measurements_by_their_precision():
    """Pairs make the means of a block better than they were alone."""
    exact = np.diag(TRUTH)[COLUMNS[3]]

    def error(pairs):
        found = [
            marginal_targets.means(
                measured(TRUTH, pairs, deviations=(0.02, 0.01), seed=seed),
                BLOCKS,
            )[COLUMNS[3]]
            for seed in range(200)
        ]
        return np.std(np.array(found) - exact)

    # 0.02^-2 and, of two cells of a pair each, 0.01^-2 / 2.
    ratio = error([(2, 3)]) / error([])
    assert ratio == pytest.approx(np.sqrt(1 / (1 + 2)), rel=0.1)


def test_a_block_of_one_does_not_say_who_is_in_none_of_its_cells():
    """Block 1 is a code: its marginal with others is of those who have it."""
    found = marginal_targets.means(measured(TRUTH, [(0, 1), (1, 3)]), BLOCKS)
    np.testing.assert_allclose(found, np.diag(TRUTH), atol=1e-5)


@pytest.mark.parametrize("size", [0.7, 1.0, 1.6])
def test_blocks_tell_how_many_records_there_are(size):
    noisy = measured(TRUTH, deviations=(1e-3, 1e-3), size=size)
    assert marginal_targets.size(noisy, BLOCKS) == pytest.approx(size, abs=0.01)
    found = marginal_targets.of_one(noisy, BLOCKS)
    assert marginal_targets.size(found, BLOCKS) == pytest.approx(1, abs=1e-9)
    assert found.deviations == pytest.approx(1e-3 / size, rel=0.02)


def test_a_size_that_noise_alone_says_is_bounded():
    for factor, bound in ((0.01, 0.5), (50.0, 2.0)):
        noisy = measured(TRUTH, size=factor)
        assert marginal_targets.size(noisy, BLOCKS) == bound


def test_codes_alone_do_not_tell_how_many_records_there_are():
    marginals = marginal_targets.Marginals(
        means=np.array([0.2, 0.1]),
        pairs=np.array([[0.0, 1.0]]),
        values=np.array([0.05]),
        deviations=np.array([0.01, 0.01]),
    )
    assert marginal_targets.size(marginals, (1, 1)) == 1


def test_shares_below_zero_are_projected_by_hand():
    found = marginal_targets._possible(np.array([0.9, 0.4, -0.3]))
    np.testing.assert_allclose(found, [0.75, 0.25, 1e-6], atol=1e-12)
    assert marginal_targets._possible(np.array([1.7])) == 1 - 1e-6


def test_tables_are_the_pairs_marginals_and_others_are_refused():
    whole = measured(TRUTH)
    tables = whole.tables(BLOCKS)
    assert tuple(tables) == PAIRS
    assert tables[0, 3].shape == (3, 4)
    np.testing.assert_allclose(
        tables[0, 3], TRUTH[COLUMNS[0], COLUMNS[3]], atol=1e-6
    )
    assert measured(TRUTH, []).tables(BLOCKS) == {}
    for changes in (
        {"values": whole.values[:-1]},
        {"means": whole.means[:-1]},
        {"pairs": whole.pairs[[0, 0, *range(2, 6)]]},
        {"pairs": whole.pairs + 1},
        {"pairs": whole.pairs[:, ::-1]},
    ):
        with pytest.raises(ValueError, match="are not those of the"):
            marginal_targets.Marginals(**vars(whole) | changes).tables(BLOCKS)


def test_candidates_are_the_pairs_that_are_left():
    assert marginal_targets.candidates((2, 3, 1), [(0, 2)]) == [(0, 1), (1, 2)]
