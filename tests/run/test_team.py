"""Several devices: what is asked for, and a whole run on two of them."""

import errno
import json
import signal
import subprocess
import time

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.privacy import draws
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import mechanism
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.release import sampling
from dpgan_tf.run import team as teams
from dpgan_tf.run.callbacks import ledger_guard
from tests import tiny_run
from tests.privacy.ledgers import header


@pytest.mark.parametrize(
    ("name", "devices", "message"),
    [
        ("none", ["GPU:0"], "has no effect without --strategy=mirrored"),
        ("mirrored", [], "two or more devices, found no GPU"),
        ("mirrored", ["CPU:0"], "two or more devices, found CPU:0"),
        ("mirrored", ["CPU:0", "CPU:0"], "two or more devices"),
        ("mirrored", ["CPU:0", "GPU:7"], "GPU:7 is not there"),
    ],
)
def test_devices_that_cannot_be_are_refused(name, devices, message):
    with pytest.raises(errors.UserError, match=message):
        teams.make(name, devices=devices)


def test_without_a_strategy_there_is_one_share():
    team = teams.make("none")
    assert team.is_chief
    shares = []
    team.distribute(shares.append)
    (share,) = shares
    assert (share.first, share.num_here, share.num_replicas) == (0, 1, 1)


@pytest.mark.parametrize(
    "kind", [tf.errors.UnavailableError, tf.errors.AbortedError]
)
def test_only_a_team_loses_machines(kind):
    error = kind(None, None, "\nfirst line\nsecond")
    with pytest.raises(kind), teams.losses_explained(teams.ALONE):
        raise error
    team = teams.Team(None, 1, 3)
    with (
        pytest.raises(errors.ClusterError, match=r"machine 1 of 3 .*\(first"),
        teams.losses_explained(team),
    ):
        raise error


class FakeModel:
    """A model that takes four critic steps a round, as `header` charges."""

    num_critic_steps = 4

    def __init__(self, **changes):
        self.permit = draws.Permit()
        values = {
            "noise_multiplier": 2.0,
            "num_groups": 4,
            "sampling_probability": 0.01,
            "expected_batch_size": 10,
        }
        self.mechanism = mechanism.GroupedGaussianMechanism(**values | changes)


def test_other_machines_hear_of_steps_that_are_on_disk(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger = ledgers.Ledger.create(path, header=header(max_steps=20))
    heard = []

    def announce(numbers):
        heard.append((list(numbers), ledgers.read(path).charged_steps))

    key = keys.from_entropy()
    guard = ledger_guard.LedgerGuard(
        ledger, key=key, num_rounds=5, reserve_every=8, announce=announce
    )
    guard.set_model(FakeModel())
    guard.on_train_begin()
    assert tuple(guard.model.permit.key.numpy()) == key.as_integers()
    assert key.commitment in path.read_text()
    guard.on_train_batch_begin(0)
    assert heard == [([8], 8)]
    assert guard.model.permit.num_left == 8


def test_nothing_is_drawn_or_announced_that_is_not_on_disk(
    tmp_path, monkeypatch
):
    ledger = ledgers.Ledger.create(
        tmp_path / "ledger.jsonl", header=header(max_steps=20)
    )
    heard = []
    guard = ledger_guard.LedgerGuard(
        ledger,
        key=keys.from_entropy(),
        num_rounds=5,
        reserve_every=8,
        announce=heard.append,
    )
    guard.set_model(FakeModel())
    guard.on_train_begin()

    def fail(num_steps):
        raise OSError(errno.ENOSPC, "the disk is full")

    monkeypatch.setattr(ledger, "reserve", fail)
    with pytest.raises(OSError, match="the disk is full"):
        guard.on_train_batch_begin(0)
    assert guard.model.permit.num_left == 0
    assert not heard


def guard_of(path, charged, *, key=None, num_rounds=5):
    return ledger_guard.LedgerGuard(
        ledgers.Ledger.create(path, header=charged),
        key=key or keys.from_entropy(),
        num_rounds=num_rounds,
        reserve_every=8,
    )


def test_what_is_reserved_when_a_signal_comes_is_given_back(
    tmp_path, monkeypatch
):
    """It acts when the ledger has the steps, and none of them is drawn."""
    path = tmp_path / "ledger.jsonl"
    guard = guard_of(path, header(max_steps=20), num_rounds=3)
    guard.set_model(FakeModel())
    guard.on_train_begin()
    guard.on_train_batch_begin(0)
    for _ in range(8):
        guard.model.permit.next_step()
    write_all = durable.write_all

    def interrupt(descriptor, line):
        write_all(descriptor, line[:9])
        signal.raise_signal(signal.SIGINT)
        write_all(descriptor, line[9:])

    monkeypatch.setattr(durable, "write_all", interrupt)
    with pytest.raises(KeyboardInterrupt):
        guard.on_train_batch_begin(1)
    monkeypatch.undo()
    assert ledgers.read(path).charged_steps == 12
    assert guard.model.permit.num_left == 0
    guard.close(is_clean=True)
    assert ledgers.read(path).charged_steps == 8


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("noise_multiplier", 1.0),
        ("num_groups", 5),
        ("sampling_probability", 0.02),
        ("expected_batch_size", 5),
    ],
)
def test_what_the_ledger_does_not_charge_is_not_drawn(tmp_path, name, value):
    """In Keras, too, where nothing but the callback knows of both."""
    path = tmp_path / "ledger.jsonl"
    guard = guard_of(path, header(max_steps=20))
    before = path.read_bytes()
    guard.set_model(FakeModel(**{name: value}))
    with pytest.raises(privacy_errors.PrivacyError, match=f"{name}={value}"):
        guard.on_train_begin()
    assert path.read_bytes() == before
    assert not guard.model.permit.key.numpy().any()


def test_a_machine_draws_only_what_it_heard_of():
    follower = ledger_guard.LedgerFollower(
        key=[5, 6, 7, 8], hear=lambda numbers: [np.int64(8) for _ in numbers]
    )
    follower.set_model(FakeModel())
    permit = follower.model.permit
    permit.allow(3)
    follower.on_train_begin()
    assert permit.num_left == 0
    assert list(permit.key.numpy()) == [5, 6, 7, 8]
    follower.on_train_batch_begin(0)
    assert permit.num_left == 8
    follower.on_train_batch_begin(1)
    assert permit.num_left == 8


@pytest.mark.slow
def test_a_run_on_two_devices_is_killed_and_goes_on_with_one(tmp_path):
    """What two devices drew is charged as always, and the claim holds."""
    command = tiny_run.command(
        tmp_path, steps__num_steps=120, steps__checkpoint_every=4
    )
    two = ["--strategy=mirrored", "--devices=CPU:0,CPU:1"]
    process = subprocess.Popen(
        [*command, *two], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    checkpoints = tmp_path / "run/private/checkpoints/private"
    while process.poll() is None and not list(checkpoints.glob("ckpt-*")):
        time.sleep(0.05)
    process.kill()
    _, error = process.communicate()
    assert process.returncode == -signal.SIGKILL, error
    assert list(checkpoints.glob("ckpt-*"))
    done = tiny_run.run(command)
    assert done.returncode == 0, done.stderr
    findings = claim_check.check_run(tmp_path / "run")
    assert all(finding.ok for finding in findings), findings
    files = run_files.existing(tmp_path / "run")
    claim = json.loads((files.release / "privacy.json").read_text())
    assert claim["num_steps"] == 120
    generator = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    assert np.all(np.isfinite(generator.all_samples(4, 0).examples))
