"""Two replicas take the step that one would take: noise is there once."""

import json
import os
import subprocess
import sys

import pytest

RUNS = ("basic", "basic_twice", "advanced", "decoupled")


@pytest.fixture(scope="module")
def found():
    done = subprocess.run(
        [sys.executable, "-m", "tests.models.replicas_program"],
        capture_output=True,
        text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("run", RUNS)
def test_two_replicas_make_the_weights_of_one(found, run):
    assert found[run]["moved"] > 1e-2
    assert found[run]["from_one"] < 1e-6
    assert found[run]["num_drawn"] == 4


@pytest.mark.parametrize("run", RUNS)
def test_replicas_have_the_same_weights_to_the_last_bit(found, run):
    assert found[run]["between"] == 0
