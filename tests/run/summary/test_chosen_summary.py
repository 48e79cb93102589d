"""Marginals of chosen pairs of columns: what is released, and in which order.

The table has four columns; the second and the last one go together.
"""

import dataclasses

import keras
import numpy as np
import pytest

from dpgan_tf import run_files
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy.summary import pair_marginals
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import assembly
from dpgan_tf.run.summary import chosen_summary
from dpgan_tf.run.summary import marginal_targets
from dpgan_tf.run.summary import private_summary
from tests import summary_runs

SCHEMA = schemas.Schema(
    columns=(
        columns.Boolean(name="died", words=("no", "yes")),
        columns.Category(name="ward", values=("a", "b", "c")),
        columns.Codes(name="icd", codes=("I10",)),
        columns.Boolean(name="intensive", words=("no", "yes"), missing=True),
    )
)
BLOCKS = (2, 3, 1, 3)
DEPENDENT = (1, 3)
NUM_ROWS, DECLARED = 400, 500
FORM = records.Form((9,), largest=1, blocks=BLOCKS)


def rows(seed=0):
    rng = np.random.default_rng(seed)
    cells = [rng.integers(0, size, NUM_ROWS) for size in BLOCKS]
    cells[3] = cells[1]
    parts = [np.eye(s)[c] for s, c in zip(BLOCKS, cells, strict=True)]
    parts[2] = rng.random([NUM_ROWS, 1]) < 0.2
    return np.concatenate(parts, axis=1).astype(np.uint8)


def private(seed=0):
    return records.PrivateRecords(rows(seed), scale=records.Scale(1, 0.0))


def recipe(num_pairs=2, **changes):
    return recipes.change(
        presets.get("dpgan_ehr"),
        {
            "data.schema": schema_text.to_text(SCHEMA),
            "data.num_private_examples": DECLARED,
            "steps.expected_batch_size": 50,
            "networks.generator_width": 12,
            "networks.latent_dim": 4,
            "summary": "chosen",
            "summary.num_pairs": num_pairs,
            "summary.fit_batch_size": 256,
            "summary.fit_steps": 150,
        }
        | changes,
    )


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    monkeypatch.setattr(chosen_summary, "_FIRST_STEPS", 100)
    monkeypatch.setattr(chosen_summary, "_NUM_LATENTS", 2_048)


class Recorded(summary.SummaryMechanism):
    """Knows what was asked of it, in order."""

    def __init__(self, multipliers):
        super().__init__(multipliers, num_examples=DECLARED)
        self.asked = []

    def privatize(self, statistic, private, **settings):
        self.asked.append(statistic)
        return super().privatize(statistic, private, **settings)

    def choose(self, candidates, private, **settings):
        self.asked.append(candidates)
        return super().choose(candidates, private, **settings)


def take(chosen, mechanism, seed=0):
    source = summary_runs.source(private(seed))
    return chosen_summary.ChosenSummary.take(
        chosen, dataclasses.replace(source, mechanism=mechanism)
    )


def quiet(chosen):
    return Recorded([1e-9] * len(chosen.summary.shares(has_surrogates=False)))


def test_without_noise_marginals_are_those_of_the_rows():
    chosen = recipe(num_pairs=3)
    found = take(chosen, quiet(chosen)).marginals
    expected = rows().astype(float)
    np.testing.assert_allclose(
        found.means, expected.sum(axis=0) / DECLARED, atol=1e-6
    )
    # A generator of independent columns is farthest off where none are.
    assert tuple(found.pairs[0]) == DEPENDENT
    size = marginal_targets.size(found, BLOCKS)
    assert size == pytest.approx(NUM_ROWS / DECLARED, abs=1e-6)
    products = expected.T @ expected / DECLARED
    columns_of = pair_marginals.ends(BLOCKS)
    for (a, b), table in found.tables(BLOCKS).items():
        np.testing.assert_allclose(
            table, products[columns_of[a], columns_of[b]], atol=1e-6
        )


