"""Runs that exist, and a register that comes later."""

import json
import shutil

import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.privacy.register import register as registers
from dpgan_tf.run import enrolment
from dpgan_tf.run import reservations
from tests.privacy.register import examples


@pytest.fixture
def register(tmp_path):
    registers.create(tmp_path / "all.budget", examples.policy())
    return tmp_path / "all.budget"


@pytest.fixture
def files(labelled, tmp_path):
    shutil.copytree(labelled.files.root, tmp_path / "run")
    return run_files.RunFiles(tmp_path / "run")


def charged(register):
    return registers.read(register).charged


def test_a_finished_run_is_entered_with_what_its_ledger_charged(
    files, register, labelled
):
    enrolment.add(files.root, register=register)
    (plan,) = charged(register)
    assert plan.num_steps == labelled.recipe.steps.num_steps
    assert plan.sampling_probability == labelled.recipe.sampling_probability


def test_a_run_that_may_go_on_is_entered_as_a_whole_and_can_be_ended(
    files, register
):
    shutil.rmtree(files.release)
    enrolment.add(files.root, register=register)
    (run,) = registers.read(register).runs.values()
    assert run.settled is None
    enrolment.settle(files.root, register=register)
    (run,) = registers.read(register).runs.values()
    assert run.settled is not None


def test_other_records_than_the_ledgers_are_not_entered(
    files, register, labelled, monkeypatch
):
    """The salt of another run stands for other records."""
    content = json.loads(files.data.read_text())
    content["fingerprint_salt"] = "ab" * 32
    files.data.write_text(json.dumps(content))
    with pytest.raises(privacy_errors.LedgerError, match="another data set"):
        enrolment.add(files.root, register=register)
    assert not charged(register)


def test_a_run_of_another_register_is_not_entered(files, register, tmp_path):
    enrolment.add(files.root, register=register)
    registers.create(tmp_path / "other", examples.policy())
    with pytest.raises(privacy_errors.LedgerError, match="another register"):
        enrolment.add(files.root, register=tmp_path / "other")
    assert not charged(tmp_path / "other")


def test_a_run_in_use_is_left_alone(files, register):
    for use in (enrolment.add, enrolment.settle):
        with (
            lock.lock(files.root),
            pytest.raises(privacy_errors.LedgerError, match="another process"),
        ):
            use(files.root, register=register)


def test_a_folder_without_a_run_is_refused(tmp_path, register):
    for use in (enrolment.add, enrolment.settle):
        with pytest.raises(errors.UserError, match="no run here"):
            use(tmp_path, register=register)


def test_an_unknown_run_is_not_settled(files, register):
    with pytest.raises(errors.UserError, match="charged to no register"):
        reservations.settle(files, register=register)
