"""Whole runs whose summary has features of records and a guide."""

import json
import shutil

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.models import guide as guides
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.summary import scattering
from dpgan_tf.release import sampling
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import team as teams
from dpgan_tf.run import training
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
from dpgan_tf.run.stages import release_contents
from dpgan_tf.run.stages import release_process
from dpgan_tf.run.summary import fit as summary_fit
from dpgan_tf.run.summary import private_summary
from tests import summary_runs
from tests import tiny_run


@pytest.fixture(scope="module")
def recipe(folder):
    return tiny_run.recipe(folder, **summary_runs.GUIDED)


class Watch:
    """Takes the private steps, and notes the model and what it began with.

    The first time it is interrupted instead.
    """

    def __init__(self):
        self.begun = []
        self._train = private_training.train

    def train(self, recipe, files, budget, data, model, *args, **kwargs):
        self.model = model
        self.begun.append(model.generator.get_weights())
        if len(self.begun) == 1:
            raise KeyboardInterrupt
        self._train(recipe, files, budget, data, model, *args, **kwargs)


@pytest.fixture(scope="module")
def watched(folder, recipe):
    """A run that was interrupted before its private steps, and goes on."""
    watch = Watch()
    places = {"run_dir": folder / "guided", "data_dir": folder}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(private_training, "train", watch.train)
        with pytest.raises(KeyboardInterrupt):
            training.train(recipe, **places, with_scores=False)
        files = training.train(recipe, **places, with_scores=False)
    return files, watch


@pytest.fixture(scope="module")
def guided(watched):
    return watched[0]


def test_a_generator_that_was_fitted_to_another_summary_is_refused(
    folder, recipe, guided, tmp_path, monkeypatch
):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    files = run_files.RunFiles(tmp_path / "run")
    with monkeypatch.context() as patched:
        patched.setattr(summary_fit, "once", stop)
        with pytest.raises(KeyboardInterrupt):
            training.train(recipe, run_dir=files.root, data_dir=folder)
    shutil.copytree(guided.checkpoints("summary"), files.checkpoints("summary"))
    with pytest.raises(privacy_errors.LedgerError, match="another summary"):
        training.train(recipe, run_dir=files.root, data_dir=folder)


def test_a_guide_is_a_part_of_the_summary_that_is_charged(
    folder, recipe, guided
):
    assert all(f.ok for f in claim_check.check_run(guided.root))
    budget = budgets.build_budget(recipe)
    of_parts = budget.summary_noise_multipliers
    assert len(of_parts) == 4 + recipe.summary.guide_steps
    header = budgets.ledger_header(recipe, budget)
    plain = tiny_run.recipe(folder, **summary_runs.SETTINGS)
    without = budgets.ledger_header(plain, budgets.build_budget(plain))
    together = header["summary_noise_multiplier"]
    assert together == pytest.approx(without["summary_noise_multiplier"])
    assert together == pytest.approx(sum(s**-2 for s in of_parts) ** -0.5)
    of_guide = sum(s**-2 for s in of_parts[4:]) * together**2
    assert of_guide == pytest.approx(0.99 * recipe.summary.guide_share)
    of_features = (together / of_parts[3]) ** 2
    share = 0.99 * recipe.summary.feature_share
    assert of_features == pytest.approx(share)
    claim = json.loads((guided.release / "privacy.json").read_text())
    assert claim["summary_noise_multiplier"] == together


@pytest.mark.slow
def test_public_records_take_the_part_of_surrogates(folder, recipe, tmp_path):
    recipe = recipes.change(
        recipe,
        {
            "data.public_fraction": 0.1,
            "data.num_private_examples": 270,
            "clipping.batch_size": 8,
            "steps.generator_batch_size": 8,
            "summary.fit_steps": 0,
        },
    )
    data = run_data.load(recipe, data_dir=folder)
    files = training.train(
        recipe, run_dir=tmp_path / "run", data_dir=folder, with_scores=False
    )
    assert all(f.ok for f in claim_check.check_run(files.root))
    taken = private_summary.read(recipe, files)
    assert taken.moments is None
    features = scattering.transform(tf.constant(data.public.examples / 255))
    np.testing.assert_allclose(
        taken.projection.center, features.numpy().mean(axis=0), rtol=1e-6
    )
    seen, _ = training._with_summary(recipe, data, teams.ALONE, taken)
    assert seen.public is data.public


def test_every_machine_has_the_chiefs_surrogates_as_public_records(
    folder, recipe, guided
):
    taken = private_summary.read(recipe, guided)
    data = run_data.load(recipe, data_dir=folder)
    chief = summary_runs.Chief()
    chiefs, of_chief = training._with_summary(recipe, data, chief, taken)
    follower = summary_runs.Follower(chief.said)
    heard, of_follower = training._with_summary(recipe, data, follower, None)
    summary_runs.require_same(of_chief, of_follower)
    expected = taken.surrogates(records.DIGITS, teams.ALONE)
    for seen in (chiefs, heard):
        np.testing.assert_array_equal(seen.public.examples, expected.examples)
        np.testing.assert_array_equal(seen.public.labels, expected.labels)


def test_the_private_steps_follow_the_summary_and_the_guide_labels_samples(
    recipe, watched
):
    files, watch = watched
    taken = private_summary.read(recipe, files)
    guide = guides.Guide(taken.guide)
    beside = taken.loss()
    some = tf.constant(records.scale(summary_runs.pixels(20)))
    labels = tf.constant(np.arange(20) % 10)
    np.testing.assert_allclose(
        watch.model._beside(some, labels), beside(some, labels), rtol=1e-5
    )
    directory = sampling.generator_directory(files.release)
    made = sampling.load_generator(directory).all_samples(100, 1)
    expected = tf.argmax(guide(tf.constant(made.examples)), axis=1)
    np.testing.assert_array_equal(made.labels, expected)
    run_release.write_again(recipe, files)
    again = sampling.load_generator(directory).all_samples(100, 1)
    np.testing.assert_array_equal(made.labels, again.labels)


def test_what_was_taken_is_read_as_it_was(recipe, guided):
    taken = private_summary.read(recipe, guided)
    assert taken.features.means.shape == (10, 24)
    assert taken.features.products.shape == (10, 3, 3)
    assert taken.projection.directions.shape[1] == 24


def test_functions_of_a_release_are_numbered_as_if_no_record_was_read(
    guided, recipe, tmp_path
):
    """Features of 500 records at a time are traced once for each length."""
    form = records.Form((28, 28, 1), num_classes=10)
    taken = private_summary.read(recipe, guided)
    zeros = [
        np.zeros(weight.shape)
        for weight in assembly.build_generator(recipe, form).weights
    ]
    release_process.write(
        tmp_path,
        release_contents.Contents(
            recipe=recipe,
            form=form,
            columns=(),
            weights=zeros,
            guide=taken.guide,
            class_shares=taken.class_shares,
        ),
    )
    name = "generator/1/saved_model.pb"
    released = (guided.release / name).read_bytes()
    assert released == (tmp_path / name).read_bytes()


def test_the_private_steps_begin_with_the_fitted_generator(watched):
    """And an interrupted run fits it once."""
    files, watch = watched
    fitted = tf.train.load_checkpoint(
        tf.train.latest_checkpoint(files.checkpoints("summary"))
    )
    for i, (first, second) in enumerate(zip(*watch.begun, strict=True)):
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(
            first, fitted.get_tensor(f"w{i}/.ATTRIBUTES/VARIABLE_VALUE")
        )
