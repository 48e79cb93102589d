"""A whole run of grey records: seen stretched, and released as they are."""

from typing import NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.data import records
from dpgan_tf.release import sampling
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import team as teams
from dpgan_tf.run import training
from dpgan_tf.run.stages import private_batches
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import warm_start
from dpgan_tf.run.summary import private_summary
from dpgan_tf.run.summary import protocol
from tests import summary_runs
from tests import tiny_run

# So few records show their range only to an epsilon that protects nobody.
_SETTINGS = summary_runs.SETTINGS | {"budget.target_epsilon": 200.0}
_LOW, _HIGH = 0.25, 0.75


class Stopped(NamedTuple):
    """A run that was stopped after its summary, and went on."""

    files: run_files.RunFiles
    taken: protocol.Summary
    data: list[run_data.RunData]


@pytest.fixture(scope="module")
def grey_folder(tmp_path_factory):
    """A folder of records whose pixels are from 64 to 191."""
    folder = tmp_path_factory.mktemp("grey")
    labels = np.arange(tiny_run.NUM_RECORDS) % 10
    rng = np.random.default_rng(0)
    shape = [tiny_run.NUM_RECORDS, 28, 28]
    images = rng.integers(0, 40, shape) + 24 * labels[:, None, None]
    images[:, :2], images[:, 2:4] = 0, 255
    np.savez(
        folder / "records.npz",
        images=(images // 2 + 64).astype(np.uint8),
        labels=labels,
        num_classes=10,
    )
    return folder


@pytest.fixture(scope="module")
def recipe(grey_folder):
    return tiny_run.recipe(grey_folder, **_SETTINGS)


@pytest.fixture(scope="module")
def stopped(grey_folder, recipe):
    places = {"run_dir": grey_folder / "run", "data_dir": grey_folder}
    seen, steps = [], private_training.train

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    def watch(recipe, files, budget, data, *args, **kwargs):
        seen.append(data)
        return steps(recipe, files, budget, data, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm_start, "train", stop)
        with pytest.raises(KeyboardInterrupt):
            training.train(recipe, **places)
    taken = private_summary.read(recipe, run_files.RunFiles(places["run_dir"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(private_training, "train", watch)
        files = training.train(recipe, **places, with_scores=False)
    return Stopped(files, taken, seen)


def _require_in_range(images):
    assert images.min() >= 2 * _LOW - 1 - 1e-6
    assert images.max() <= 2 * _HIGH - 1 + 1e-6
    assert images.max() - images.min() > 0.1


def test_the_range_is_that_of_the_records_and_kept(recipe, stopped):
    np.testing.assert_array_equal(stopped.taken.pixels.ends, [_LOW, _HIGH])
    again = private_summary.read(recipe, stopped.files)
    summary_runs.require_same(again, stopped.taken)


def test_a_run_that_goes_on_sees_its_records_stretched(
    grey_folder, recipe, stopped
):
    (data,) = stopped.data
    loaded = run_data.load(recipe, data_dir=grey_folder)
    expected = stopped.taken.pixels.stretched(loaded.private.examples)[:]
    assert expected.min() == 0 and expected.max() >= 254
    np.testing.assert_array_equal(data.private.examples[:], expected)
    np.testing.assert_array_equal(data.pixels.ends, [_LOW, _HIGH])
    assert data.public.examples.max() > 200


def test_private_batches_are_of_stretched_records(recipe, stopped):
    budget = budgets.build_budget(recipe)
    (data,) = stopped.data
    rounds = private_batches.build(
        recipe, budget, data, key=[1, 2, 3, 4], first_step=0
    )
    batch, *_ = next(iter(rounds))
    batch = batch[0] if isinstance(batch, tuple) else batch
    examples = tf.reshape(batch.examples, [-1, 28, 28, 1]).numpy()
    assert examples.min() == -1 and examples.max() > 0.98


def test_what_is_released_is_in_the_range(stopped):
    made = tf.saved_model.load(
        str(sampling.generator_directory(stopped.files.release))
    )
    num, seed = tf.constant(50), tf.constant(3, tf.int64)
    for images in (
        made.signatures["sample"](num=num, seed=seed)["images"],
        made.signatures["sample_varied"](
            num=num, seed=seed, variety=tf.constant(3.0)
        )["images"],
        made.signatures["serving_default"](
            latent=tf.random.stateless_normal([50, 4], [0, 1]),
            label=tf.range(50, dtype=tf.int64) % 10,
        )["images"],
    ):
        _require_in_range(images.numpy())
    assert all(f.ok for f in claim_check.check_run(stopped.files.root))


def test_the_warm_starts_generator_is_in_the_range(stopped):
    before = sampling.load_generator(stopped.files.warm_start_generator)
    _require_in_range(before.all_samples(50, 3).examples)


def test_every_machine_has_the_chiefs_range(grey_folder, recipe, stopped):
    chief = summary_runs.Chief()
    data = run_data.load(recipe, data_dir=grey_folder)
    training._with_summary(recipe, data, chief, stopped.taken)
    follower = summary_runs.Follower(chief.said)
    seen, heard = training._with_summary(recipe, data, follower, None)
    np.testing.assert_array_equal(heard.pixels.ends, [_LOW, _HIGH])
    np.testing.assert_array_equal(
        seen.private.examples[:], stopped.data[0].private.examples[:]
    )
    alone, _ = training._with_summary(recipe, data, teams.ALONE, heard)
    np.testing.assert_array_equal(alone.public.examples, seen.public.examples)
    assert isinstance(seen.private, records.PrivateRecords)
