"""Runs whose unit of privacy is a person with several records."""

import json

import numpy as np
import pytest

import dpgan_tf
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check
from dpgan_tf.config import presets
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import own_records
from dpgan_tf.run import training
from dpgan_tf.run.stages import private_batches
from tests import summary_runs
from tests import tiny_run

NUM_PERSONS, MOST = 300, 3
PERSONS = {"data.most_records_per_unit": MOST}


def arrays(seed=0):
    """Return images, labels and persons, who have one to five records each."""
    rng = np.random.default_rng(seed)
    units = np.repeat(np.arange(NUM_PERSONS), rng.integers(1, 6, NUM_PERSONS))
    labels = np.arange(len(units)) % 10
    images = rng.integers(0, 40, (len(units), 28, 28))
    images += 20 * labels[:, None, None]
    return images.astype(np.uint8), labels, units


def write(folder, **more):
    images, labels, units = arrays()
    np.savez(
        folder / "records.npz",
        **{
            "x_train": images,
            "y_train": labels,
            "x_test": images[:60],
            "y_test": labels[:60],
            "num_classes": 10,
            "units": units,
        }
        | more,
    )


def recipe(folder, **changes):
    return tiny_run.recipe(folder, **summary_runs.SETTINGS | PERSONS | changes)


@pytest.mark.slow
def test_the_release_says_that_a_person_is_protected(tmp_path):
    write(tmp_path)
    files = training.train(
        recipe(tmp_path, **summary_runs.GUIDED | {"steps.num_steps": 4}),
        run_dir=tmp_path / "run",
        data_dir=tmp_path,
        with_scores=False,
    )
    claim = json.loads((files.release / "privacy.json").read_text())
    assert claim["most_records_per_unit"] == MOST
    assert "person" in claim["unit_of_privacy"]
    assert claim["num_examples"] == NUM_PERSONS
    assert all(one.ok for one in check.check_release(files.release))


class _SummaryBegun(Exception):
    """Raised where the summary would be taken."""


def test_ledger_and_summary_know_the_persons(tmp_path, monkeypatch):
    seen = []

    def begin(self, multipliers, *, num_examples, units, **more):
        seen.append((num_examples, units))
        raise _SummaryBegun

    monkeypatch.setattr(summary.SummaryMechanism, "__init__", begin)
    write(tmp_path)
    with pytest.raises(_SummaryBegun):
        training.train(
            recipe(tmp_path), run_dir=tmp_path / "run", data_dir=tmp_path
        )
    [(num_examples, units)] = seen
    assert num_examples == NUM_PERSONS
    np.testing.assert_array_equal(
        np.sort(np.bincount(units)),
        np.sort(np.minimum(np.bincount(arrays()[2]), MOST)),
    )
    files = run_files.RunFiles(tmp_path / "run")
    header = ledgers.read(files.ledger).header
    assert header["most_records_per_unit"] == MOST
    assert header["sampling_probability"] == 12 / NUM_PERSONS


def test_batches_hold_whole_persons_of_the_mechanism(tmp_path):
    write(tmp_path)
    made = recipe(tmp_path, clipping="fixed")
    data = run_data.load(made, data_dir=tmp_path)
    budget = budgets.build_budget(made, data.dataset.form)
    rounds = private_batches.build(
        made, budget, data, key=[1, 2, 3, 4], first_step=0
    )
    batch = next(iter(rounds))[0]
    # Chunks of eight records have room for two persons.
    assert batch.mask.shape[1] == 6
    assert batch.mask.numpy().reshape(-1, MOST)[:, 0].any()


def test_persons_are_counted_and_what_is_left_out_is_said(tmp_path, capsys):
    write(tmp_path)
    data = run_data.load(recipe(tmp_path), data_dir=tmp_path)
    assert data.private.num_units == NUM_PERSONS
    num = len(arrays()[2]) - len(data.private)
    assert f"{num:,} records are left out" in capsys.readouterr().err
    assert str(num) not in json.dumps(data.description)
    with pytest.raises(errors.ConfigError, match="which has 300 persons"):
        run_data.load(
            recipe(tmp_path, **{"data.num_private_examples": 900}),
            data_dir=tmp_path,
        )


