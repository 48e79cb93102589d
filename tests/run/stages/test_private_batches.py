"""What private steps are given: Poisson samples, drawn anew."""

import itertools

import numpy as np

from dpgan_tf import run_files
from dpgan_tf.data import records
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import training
from dpgan_tf.run.stages import private_batches
from dpgan_tf.run.stages import private_training
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
    ledger = private_training.open_ledger(recipe, files, budget, data.private)
    counts = []
    examples = records.scale(data.private.examples)
    number_of = {image.tobytes(): i for i, image in enumerate(examples)}
    assert len(number_of) == len(examples)
    for _ in range(2):
        noise_key, key = private_training.draw_keys(recipe, ledger)
        assert noise_key.secret != key.secret
        batches = private_batches.build(
            recipe, budget, data, key=key.as_integers(), first_step=0
        )
        rows = np.zeros((1_500, len(data.private)), int)
        steps = itertools.chain.from_iterable(batches)
        for t, batch in enumerate(itertools.islice(steps, 1_500)):
            for image in batch.examples[batch.mask].numpy():
                rows[t, number_of[image.tobytes()]] += 1
        counts.append(rows)
    q = ledger.header["sampling_probability"]
    assert not poisson_check.violations(counts[0], q=q)
    assert np.any(counts[0] != counts[1])
