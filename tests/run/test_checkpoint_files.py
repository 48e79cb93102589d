"""Checkpoints that a power loss, a crash or a bad disk has met."""

import os
import shutil
import socket

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run.callbacks import checkpointing
from tests.models import tiny
from tests.privacy import ledgers as headers


def _variables(value=0.0):
    return {
        "weights": tf.Variable(np.full([300], value, np.float32)),
        "steps": tf.Variable(np.int64(value)),
        "head": tf.Variable(f"head {value}"),
    }


def _save(folder, *numbers, keep=9):
    for number in numbers:
        checkpoint_files.save(
            _variables(float(number)), folder, number=number, keep=keep
        )


def _ledger(path):
    return ledgers.Ledger.create(path, header=headers.header(max_steps=20))


def _empty(path):
    path.write_bytes(b"")


def _cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


def _zero(path):
    path.write_bytes(bytes(path.stat().st_size))


def _replace_by_folder(path):
    path.unlink()
    path.mkdir()


def _replace_by_pipe(path):
    path.unlink()
    os.mkfifo(path)


def _replace_by_socket(path):
    path.unlink()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path.with_name("s")))
    path.with_name("s").rename(path)


def _replace_by_link_to_pipe(path):
    path.unlink()
    os.mkfifo(path.parent.parent / f"{path.parent.name}.pipe")
    path.symlink_to(f"../{path.parent.name}.pipe")


_DAMAGES = (
    _empty,
    _cut,
    _flip,
    _zero,
    _replace_by_folder,
    _replace_by_pipe,
    _replace_by_socket,
    _replace_by_link_to_pipe,
    os.unlink,
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    _save(folder, 4, 8)
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "checkpoints")


@pytest.mark.parametrize("part", ["index", "data-00000-of-00001"])
@pytest.mark.parametrize("damage", _DAMAGES, ids=lambda f: f.__name__)
def test_a_damaged_checkpoint_is_passed_over_for_an_older_whole_one(
    folder, capsys, part, damage
):
    damage(folder / f"ckpt-8/variables.{part}")
    found = _variables()
    assert checkpoint_files.restore(found, folder) == 4
    assert found["weights"].numpy().tolist() == [4.0] * 300
    assert found["head"].numpy() == b"head 4.0"
    note = capsys.readouterr().err
    assert "ckpt-8: damaged" in note and "going on from ckpt-4" in note
    assert len(note.strip().splitlines()) == 1


def test_an_empty_folder_or_file_in_place_of_a_checkpoint_is_passed_over(
    folder,
):
    (folder / "ckpt-12").mkdir()
    (folder / "ckpt-16").write_bytes(b"")
    (folder / "ckpt-20").symlink_to("nowhere")
    assert checkpoint_files.restore(_variables(), folder) == 8


@pytest.mark.parametrize("damage", _DAMAGES, ids=lambda f: f.__name__)
def test_where_none_is_whole_nothing_is_changed_and_one_line_says_so(
    folder, damage
):
    for path in folder.glob("ckpt-*/variables.index"):
        damage(path)
    found = _variables(1.0)
    with pytest.raises(
        errors.UserError, match="ckpt-8: the checkpoint is missing or damaged"
    ) as caught:
        checkpoint_files.restore(found, folder)
    assert "\n" not in str(caught.value)
    assert found["weights"].numpy().tolist() == [1.0] * 300


@pytest.mark.parametrize("content", [None, b"", b"\xff\x00", b"x" * 5000])
def test_the_note_for_other_tools_is_never_read(folder, content):
    path = folder / "checkpoint"
    path.unlink() if content is None else path.write_bytes(content)
    assert checkpoint_files.restore(_variables(), folder) == 8


def test_other_tools_find_the_newest(folder):
    newest = tf.train.latest_checkpoint(folder)
    assert newest == str(folder / "ckpt-8" / "variables")


