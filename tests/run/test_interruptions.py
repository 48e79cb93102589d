"""Runs that are killed, stopped or out of disk, and go on."""

import json
import random
import re
import resource
import signal
import subprocess
import time

import pytest

from dpgan_tf.claim import check as claim_check
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests import tiny_run


@pytest.mark.slow
def test_kills_at_random_moments_cost_steps_but_never_budget(tmp_path):
    """SIGKILL again and again; what was drawn is charged, keys never repeat."""
    arguments = tiny_run.command(
        tmp_path, steps__num_steps=200, steps__checkpoint_every=5
    )
    ledger = tmp_path / "run/private/ledger.jsonl"
    rng = random.Random(3)
    for _ in range(2):
        process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        size = ledger.stat().st_size if ledger.exists() else 0
        while process.poll() is None and not (
            ledger.exists() and ledger.stat().st_size > size + 900
        ):
            time.sleep(0.05)
        time.sleep(rng.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    charged_by_crashes = ledgers.read(ledger).charged_steps
    done = tiny_run.run(arguments)
    assert done.returncode == 0, done.stderr
    chain = ledgers.read(ledger)
    assert charged_by_crashes > 0
    assert chain.charged_steps == 200
    entries = tiny_run.ledger_entries(tmp_path)
    commitments = [
        entry["key_commitment"]
        for entry in entries
        if entry["kind"] == "attempt"
    ]
    assert len(commitments) == len(set(commitments)) == 3
    assert all(f.ok for f in claim_check.check_run(tmp_path / "run"))
    claim = json.loads((tmp_path / "run/release/privacy.json").read_text())
    assert claim["num_steps"] == 200
    assert claim["epsilon"] <= 1


def test_sigterm_stops_cleanly_and_gives_undrawn_steps_back(tmp_path):
    arguments = tiny_run.command(
        tmp_path, steps__num_steps=9_000, steps__checkpoint_every=100
    )
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    ledger = tmp_path / "run/private/ledger.jsonl"
    while not ledger.exists() or ledgers.read(ledger).charged_steps < 200:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate()
    assert process.returncode == 143, error
    assert "Traceback" not in error
    *before, last = tiny_run.ledger_entries(tmp_path)
    reserved = 100 * sum(entry["kind"] == "reserve" for entry in before)
    assert last["kind"] == "settle"
    assert last["num_drawn"] + last["num_returned"] == 100
    charged = ledgers.read(ledger).charged_steps
    assert charged == reserved - last["num_returned"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("num_bytes", "has_begun"), [(1_000, False), (6_000, True)]
)
def test_a_full_disk_is_said_and_the_run_goes_on(
    tmp_path, num_bytes, has_begun
):
    """No file may grow beyond it: config.json, or the first checkpoint."""
    train_arguments = tiny_run.command(tmp_path)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, num_bytes))

    done = tiny_run.run(train_arguments, preexec_fn=limit)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert re.match("dpgan: error: ", last), done.stderr
    ledger = tmp_path / "run/private/ledger.jsonl"
    assert ledger.exists() == has_begun
    assert not has_begun or ledgers.read(ledger).charged_steps == 0
    done = tiny_run.run(train_arguments)
    assert done.returncode == 0, done.stderr
    assert "differentially private" in done.stdout
