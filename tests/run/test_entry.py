"""Training in Python is what the command does, from arrays to a release."""

import json

import keras
import numpy as np
import pandas
import pytest
from keras import layers

import dpgan_tf
from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.data.tables import schema_text
from dpgan_tf.run import assembly
from dpgan_tf.run import data as run_data
from dpgan_tf.run import entry
from dpgan_tf.run import outlook
from dpgan_tf.run import precision
from dpgan_tf.run import training
from tests import summary_runs
from tests import tiny_run
from tests.data.tables import examples
from tests.data.tables import tables


def records(num=300):
    rng = np.random.default_rng(0)
    labels = np.arange(num) % 10 + 1
    images = rng.integers(0, 40, (num, 28, 28)) + 20 * labels[:, None, None]
    return images.astype(np.uint8), labels


def arguments(folder):
    """Return what trains a tiny run on labels from 1 to 10."""
    base = tiny_run.small(
        presets.get("mnist_quick"),
        summary_runs.SETTINGS | {"name": "quick", "networks.precision": "auto"},
    )
    return {
        "epsilon": 2.0,
        "num_records": 300,
        "num_classes": "1-10",
        "recipe": base,
        "run_dir": folder / "run",
        "data_dir": folder,
        "settings": {"steps.num_steps": 4},
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("python")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(precision, "has_bfloat16", lambda: True)
        patched.setattr(precision, "speedup", lambda *_: 9.0)
        return dpgan_tf.train(records(), **arguments(folder))


def test_arrays_become_a_release_that_verifies(run):
    assert run.release.verify()
    assert run.claim.epsilon <= 2.0 and run.claim["num_steps"] == 4
    assert run.claim.delta == run.recipe.budget.target_delta
    assert run.recipe.data.num_private_examples == 300
    assert run.recipe.data.first_label == 1
    assert run.scores is None and "quick" in repr(run)
    images, labels = run.release.sample(20, seed=1)
    assert images.shape == (20, 28, 28, 1) and labels.shape == (20,)


def test_the_same_call_finds_the_finished_run(run):
    again = dpgan_tf.train(records(), **arguments(run.run_dir.parent))
    assert again.claim == run.claim and again.recipe == run.recipe
    assert run.recipe.networks.precision == "bfloat16"


def test_other_records_do_not_go_on_with_a_run(run):
    images, labels = records()
    with pytest.raises(errors.UserError, match="the data are others"):
        dpgan_tf.train((images[::-1], labels), **arguments(run.run_dir.parent))


def test_a_file_is_trained_on_where_it_lies(tmp_path, monkeypatch):
    asked = {}

    def train(recipe, **given):
        asked.update(given, recipe=recipe)
        return "files"

    monkeypatch.setattr(training, "train", train)
    base = tiny_run.recipe(tmp_path)
    path = tmp_path / "records.npz"
    made = entry.train(path, recipe=base, data_dir=tmp_path)
    assert made.files == "files" and asked["recipe"] == base == made.recipe
    assert asked["run_dir"] == "runs/records_mnist_quick"
    assert asked["with_scores"] is True


def _frame():
    return pandas.DataFrame(tables.rows(2_000), columns=tables.HEADER)


def test_a_frame_with_a_schema_is_kept_in_the_run(tmp_path, monkeypatch):
    asked = {}

    def train(recipe, **given):
        asked.update(given, recipe=recipe)
        return "files"

    monkeypatch.setattr(training, "train", train)
    given = {
        "epsilon": 2.0,
        "num_records": 800,
        "schema": json.loads(examples.everything()),
        "run_dir": tmp_path / "run",
    }
    entry.train(_frame(), **given)
    kept = tmp_path / "run" / "private" / "records.parquet"
    recipe = asked["recipe"]
    assert recipe.data.source == str(kept) and kept.exists()
    assert recipe.data.schema == schema_text.to_text(tables.SCHEMA)
    first = run_data.load(recipe, data_dir=tmp_path).private
    entry.train(_frame(), **given)
    again = run_data.load(asked["recipe"], data_dir=tmp_path).private
    np.testing.assert_array_equal(first.examples, again.examples)
    with pytest.raises(errors.UserError, match="the data are others"):
        entry.train(_frame()[::-1], **given)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "none.json"}, "none.json: is no schema"),
        ({"schema": {}}, "schema: is no schema .has no format"),
        ({"unit_column": "patient"}, "--unit_column=patient"),
        ({"units": ["a"]}, "units: are for arrays"),
        ({"outside": "nearest"}, "outside=nearest"),
        ({"data": records()[0]}, "is for a DataFrame or the path"),
    ],
)
def test_a_schema_that_does_not_fit_leaves_nothing(tmp_path, changes, said):
    given = {
        "data": _frame(),
        "epsilon": 2.0,
        "num_records": 800,
        "schema": tables.SCHEMA,
        "run_dir": tmp_path / "run",
    } | changes
    with pytest.raises(errors.UserError, match=said):
        entry.train(given.pop("data"), **given)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("data", "given", "said"),
    [
        ("mnist", {}, "--epsilon: missing"),
        (records()[0], {"epsilon": 1.0}, "run_dir: missing; arrays"),
        (
            records()[0],
            {"epsilon": 1.0, "run_dir": "x"},
            "num_records=300",
        ),
    ],
)
def test_what_is_missing_is_said_and_leaves_nothing(
    data, given, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.UserError, match=said):
        dpgan_tf.train(data, **given)
    assert not list(tmp_path.iterdir())


def test_a_hopeless_budget_leaves_no_folder(tmp_path):
    given = arguments(tmp_path) | {"epsilon": 0.01}
    with pytest.raises(errors.ConfigError, match="the noise of the summary"):
        dpgan_tf.train(records(), **given)
    assert not (tmp_path / "run").exists()


class _Judged(Exception):
    """Ends a run where its budget is judged."""


def _critic(num_classes=10):
    image = keras.Input((28, 28, 1))
    label = keras.Input((), dtype="int64")
    code = layers.Embedding(num_classes, 2)(label)
    seen = layers.Concatenate()([layers.Flatten()(image), code])
    return keras.Model([image, label], layers.Dense(1)(seen))


def _generator():
    latent = keras.Input((6,))
    label = keras.Input((), dtype="int64")
    code = layers.Concatenate()([latent, layers.Embedding(10, 2)(label)])
    image = layers.Dense(28 * 28, activation="tanh")(code)
    image = layers.Reshape((28, 28, 1))(image)
    return keras.Model([latent, label], image)


def test_the_budget_that_is_judged_is_that_of_the_given_critic(
    tmp_path, monkeypatch
):
    judged = []

    def require(recipe, form, budget):
        judged.append(assembly.critic_shapes(recipe, form))
        raise _Judged

    monkeypatch.setattr(outlook, "require", require)
    own = {"critic": _critic, "generator": _generator}
    with pytest.raises(_Judged):
        dpgan_tf.train(records(), **arguments(tmp_path), **own)
    expected = [tuple(weight.shape) for weight in _critic().weights]
    assert [tuple(shape) for shape in judged[0]] == expected
    assert not (tmp_path / "run").exists()


def test_a_critic_that_does_not_fit_leaves_no_folder(tmp_path):
    own = {"critic": lambda: _critic(num_classes=3), "generator": _generator}
    with pytest.raises(errors.UserError, match="critic"):
        dpgan_tf.train(records(), **arguments(tmp_path), **own)
    assert not list(tmp_path.iterdir())