def test_nothing_is_said_where_nothing_is_left_out(tmp_path, capsys):
    write(tmp_path)
    made = recipe(tmp_path, **{"data.most_records_per_unit": 5})
    data = run_data.load(made, data_dir=tmp_path)
    assert len(data.private) == len(arrays()[2])
    assert "left out" not in capsys.readouterr().err


def test_public_records_are_of_other_persons(tmp_path):
    write(tmp_path)
    made = tiny_run.recipe(tmp_path, **PERSONS)
    data = run_data.load(made, data_dir=tmp_path)
    assert data.private.num_units < NUM_PERSONS
    both = [
        {image.tobytes() for image in side.examples}
        for side in (data.public, data.private)
    ]
    units = arrays()[2]
    of_sides = [
        {
            units[i]
            for i, image in enumerate(data.dataset.train_images)
            if image.tobytes() in side
        }
        for side in both
    ]
    assert of_sides[0] and not of_sides[0] & of_sides[1]


@pytest.mark.parametrize(
    ("changes", "more", "problem"),
    [
        ({"data.most_records_per_unit": 1}, {}, "--records_per_person=L"),
        ({}, {"units": np.arange(5)}, "one person for each record"),
        ({}, {"units": np.full(5, np.nan)}, "one person for each record"),
        ({"data.unit_column": "a"}, {}, "no CSV or Parquet table"),
    ],
)
def test_persons_that_do_not_fit_spend_nothing(
    tmp_path, changes, more, problem
):
    write(tmp_path, **more)
    with pytest.raises(errors.UserError, match=problem) as caught:
        training.train(
            recipe(tmp_path, **changes),
            run_dir=tmp_path / "run",
            data_dir=tmp_path,
        )
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_records_without_persons_spend_nothing(tmp_path):
    tiny_run.write_labelled_records(tmp_path)
    with pytest.raises(errors.ConfigError, match="does not say whose record"):
        training.train(
            recipe(tmp_path), run_dir=tmp_path / "run", data_dir=tmp_path
        )
    assert not (tmp_path / "run").exists()


def arguments(folder):
    base = tiny_run.small(presets.get("mnist_quick"), summary_runs.SETTINGS)
    return {
        "epsilon": 2.0,
        "num_records": NUM_PERSONS,
        "num_classes": 10,
        "recipe": base,
        "run_dir": folder / "run",
        "data_dir": folder,
    }


def test_arrays_and_their_persons_are_kept_together(tmp_path, monkeypatch):
    asked = {}
    monkeypatch.setattr(
        training, "train", lambda recipe, **given: asked.update(recipe=recipe)
    )
    images, labels, units = arrays()
    dpgan_tf.train(
        (images, labels),
        units=[f"p{unit}" for unit in units],
        most_records_per_unit=MOST,
        **arguments(tmp_path),
    )
    assert asked["recipe"].data.most_records_per_unit == MOST
    assert asked["recipe"].data.num_private_examples == NUM_PERSONS
    with np.load(own_records.place("records.npz", tmp_path / "run")) as kept:
        assert kept["units"].tolist() == [f"p{unit}" for unit in units]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"units": True}, "--records_per_person=L"),
        ({"most_records_per_unit": 3}, "does not say whose record"),
        ({"units": True, "num_records": None}, "the number of its persons"),
        ({"units": [1, 2], "most_records_per_unit": 3}, "one person for each"),
        ({"unit_column": "a"}, "is for a table"),
        ({"most_records_per_unit": 0}, "--records_per_person=0; expected > 0"),
    ],
)
def test_arrays_and_persons_that_do_not_fit_spend_nothing(
    tmp_path, given, problem
):
    images, labels, units = arrays()
    if given.get("units") is True:
        given = given | {"units": units}
    if "num_records" in given:
        given = given | {"recipe": "quick", "most_records_per_unit": 3}
    with pytest.raises(errors.UserError, match=problem) as caught:
        dpgan_tf.train((images, labels), **arguments(tmp_path) | given)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_files_name_their_persons_themselves(tmp_path):
    write(tmp_path)
    with pytest.raises(errors.UserError, match="units: are for arrays"):
        dpgan_tf.train(
            tmp_path / "records.npz",
            units=arrays()[2],
            **arguments(tmp_path),
        )