def test_a_checkpoint_of_other_shapes_or_names_is_none_of_this_run(folder):
    for wrong in (
        {"weights": tf.Variable(np.zeros([2], np.float32))},
        {"bias": tf.Variable(np.zeros([300], np.float32))},
    ):
        with pytest.raises(checkpoint_files.NoWholeCheckpointError):
            checkpoint_files.restore(wrong, folder)


def test_the_newest_are_kept_and_what_could_not_be_restored_goes(tmp_path):
    _save(tmp_path, 2, 4, 6, keep=2)
    assert checkpoint_files.all_numbers(tmp_path) == [4, 6]
    _empty(tmp_path / "ckpt-6" / "variables.index")
    assert checkpoint_files.restore(_variables(), tmp_path) == 4
    assert checkpoint_files.all_numbers(tmp_path) == [4, 6]
    _save(tmp_path, 5, keep=2)
    assert checkpoint_files.all_numbers(tmp_path) == [4, 5]
    assert sorted(os.listdir(tmp_path)) == ["checkpoint", "ckpt-4", "ckpt-5"]


def test_a_damaged_checkpoint_is_replaced_by_one_of_its_number(tmp_path):
    _save(tmp_path, 4, 6)
    _empty(tmp_path / "ckpt-6" / "variables.index")
    _save(tmp_path, 6)
    assert checkpoint_files.restore(_variables(), tmp_path) == 6


def test_there_is_none_where_nothing_was_saved(tmp_path):
    assert checkpoint_files.restore(_variables(), tmp_path / "none") is None
    assert checkpoint_files.restore(_variables(), tmp_path) is None
    assert os.listdir(tmp_path) == []


def test_what_a_killed_save_left_is_removed_by_the_next_start(
    tmp_path, monkeypatch
):
    _save(tmp_path, 4)
    shutil.copytree(tmp_path / "ckpt-4", tmp_path / ".dpgan-abcdefgh" / "x")
    assert checkpoint_files.restore(_variables(), tmp_path) == 4
    assert sorted(os.listdir(tmp_path)) == ["checkpoint", "ckpt-4"]


def test_a_machine_at_fault_is_no_damage(folder, monkeypatch):
    def refuse(prefix):
        raise tf.errors.PermissionDeniedError(None, None, f"{prefix}; no")

    monkeypatch.setattr(tf.train, "load_checkpoint", refuse)
    with pytest.raises(tf.errors.PermissionDeniedError):
        checkpoint_files.restore(_variables(), folder)


def test_steps_after_an_older_checkpoint_stay_charged(tmp_path):
    """The heads of both checkpoints are in the ledger; its count is kept."""
    ledger = _ledger(tmp_path / "ledger.jsonl")
    ledger.begin_attempt("a" * 64)
    model = tiny.private_gan()
    checkpoints = checkpointing.Checkpoints(
        tmp_path / "kept", every=4, ledger=ledger
    )
    assert checkpoints.restore(model) == 0
    for step in (4, 8):
        ledger.reserve(4)
        model.steps.assign(step)
        checkpoints.save()
    _empty(tmp_path / "kept/ckpt-8/variables.data-00000-of-00001")
    again = checkpointing.Checkpoints(tmp_path / "kept", every=4, ledger=ledger)
    assert again.restore(model) == 4
    assert ledger.charged_steps == 8


def test_an_older_ledger_is_refused_with_an_older_checkpoint_too(tmp_path):
    ledger = _ledger(tmp_path / "ledger.jsonl")
    ledger.begin_attempt("a" * 64)
    model = tiny.private_gan()
    checkpoints = checkpointing.Checkpoints(
        tmp_path / "kept", every=4, ledger=ledger
    )
    checkpoints.restore(model)
    for step in (4, 8):
        ledger.reserve(4)
        model.steps.assign(step)
        checkpoints.save()
    _empty(tmp_path / "kept/ckpt-8/variables.index")
    other = _ledger(tmp_path / "other.jsonl")
    again = checkpointing.Checkpoints(tmp_path / "kept", every=4, ledger=other)
    with pytest.raises(privacy_errors.LedgerError, match="newer than the"):
        again.restore(model)
