"""The precision of a new run is measured, and an old run keeps its own."""

import dataclasses
import json

import keras
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import assembly
from dpgan_tf.run import precision
from dpgan_tf.run import team as teams
from tests import tiny_run


@pytest.fixture
def undecided(tmp_path):
    return tiny_run.recipe(tmp_path, networks__precision="auto")


def _found(monkeypatch, *, speedup, able=True):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: able)
    monkeypatch.setattr(precision, "speedup", lambda *_: speedup)


@pytest.mark.parametrize(
    ("speedup", "able", "chosen", "said"),
    [
        (1.26, True, "bfloat16", "bfloat16 (bfloat16 is 1.26 times as fast"),
        (1.24, True, "float32", "float32 (bfloat16 is 1.24 times as fast"),
        (9.0, False, "float32", "float32 (only processors with bfloat16"),
    ],
)
def test_bfloat16_is_chosen_where_it_is_clearly_faster(
    monkeypatch, capsys, undecided, speedup, able, chosen, said
):
    _found(monkeypatch, speedup=speedup, able=able)
    found = precision.settled(undecided, records.DIGITS)
    assert found.networks.precision == chosen
    assert said in capsys.readouterr().err
    changed = {"networks.precision": chosen}
    assert found == recipes.change(undecided, changed)


def test_what_is_asked_for_is_not_measured(monkeypatch, undecided):
    monkeypatch.setattr(precision, "speedup", None)
    monkeypatch.setattr(precision, "has_bfloat16", None)
    for name in ("float32", "bfloat16"):
        asked = recipes.change(undecided, {"networks.precision": name})
        assert precision.settled(asked, records.DIGITS) == asked


def test_several_devices_decide_alike(monkeypatch, undecided):
    _found(monkeypatch, speedup=9.0)
    team = teams.Team(strategy=tf.distribute.OneDeviceStrategy("CPU:0"))
    found = precision.settled(undecided, records.DIGITS, team=team)
    assert found.networks.precision == "float32"


def test_a_network_that_cannot_be_copied_stays_float32_or_is_refused(
    monkeypatch, undecided
):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)
    monkeypatch.setattr(keras.models, "clone_model", None)
    found = precision.settled(undecided, records.DIGITS)
    assert found.networks.precision == "float32"
    asked = recipes.change(undecided, {"networks.precision": "bfloat16"})
    with pytest.raises(errors.UserError, match="use precision=float32"):
        precision.settled(asked, records.DIGITS)


@pytest.mark.parametrize("classes", [0, 10])
def test_a_measurement_is_a_ratio_of_times(monkeypatch, undecided, classes):
    monkeypatch.setattr(precision, "_SECONDS", 0.05)
    form = dataclasses.replace(records.DIGITS, num_classes=classes)
    recipe = recipes.change(undecided, {"networks.conditional": bool(classes)})
    assert 0.05 < precision.speedup(recipe, form) < 20


def test_a_processor_says_what_it_can(monkeypatch, tmp_path):
    said = tmp_path / "cpuinfo"
    monkeypatch.setattr(precision, "_PROCESSOR", said)
    assert not precision.has_bfloat16()
    for flags, able in (("fpu avx512f", False), ("fpu avx512_bf16", True)):
        said.write_text(f"model name : some\nflags\t\t: {flags}\n")
        assert precision.has_bfloat16() == able


@pytest.mark.parametrize(
    ("kept", "expected"), [("bfloat16", "bfloat16"), (None, "float32")]
)
def test_a_run_goes_on_with_what_it_began_with(
    tmp_path, undecided, kept, expected
):
    assert precision.as_begun(undecided, tmp_path / "none") == undecided
    values = json.loads(undecided.to_json())
    values["networks"]["precision"] = kept
    if kept is None:
        del values["networks"]["precision"]
    (tmp_path / "config.json").write_text(json.dumps(values))
    found = precision.as_begun(undecided, tmp_path)
    assert found.networks.precision == expected
    asked = recipes.change(undecided, {"networks.precision": "bfloat16"})
    assert precision.as_begun(asked, tmp_path) == asked


def test_every_precision_begins_with_the_same_weights(undecided):
    seeds = {
        assembly.initial_seed(
            recipes.change(undecided, {"networks.precision": name})
        )
        for name in ("auto", "float32", "bfloat16")
    }
    assert len(seeds) == 1
