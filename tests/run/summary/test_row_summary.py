"""A summary of rows: what is released, and what a generator is given of it."""

import dataclasses

import numpy as np
import pytest

from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import assembly
from dpgan_tf.run import team as teams
from dpgan_tf.run.summary import row_summary
from tests import summary_runs

LARGEST = 2
ROWS = np.random.default_rng(0).binomial(LARGEST, 0.3, [200, 6])
FORM = records.Form((6,), largest=LARGEST)


def recipe(kind):
    changes = {"summary": kind, "networks.generator_width": 8}
    return recipes.change(presets.get("dpgan_ehr"), changes)


@pytest.mark.parametrize("kind", ["marginals", "pairs"])
def test_without_noise_the_moments_are_those_of_the_rows(kind):
    private = records.PrivateRecords(
        ROWS.astype(np.uint8), scale=records.Scale(LARGEST, 0.0)
    )
    quiet = summary.SummaryMechanism(
        [1e-9] * (3 if kind == "pairs" else 1), num_examples=len(ROWS)
    )
    source = summary_runs.source(private)
    taken = row_summary.RowSummary.take(
        recipe(kind), dataclasses.replace(source, mechanism=quiet)
    )
    mean = ROWS.mean(axis=0) / LARGEST
    np.testing.assert_allclose(taken.moments.mean, mean, atol=1e-6)
    if kind == "marginals":
        assert taken.moments.pairs is None
        return
    scaled = (ROWS / LARGEST - mean) * row_moments.column_scale(mean)
    products = scaled.T @ scaled / len(ROWS)
    np.fill_diagonal(products, 0)
    np.testing.assert_allclose(taken.moments.pairs, products, atol=1e-6)


def test_a_calibrated_generator_has_the_means_and_nothing_else_is_asked():
    chosen = recipe("marginals")
    mean = np.linspace(0.05, 0.9, 6)
    taken = row_summary.RowSummary(
        recipe=chosen, moments=row_moments.Moments(mean=mean)
    )
    generator = assembly.build_generator(chosen, FORM)
    taken.calibrate(generator)
    latents = np.random.default_rng(1).standard_normal(
        [20_000, chosen.networks.latent_dim]
    )
    np.testing.assert_allclose(
        np.mean(generator(latents), axis=0), mean, atol=0.01
    )
    assert taken.loss() is None and taken.guide is None
    assert taken.surrogates(FORM, teams.ALONE) is None
