"""The conversation with a peer, whose library is a stub."""

import sys

import numpy as np
import pytest

from benchmarks import cases
from benchmarks import inputs
from benchmarks.peers import client
from dpgan_tf import errors

STUB = "tests.benchmarks.stub_library"
STEP = {"case": "mlp", "batch": 2, "form": "private", "chunk_size": 2}


def running():
    return client.running("stub", python=sys.executable, module=STUB)


def test_a_peer_takes_steps_and_sums_what_it_is_given(tmp_path):
    given = inputs.draw(cases.CASES["mlp"], 3)
    sent, answered = tmp_path / "sent.npz", tmp_path / "answered.npz"
    inputs.save(sent, given)
    with running() as peer:
        step = peer.step(STEP)
        assert step() > 0
        assert step() > 0
        peer.ask(
            {
                "clipped_sum": STEP,
                "inputs": str(sent),
                "outputs": str(answered),
                "clip_norm": 1.0,
            }
        )
    with np.load(answered) as arrays:
        for i, weight in enumerate(given.weights):
            np.testing.assert_array_equal(arrays[f"arr_{i}"], 3 * weight)


def test_a_peer_that_ends_is_named():
    with (
        pytest.raises(errors.UserError, match="peer stub ended"),
        running() as peer,
    ):
        peer.step(STEP | {"form": "broken"})


def test_a_peer_that_cannot_begin_is_named():
    with client.running(
        "stub", python=sys.executable, module="no.such"
    ) as peer:
        for _ in range(2):
            with pytest.raises(errors.UserError, match="peer stub ended"):
                peer.ask(STEP)


def test_an_interpreter_that_is_not_there_is_named(tmp_path):
    missing = str(tmp_path / "python")
    with (
        pytest.raises(errors.UserError, match="--peers_python=.*python: No"),
        client.running("stub", python=missing, module=STUB),
    ):
        pass
