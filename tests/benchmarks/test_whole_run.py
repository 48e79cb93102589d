"""A whole run is timed in the package that it is asked for."""

import pathlib

import pytest

from benchmarks import teaching
from benchmarks import whole_run
from dpgan_tf import errors
from dpgan_tf.run import front_door
from tests import tiny_run

ROOT = pathlib.Path(__file__).parents[2]
SETTINGS = {
    "data": "mnist",
    "recipe": "quick",
    "epsilon": 4.0,
    "seed": 0,
    "scores": False,
    "changes": {"data.title": "a"},
    "commit": "abc",
}


def test_another_package_than_the_imported_one_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="was imported instead"):
        whole_run.measure(
            **SETTINGS, data_dir=str(tmp_path), package=str(tmp_path)
        )


@pytest.mark.slow
def test_a_tiny_run_is_told_to_its_stages(tmp_path, monkeypatch):
    tiny_run.write_labelled_records(tmp_path)
    recipe = tiny_run.recipe(tmp_path, networks__conditional=True)
    asked = []
    monkeypatch.setattr(
        front_door, "read", lambda wanted, **_: asked.append(wanted) or recipe
    )
    monkeypatch.setattr(teaching, "NUM_SAMPLES", 200)
    found = whole_run.measure(
        **SETTINGS, data_dir=str(tmp_path), package=str(ROOT)
    )
    assert asked[0].settings == {"data.split_seed": "0", "data.title": "a"}
    assert found["recipe"]["networks"]["critic_width"] == 2
    stages = found["stages"]
    assert found["seconds"] == pytest.approx(sum(stages.values()))
    for stage in ("warm start", "private training", "claim"):
        assert stages[stage] > 0
    assert found["cpu_seconds"] > 0
    assert 0 <= found["accuracy"] <= 1
    assert found["scores"] is None
    assert found["commit"] == "abc"
