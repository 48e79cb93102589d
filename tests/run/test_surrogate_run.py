"""Whole runs without a public record: of a summary, and of nothing at all."""

import shutil
from typing import NamedTuple

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.release import sampling
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import training
from dpgan_tf.run.stages import warm_start
from dpgan_tf.run.summary import private_summary
from dpgan_tf.run.summary import protocol
from dpgan_tf.run.summary import surrogates
from tests import summary_runs
from tests import tiny_run


@pytest.fixture(scope="module")
def recipe(folder):
    return tiny_run.recipe(folder, **summary_runs.SETTINGS)


class Interrupted(NamedTuple):
    """A run that went on: what its two warm starts saw, the summary between."""

    files: run_files.RunFiles
    seen: list
    summary: protocol.Summary


@pytest.fixture(scope="module")
def interrupted(folder, recipe):
    """Interrupted before its warm start."""
    seen = []
    train = warm_start.train

    def watch(recipe, files, form, public, *args, **kwargs):
        seen.append(public.examples)
        if len(seen) == 1:
            raise KeyboardInterrupt
        return train(recipe, files, form, public, *args, **kwargs)

    places = {"run_dir": folder / "run", "data_dir": folder}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm_start, "train", watch)
        with pytest.raises(KeyboardInterrupt):
            training.train(recipe, **places)
        taken = private_summary.read(recipe, run_files.RunFiles(folder / "run"))
        files = training.train(recipe, **places, with_scores=False)
    return Interrupted(files, seen, taken)


@pytest.fixture(scope="module")
def finished(interrupted):
    return interrupted.files


def test_the_claim_holds_and_counts_the_summary(recipe, finished):
    findings = claim_check.check_run(finished.root)
    assert findings and all(f.ok for f in findings), findings
    header = budgets.ledger_header(recipe, budgets.build_budget(recipe))
    assert header["summary_noise_multiplier"] > 0
    without = recipes.change(
        recipe,
        {"summary": "none", "clipping": "fixed", "warm_start.num_steps": 0},
    )
    assert (
        header["effective_noise_multiplier"]
        > budgets.build_budget(without).mechanism.effective_noise_multiplier
    )


def test_the_same_summary_gives_the_same_records(recipe, finished):
    taken = private_summary.read(recipe, finished)
    assert taken.guide is None
    first, second = (
        surrogates.draw(taken.moments, shape=(28, 28, 1), num=40, seed=3)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.examples, second.examples)
    assert first.examples.dtype == np.uint8 and len(first) == 40
    np.testing.assert_array_equal(np.bincount(first.labels), [4] * 10)


def test_networks_see_surrogates_and_no_private_record(
    folder, recipe, interrupted
):
    data = run_data.load(recipe, data_dir=folder)
    assert data.public is None
    drawn = surrogates.draw(
        interrupted.summary.moments,
        shape=(28, 28, 1),
        num=recipe.summary.num_surrogates,
        seed=assembly.initial_seed(recipe),
    )
    np.testing.assert_array_equal(interrupted.seen[0], drawn.examples)
    distances = np.abs(
        drawn.examples[:, None].astype(float) - data.private.examples[None]
    ).mean(axis=(2, 3, 4))
    assert distances.min() > 1


def test_an_interrupted_run_draws_the_same_records_again(recipe, interrupted):
    np.testing.assert_array_equal(*interrupted.seen)
    taken = interrupted.summary.moments
    again = private_summary.read(recipe, interrupted.files).moments
    np.testing.assert_array_equal(taken.factors, again.factors)


def test_nothing_public_at_all(folder, tmp_path):
    recipe = tiny_run.recipe(
        folder,
        **{
            key: value
            for key, value in summary_runs.SETTINGS.items()
            if not key.startswith("summary.")
        }
        | {
            "summary": "none",
            "clipping": "fixed",
            "clipping.norm": 0.5,
            "warm_start.num_steps": 0,
            "networks.ema_decay": 0.9,
            "scoring.variety": 1.5,
        },
    )
    files = training.train(
        recipe, run_dir=tmp_path / "run", data_dir=folder, with_scores=False
    )
    assert all(f.ok for f in claim_check.check_run(files.root))
    _require_released_as_trained(files, recipe)


def _copy_of_warm_start(finished, run_dir):
    """Return a run that was stopped after its warm start."""
    shutil.copytree(finished.root, run_dir)
    files = run_files.RunFiles(run_dir)
    shutil.rmtree(files.checkpoints("private"))
    shutil.rmtree(files.release)
    return files


@pytest.mark.parametrize("kept", [0, 1])
def test_no_second_summary_beside_networks_of_the_first(
    folder, recipe, tmp_path, finished, kept
):
    """A ledger from before the summary, or none, cannot charge it again."""
    files = _copy_of_warm_start(finished, tmp_path / "run")
    header = files.ledger.read_text().splitlines(keepends=True)[:kept]
    files.ledger.unlink()
    if kept:
        files.ledger.write_text("".join(header))
    files.summary.unlink()
    with pytest.raises(privacy_errors.LedgerError, match="no ledger|is lost"):
        training.train(recipe, run_dir=files.root, data_dir=folder)
    assert not files.summary.exists()


def test_networks_of_another_summary_are_refused(
    folder, recipe, tmp_path, finished, monkeypatch
):
    """A ledger and its summary, beside a warm start of another run."""
    files = run_files.RunFiles(tmp_path / "run")

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(warm_start, "train", stop)
        with pytest.raises(KeyboardInterrupt):
            training.train(recipe, run_dir=files.root, data_dir=folder)
    shutil.copytree(
        finished.checkpoints("warm_start"), files.checkpoints("warm_start")
    )
    with pytest.raises(privacy_errors.LedgerError, match="newer than"):
        training.train(recipe, run_dir=files.root, data_dir=folder)


def _require_released_as_trained(files, recipe):
    """What is released makes of z what the averaged generator makes of it."""
    keras.utils.set_random_seed(assembly.initial_seed(recipe))
    _, generator = assembly.build_networks(recipe, records.DIGITS)
    checkpoint = tf.train.load_checkpoint(
        tf.train.latest_checkpoint(files.checkpoints("private"))
    )
    for i, variable in enumerate(generator.variables):
        name = f"averaged_generator_{i}/.ATTRIBUTES/VARIABLE_VALUE"
        variable.assign(checkpoint.get_tensor(name))
    exported = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    inputs = exported.block_inputs(0, 0)
    np.testing.assert_allclose(
        exported.generate(inputs),
        generator([*inputs.values()], training=False),
        atol=1e-5,
    )
