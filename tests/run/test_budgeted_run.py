"""Whole runs that are charged to a register."""

import json
import subprocess

import pytest

from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.register import policy as policies
from dpgan_tf.privacy.register import register as registers
from dpgan_tf.run import entry
from dpgan_tf.run import reservation_memory
from dpgan_tf.run import training
from dpgan_tf.run.stages import run_ledger
from tests import tiny_run

_SMALL = {
    "steps.num_steps": 4,
    "steps.checkpoint_every": 2,
    "scoring.num_samples": 40,
}


@pytest.fixture
def register(tmp_path):
    made = policies.Policy(epsilon=1.0, delta=1e-3)
    registers.create(tmp_path / "all.budget", made)
    return tmp_path / "all.budget"


def train(folder, register=None, **changes):
    return training.train(
        tiny_run.recipe(folder, **_SMALL | changes),
        run_dir=folder / "run",
        data_dir=folder,
        with_scores=False,
        register=register,
    )


class _StopError(Exception):
    """Stands for a crash."""


@pytest.fixture
def stopped(monkeypatch, register):
    """Stops a run before its ledger, once it has been charged."""
    seen = []

    def stop(recipe, files, budget, private):
        seen.append(registers.read(register).charged)
        assert not files.ledger.exists() and not files.has_checkpoints
        assert seen[-1] == [budget.plan]
        raise _StopError

    monkeypatch.setattr(run_ledger, "open_or_begin", stop)
    return seen


def test_a_run_is_charged_before_its_ledger_begins_and_once(
    tmp_path, register, stopped
):
    for given in (register, None, register):
        with pytest.raises(_StopError):
            train(tmp_path, given)
    assert len(stopped) == 3


def test_a_run_that_does_not_fit_leaves_no_folder(tmp_path, register):
    with pytest.raises(privacy_errors.BudgetError, match="the policy allows"):
        train(tmp_path, register, budget__target_epsilon=6.0)
    assert not (tmp_path / "run").exists()
    assert not registers.read(register).runs


def test_a_run_that_was_begun_with_one_does_not_go_on_without(
    tmp_path, register, stopped
):
    with pytest.raises(_StopError):
        train(tmp_path, register)
    register.unlink()
    with pytest.raises(privacy_errors.LedgerError, match="no register"):
        train(tmp_path)
    assert len(stopped) == 1


def test_a_run_in_python_is_charged_too(tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        training,
        "train",
        lambda recipe, **given: (
            seen.update(given) or run_files.RunFiles(tmp_path)
        ),
    )
    path = tiny_run.write_records(tmp_path)
    entry.train(
        path,
        epsilon=1.0,
        delta=1e-3,
        num_records=300,
        recipe="quick",
        labels=False,
        run_dir=tmp_path / "run",
        data_dir=tmp_path,
        budget=tmp_path / "all.budget",
    )
    assert seen["register"] == tmp_path / "all.budget"


@pytest.mark.slow
def test_a_finished_run_is_settled_and_its_claim_holds(tmp_path, register):
    files = train(tmp_path, register)
    (run,) = registers.read(register).runs.values()
    assert run.run == reservation_memory.identity(files)
    assert run.settled == run.reserved.after(
        ledgers.read(files.ledger).charged_steps
    )
    assert all(finding.ok for finding in claim_check.check_run(files.root))
    released = b"".join(
        path.read_bytes() for path in files.release.rglob("*") if path.is_file()
    )
    kept = json.loads(files.reservation.read_text())
    for secret in (kept["run"], kept["head"], str(register)):
        assert secret.encode() not in released
    before = register.read_bytes()
    train(tmp_path)  # It is complete.
    assert register.read_bytes() == before


@pytest.mark.slow
def test_two_runs_that_start_at_once_do_not_both_take_what_one_may(
    tmp_path, register
):
    policy = policies.Policy(epsilon=0.55, delta=1e-3)
    register.unlink()
    registers.create(register, policy)
    command = tiny_run.command(tmp_path, **_SMALL)
    processes = [
        subprocess.Popen(
            [
                *(word.replace("/run", f"/{name}") for word in command),
                f"--budget={register}",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    said = [process.communicate()[1] for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 2]
    refused = said[[process.returncode for process in processes].index(2)]
    lines = [line for line in refused.splitlines() if "dpgan: error" in line]
    assert len(lines) == 1 and "the policy allows 0.55" in lines[0]
    assert len(registers.read(register).runs) == 1
