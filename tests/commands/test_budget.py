"""The command that keeps one budget for many runs."""

import json
import shutil

import numpy as np
import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.commands import budget
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.register import register as registers
from tests.privacy.register import examples

_CREATE = ("--create", "--epsilon=4", "--delta=1e-5")


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "all.budget")


def run(*arguments):
    flag_values = flags.FlagValues()
    budget.define_flags(flag_values)
    flag_values(["budget", *arguments])
    return budget.run(flag_values)


def report(capsys, path):
    capsys.readouterr()
    run(f"--file={path}", "--json")
    return json.loads(capsys.readouterr().out)


def test_a_new_register_shows_its_policy(path, capsys):
    run(f"--file={path}", *_CREATE)
    assert "epsilon 4 at delta 1e-05 for all runs" in capsys.readouterr().out
    found = report(capsys, path)
    assert found["policy"] == {"epsilon": 4.0, "delta": 1e-5}
    assert (found["runs"], found["spent"], found["left"]) == ([], 0.0, 4.0)
    assert "--budget=" in found["next"][0]


def test_the_kind_of_policy_is_said_at_creation(path):
    run(f"--file={path}", *_CREATE, "--adaptive", "--most_records_per_unit=3")
    policy = registers.read(path).policy
    assert policy.order is not None and policy.most_records_per_unit == 3


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "FILE: missing"),
        (["--file=a", "--create", "--delta=1e-5"], "--epsilon: missing"),
        (["--file=a", "--create", "--epsilon=1"], "--delta: missing"),
        (["--file=a", "--epsilon=1"], "--epsilon: is said once"),
        (["--file=a", "--adaptive"], "--adaptive: is said once"),
        (["--file=a", "--add=b", "--settle=c"], "--add, --settle: give one"),
        (["--file=a", "--add=/nowhere"], "--add=/nowhere: no such folder"),
        (["--file=a", "--settle=/nowhere"], "--settle=/nowhere: no such"),
    ],
)
def test_bad_input_names_the_flag(arguments, named):
    with pytest.raises(errors.UserError, match=named):
        run(*arguments)


def test_bad_registers_are_one_line(path):
    with pytest.raises(privacy_errors.LedgerError, match="no register"):
        run(f"--file={path}")
    run(f"--file={path}", *_CREATE)
    with pytest.raises(privacy_errors.LedgerError, match="exists"):
        run(f"--file={path}", *_CREATE)
    with pytest.raises(privacy_errors.PrivacyError, match="delta=2"):
        run(f"--file={path}2", "--create", "--epsilon=4", "--delta=2")
    for damaged in ("", "{}\n"):
        with open(path, "w") as file:
            file.write(damaged)
        with pytest.raises(privacy_errors.LedgerError, match="all.budget"):
            run(f"--file={path}")


def test_runs_are_shown_with_what_they_cost_alone(path, capsys):
    examples.create(path)
    examples.reserve(path, 7, examples.plan(60, q=0.05, summary=20.0))
    run(f"--file={path}")
    text = capsys.readouterr().out
    assert examples.name(7)[:12] in text and "reserved" in text
    (shown,) = report(capsys, path)["runs"]
    assert shown["run"] == examples.name(7) and not shown["settled"]
    assert shown["plan"]["num_steps"] == 60
    alone = examples.policy().spent([examples.plan(60, q=0.05, summary=20.0)])
    assert shown["epsilon_alone"] == alone


def test_the_records_can_be_said_in_each_of_their_forms(path, tmp_path):
    rng = np.random.default_rng(0)
    for size in (28, 32):
        images = rng.integers(0, 256, (30, size, size), np.uint8)
        np.savez(tmp_path / f"{size}.npz", images=images)
    run(f"--file={path}", *_CREATE, f"--data={tmp_path}/28.npz")
    assert len(registers.read(path).fingerprints) == 1
    for _ in range(2):
        run(f"--file={path}", f"--data={tmp_path}/32.npz")
        assert len(registers.read(path).fingerprints) == 2


def test_a_run_that_exists_is_entered_and_settled(
    labelled, path, tmp_path, capsys
):
    """It went to its end, so that its whole plan is spent."""
    shutil.copytree(labelled.files.root, tmp_path / "run")
    files = run_files.RunFiles(tmp_path / "run")
    run(f"--file={path}", *_CREATE, "--adaptive")
    for _ in range(2):
        run(f"--file={path}", f"--add={files.root}")
        (shown,) = report(capsys, path)["runs"]
        assert shown["settled"]
        assert shown["plan"]["num_steps"] == labelled.recipe.steps.num_steps
    run(f"--file={path}", f"--settle={files.root}")
    assert json.loads(files.reservation.read_text())["register"] == path
