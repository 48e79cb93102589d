"""What private steps are given: Poisson samples, drawn anew."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import run_files
from dpgan_tf.data import records
from dpgan_tf.privacy import batches
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import team as teams
from dpgan_tf.run import training
from dpgan_tf.run.stages import private_batches
from dpgan_tf.run.stages import run_ledger
from tests import tiny_run
from tests.data import poisson_check


def test_training_samples_as_is_charged_and_anew_for_every_attempt(tmp_path):
    """The batches that training gets are Poisson with the ledger's q."""
    recipe = tiny_run.recipe(tmp_path, clipping="fixed")
    budget = budgets.build_budget(recipe)
    data = run_data.load(recipe, data_dir=tmp_path)
    (tmp_path / "run").mkdir()
    files = run_files.enter(tmp_path / "run", config_json=recipe.to_json())
    training._describe_data(files, data)
    ledger = run_ledger.open_or_begin(recipe, files, budget, data.private)
    counts = []
    examples = records.scale(data.private.examples)
    number_of = {image.tobytes(): i for i, image in enumerate(examples)}
    assert len(number_of) == len(examples)
    for _ in range(2):
        noise_key, key = run_ledger.draw_keys(recipe, ledger)
        assert noise_key.secret != key.secret
        rounds = private_batches.build(
            recipe, budget, data, key=key.as_integers(), first_step=0
        )
        rows = np.zeros((1_500, len(data.private)), int)
        steps = itertools.chain.from_iterable(rounds)
        for t, batch in enumerate(itertools.islice(steps, 1_500)):
            for image in batch.examples[batch.mask].numpy():
                rows[t, number_of[image.tobytes()]] += 1
        counts.append(rows)
    q = ledger.header["sampling_probability"]
    assert not poisson_check.violations(counts[0], q=q)
    assert np.any(counts[0] != counts[1])


@pytest.fixture
def given(tmp_path):
    """A recipe, its budget and its records."""
    recipe = tiny_run.recipe(tmp_path)
    return (
        recipe,
        budgets.build_budget(recipe),
        run_data.load(recipe, data_dir=tmp_path),
    )


def test_adaptive_bounds_get_public_records_beside_each_private_batch(given):
    """Of the declared numbers, and none of them private."""
    recipe, budget, data = given
    rounds = private_batches.build(
        recipe, budget, data, key=[1, 2, 3, 4], first_step=0
    )
    (private, public), *rest = next(iter(rounds))
    assert 1 + len(rest) == recipe.steps.num_critic_steps
    assert private.examples.shape[1] == recipe.steps.chunk_size
    assert public.examples.shape == (recipe.clipping.batch_size, 28, 28, 1)
    batches.require_public(public)
    known = {image.tobytes() for image in records.scale(data.public.examples)}
    assert {image.numpy().tobytes() for image in public.examples} <= known


def test_a_fixed_bound_gets_private_batches_alone(tmp_path):
    recipe = tiny_run.recipe(tmp_path, clipping="fixed")
    rounds = private_batches.build(
        recipe,
        budgets.build_budget(recipe),
        run_data.load(recipe, data_dir=tmp_path),
        key=[1, 2, 3, 4],
        first_step=0,
    )
    for batch in next(iter(rounds)):
        assert isinstance(batch, batches.PrivateBatch)


def test_the_same_key_draws_the_same_and_another_does_not(given):
    def masks(key):
        rounds = private_batches.build(*given, key=key, first_step=0)
        steps = itertools.chain.from_iterable(itertools.islice(rounds, 4))
        return [private.random_ids.numpy().tolist() for private, _ in steps]

    first = masks([1, 2, 3, 4])
    assert first == masks([1, 2, 3, 4]) != masks([1, 2, 3, 5])


def test_blank_rounds_have_the_form_of_real_ones_and_no_record(given):
    real = private_batches.build(*given, key=[1, 2, 3, 4], first_step=0)
    blank = private_batches.blank(*given, teams.ALONE)
    assert blank.element_spec == real.element_spec
    for part in tf.nest.flatten(next(iter(blank))):
        assert tf.size(part) > 0
        assert not tf.math.count_nonzero(part)
