"""Several replicas take the step that one would take: noise is there once."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests import machines

_COMMAND = [sys.executable, "-m", "tests.models.replicas_program"]
_MIRRORED = ("basic", "basic_twice", "advanced", "decoupled")
_MACHINES = ("basic", "decoupled")


@pytest.fixture(scope="module")
def mirrored():
    done = subprocess.run(
        [*_COMMAND, "mirrored"],
        capture_output=True,
        text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def of_machines():
    found = []
    for process in machines.start([*_COMMAND, "multi_worker"]):
        output, error = process.communicate(timeout=300)
        assert process.returncode == 0, error[-2000:]
        found.append(json.loads(output))
    return found


@pytest.mark.parametrize("run", _MIRRORED)
def test_two_replicas_make_the_weights_of_one(mirrored, run):
    assert mirrored[run]["moved"] > 1e-2
    assert mirrored[run]["from_one"] < 1e-6
    assert mirrored[run]["num_drawn"] == 4


@pytest.mark.parametrize("run", _MIRRORED)
def test_replicas_have_the_same_weights_to_the_last_bit(mirrored, run):
    assert len(mirrored[run]["weights"]) == 1


@pytest.mark.parametrize("run", _MACHINES)
def test_two_machines_make_the_weights_of_one(of_machines, run):
    for found in of_machines:
        assert found[run]["moved"] > 1e-2
        assert found[run]["from_one"] < 1e-6
        assert found[run]["num_drawn"] == 4


@pytest.mark.parametrize("run", _MACHINES)
def test_machines_have_the_same_weights_to_the_last_bit(of_machines, run):
    first, second = of_machines
    assert first[run]["weights"] == second[run]["weights"]
    assert len(first[run]["weights"]) == 1


def test_noise_of_replicas_has_the_variance_of_one_device(
    mirrored, of_machines
):
    """A million draws: the standard deviation is known to .07%."""
    for found in (mirrored, *of_machines):
        assert abs(found["noise"] ** 2 - 1) < 0.01


def test_replicas_agree_on_the_mean(mirrored, of_machines):
    assert mirrored["agreed"] == [5.0, 5.0]
    assert [found["agreed"] for found in of_machines] == [[5.0], [5.0]]


def test_machines_hear_what_the_chief_says_to_the_last_bit(of_machines):
    for found in of_machines:
        assert found["heard"][:3] == [7, 2**62, -3]
        assert found["heard"][3:] == np.float32([0.1, 0.2]).tolist()
