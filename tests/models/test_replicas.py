"""Several replicas take the step that one would take: noise is there once."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests import machines

_COMMAND = [sys.executable, "-m", "tests.models.replicas_program"]
_MACHINES = ("basic", "decoupled")


def _mirrored(*runs):
    done = subprocess.run(
        [*_COMMAND, "mirrored", *runs],
        capture_output=True,
        text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def mirrored():
    return _mirrored("basic")


@pytest.fixture(scope="module")
def mirrored_in_every_way():
    return _mirrored("basic_twice", "advanced", "decoupled", "rounded")


@pytest.fixture(scope="module")
def of_machines():
    found = []
    for process in machines.start([*_COMMAND, "multi_worker", *_MACHINES]):
        output, error = process.communicate(timeout=300)
        assert process.returncode == 0, error[-2000:]
        found.append(json.loads(output))
    return found


def _require_one_step(found):
    assert found["moved"] > 1e-2
    assert found["from_one"] < 1e-6
    assert found["num_drawn"] == 4
    assert len(found["weights"]) == 1, "to the last bit"


def _require_noise_of_one_device(found):
    """A million draws: the standard deviation is known to .07%."""
    assert abs(found["noise"] ** 2 - 1) < 0.01


def test_two_replicas_make_the_weights_of_one(mirrored):
    _require_one_step(mirrored["basic"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "run", ["basic_twice", "advanced", "decoupled", "rounded"]
)
def test_two_replicas_of_every_kind_make_the_weights_of_one(
    mirrored_in_every_way, run
):
    _require_one_step(mirrored_in_every_way[run])


@pytest.mark.slow
@pytest.mark.parametrize("run", _MACHINES)
def test_two_machines_make_the_weights_of_one(of_machines, run):
    for found in of_machines:
        _require_one_step(found[run])
    first, second = of_machines
    assert first[run]["weights"] == second[run]["weights"]


def test_noise_of_replicas_has_the_variance_of_one_device(mirrored):
    _require_noise_of_one_device(mirrored)


@pytest.mark.slow
def test_noise_of_machines_has_the_variance_of_one_device(of_machines):
    for found in of_machines:
        _require_noise_of_one_device(found)


def test_replicas_agree_on_the_mean(mirrored):
    assert mirrored["agreed"] == [5.0, 5.0]


@pytest.mark.slow
def test_machines_agree_on_the_mean(of_machines):
    assert [found["agreed"] for found in of_machines] == [[5.0], [5.0]]


@pytest.mark.slow
def test_machines_hear_what_the_chief_says_to_the_last_bit(of_machines):
    for found in of_machines:
        assert found["heard"][:3] == [7, 2**62, -3]
        assert found["heard"][3:] == np.float32([0.1, 0.2]).tolist()
