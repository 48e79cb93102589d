"""A run of two machines: one is lost, the run goes on, the claim holds."""

import signal
import time

import pytest

from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests import machines
from tests import tiny_run

pytestmark = pytest.mark.slow

NUM_STEPS = 60
STRATEGY = ("--strategy=multi_worker", "--trusted_network")


@pytest.fixture(autouse=True)
def no_machine_outlives_a_test(monkeypatch):
    begun, begin = [], machines.start

    def remember(*args):
        begun.extend(begin(*args))
        return begun[-2:]

    monkeypatch.setattr(machines, "start", remember)
    yield
    for process in begun:
        process.kill()
        process.communicate()


def start(folder, **changes):
    command = tiny_run.command(
        folder, steps__num_steps=NUM_STEPS, steps__checkpoint_every=4, **changes
    )
    return machines.start([*command, *STRATEGY])


def checkpoints(folder):
    kept = folder / "run/private/checkpoints/private"
    return {path.name for path in kept.glob("ckpt-*")}


@pytest.mark.parametrize(
    "lost", [pytest.param(1, id="worker"), pytest.param(0, id="chief")]
)
def test_a_machine_is_killed_and_the_run_goes_on(tmp_path, lost):
    both = start(tmp_path)
    while not checkpoints(tmp_path):
        assert all(process.poll() is None for process in both)
        time.sleep(0.05)
    both[lost].kill()
    both[lost].communicate()
    _, error = both[1 - lost].communicate(timeout=120)
    assert both[1 - lost].returncode == 2
    last = error.strip().splitlines()[-1]
    assert last.startswith(
        f"dpgan: error: machine {1 - lost} of 2 has lost another"
    )
    assert "start the same command on all of them" in last

    files = run_files.existing(tmp_path / "run")
    newest = max(int(name.split("-")[1]) for name in checkpoints(tmp_path))
    charged = ledgers.read(files.ledger).charged_steps
    assert newest <= charged < NUM_STEPS

    for process in start(tmp_path):
        _, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
    findings = claim_check.check_run(tmp_path / "run")
    assert all(finding.ok for finding in findings), findings
    assert ledgers.read(files.ledger).charged_steps == NUM_STEPS


def test_a_machine_with_other_records_is_refused(tmp_path):
    """Both say so; nothing was drawn, no ledger begun."""
    folders = tmp_path / "chief", tmp_path / "other"
    for seed, folder in enumerate(folders):
        folder.mkdir()
        tiny_run.write_records(folder, seed=seed)
    command = tiny_run.command(folders[0])
    command = [
        argument.replace(str(folders[0] / "records.npz"), "records.npz")
        for argument in command
        if not argument.startswith(("--run_dir", "--data_dir"))
    ]
    both = machines.start([*command, "--run_dir=run", *STRATEGY], folders)
    for process in both:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 2, error
        assert "machine 1: its records differ from the chief's" in error
    assert not (folders[0] / "run/private/ledger.jsonl").exists()


def test_a_clean_stop_of_the_chief_charges_what_was_drawn(tmp_path):
    both = start(tmp_path)
    while not checkpoints(tmp_path):
        assert all(process.poll() is None for process in both)
        time.sleep(0.05)
    both[0].send_signal(signal.SIGTERM)
    _, error = both[0].communicate(timeout=120)
    assert both[0].returncode == 143, error
    _, error = both[1].communicate(timeout=120)
    assert both[1].returncode == 2, error
    entries = tiny_run.ledger_entries(tmp_path)
    assert entries[-1]["kind"] == "settle"


def test_two_machines_train_on_the_chiefs_surrogates(tmp_path):
    tiny_run.write_labelled_records(tmp_path)
    both = start(
        tmp_path,
        data__public_fraction=0.0,
        data__num_private_examples=300,
        networks__conditional=True,
        loss="decoupled",
        grouping="single",
        summary="class_moments",
        summary__side=7,
        summary__num_surrogates=40,
    )
    for process in both:
        _, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
    findings = claim_check.check_run(tmp_path / "run")
    assert all(finding.ok for finding in findings), findings