def test_each_pair_is_chosen_then_measured_and_all_is_charged():
    """As many releases as the recipe has shares for, in its order."""
    chosen = recipe(num_pairs=4)
    multipliers = 1e-9 * np.arange(1.0, 10)
    multipliers[2::2] = 3e-9
    mechanism = Recorded(multipliers)
    found = take(chosen, mechanism).marginals
    assert (
        len(mechanism.asked)
        == 9
        == len(chosen.summary.shares(has_surrogates=False))
    )
    choices = chosen.summary.choices
    for number, asked in enumerate(mechanism.asked):
        is_choice = isinstance(asked, pair_marginals.Candidates)
        assert is_choice == (number in choices)
    left = [len(mechanism.asked[number].pairs) for number in choices]
    assert left == [6, 5, 4, 3]
    assert len({tuple(pair) for pair in found.pairs}) == 4
    row_norm = 2.0  # Of a row with a 1 in each of four blocks.
    np.testing.assert_allclose(
        found.deviations,
        [1e-9 * row_norm / DECLARED, 3e-9 / DECLARED],
        rtol=1e-12,
    )


def test_shares_are_one_and_a_choice_has_a_ninth_of_its_pair():
    shares = recipe(num_pairs=4).summary.shares(has_surrogates=False)
    assert sum(shares) == pytest.approx(1)
    assert len(shares) == 9 and min(shares) > 0
    assert shares[1] == pytest.approx(shares[2] / 9)


def test_given_sums_and_choices_nothing_else_of_the_rows_is_seen():
    """Neither in what is measured, nor in what there is to choose from."""
    chosen = recipe(num_pairs=4)
    mechanisms = [summary_runs.Replayed() for _ in range(2)]
    first, second = (
        take(chosen, mechanism, seed)
        for seed, mechanism in enumerate(mechanisms)
    )
    summary_runs.require_same(first, second)
    assert mechanisms[0].num_released == 9
    ours, theirs = (mechanism.candidates for mechanism in mechanisms)
    for one, other in zip(ours, theirs, strict=True):
        assert one.pairs == other.pairs
        np.testing.assert_array_equal(one.expected, other.expected)
        np.testing.assert_array_equal(one.penalties, other.penalties)


def test_what_is_expected_is_in_records_and_penalties_are_their_noise():
    chosen = recipe(num_pairs=1)
    mechanism = summary_runs.Replayed()
    take(chosen, mechanism)
    [candidates] = mechanism.candidates
    sizes = [BLOCKS[a] * BLOCKS[b] for a, b in candidates.pairs]
    noise = DECLARED * 1e-4 * np.sqrt(2 / np.pi)
    np.testing.assert_allclose(candidates.penalties, noise * np.array(sizes))
    # A third of the declared records, as blocks say here, is thought to be the
    # half of them; each block of several has so many.
    mean = np.diag(candidates.expected)
    for each in pair_marginals.ends(BLOCKS):
        if each.stop - each.start > 1:
            assert mean[each].sum() == pytest.approx(DECLARED / 2, rel=1e-4)


def test_a_generator_is_fitted_to_what_was_measured(tmp_path):
    files = run_files.RunFiles(tmp_path)
    files.private.mkdir()
    chosen = recipe(num_pairs=3)
    taken = take(chosen, quiet(chosen))
    private_summary._write(files, taken)
    again = private_summary.read(chosen, files)
    summary_runs.require_same(again, taken)
    keras.utils.set_random_seed(1)
    generator = assembly.build_generator(chosen, FORM)
    again.fit(files, generator)
    latents = np.random.default_rng(1).standard_normal([8_000, 4])
    made = np.asarray(generator(latents), np.float64)
    truth = rows().astype(float)
    np.testing.assert_allclose(made.mean(axis=0), truth.mean(axis=0), atol=0.02)
    ward, intensive = (pair_marginals.ends(BLOCKS)[i] for i in DEPENDENT)
    wanted, found, independent = (
        products[ward, intensive]
        for products in (
            truth.T @ truth / NUM_ROWS,
            made.T @ made / len(made),
            np.outer(truth.mean(axis=0), truth.mean(axis=0)),
        )
    )
    assert abs(found - wanted).sum() < 0.5 * abs(independent - wanted).sum()
    assert again.loss() is None and again.guide is None
