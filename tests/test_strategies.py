"""Several devices: what is asked for, and a whole run on two of them."""

import json
import signal
import subprocess
import time

import numpy as np
import pytest

from dpgan_tf import claim_check
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf import sampling
from dpgan_tf import strategies
from tests import tiny_run


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
        strategies.make(name, devices=devices)


def test_without_a_strategy_there_is_one_share(monkeypatch):
    assert strategies.make("none") is None
    shares = []
    strategies.distribute(None, shares.append)
    (share,) = shares
    assert (share.first, share.num_here, share.num_replicas) == (0, 1, 1)


def test_a_run_on_two_devices_is_killed_and_goes_on_with_one(tmp_path):
    """What two devices drew is charged as always, and the claim holds."""
    command = tiny_run.command(tmp_path, num_steps=120, checkpoint_every=4)
    two = ["--strategy=mirrored", "--devices=CPU:0,CPU:1"]
    process = subprocess.Popen(
        [*command, *two], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    checkpoints = tmp_path / "run/private/checkpoints/private"
    while process.poll() is None and not list(checkpoints.glob("*.index")):
        time.sleep(0.05)
    process.kill()
    _, error = process.communicate()
    assert process.returncode == -signal.SIGKILL, error
    assert list(checkpoints.glob("*.index"))
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
