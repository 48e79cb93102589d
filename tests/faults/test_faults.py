"""Faults of the disk that a quick command can meet; `make faults` has all."""

import errno
import os

import pytest

from tests.faults import cases
from tests.faults import disk as disks
from tests.faults import scenarios


@pytest.fixture(
    params=[
        "steps",
        pytest.param("register", marks=pytest.mark.slow),
        "table",
        "pictures",
        "shards",
    ]
)
def prepared(request, tmp_path, monkeypatch):
    """A command with everything that a crash could leave of it."""
    scenario = scenarios.QUICK[request.param]
    cases.prepare(scenario, tmp_path)
    crashes, num_operations = cases.crashes(scenario, tmp_path)
    return request.param, scenario, crashes, num_operations


def test_a_command_gets_over_crashes_and_errors(prepared, tmp_path):
    """Nothing is undercounted, no key used again, nothing half counts."""
    name, scenario, crashes, num_operations = prepared
    assert len(crashes) > 10 and num_operations > 10
    faults = list(cases.errors_of(num_operations))
    wrong = {
        crash.name: problems
        for crash in crashes
        if (problems := cases.after_crash(scenario, tmp_path, crash))
    }
    # Loading a generator takes time.
    for fault in faults[:: 6 if name == "shards" else 2]:
        problems = cases.after_error(scenario, tmp_path, fault)
        if problems:
            wrong[str(fault)] = problems
    assert not wrong


def _write(path, text, *, synced):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(descriptor, text.encode())
    if synced:
        os.fsync(descriptor)
    os.close(descriptor)


def _sync_folder(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _left(disk, tmp_path):
    """Return what a power loss leaves, with all names and with the synced."""
    found = []
    for name in ("emptied", "durable"):
        target = tmp_path / f"left-{name}-{disk.num_operations}"
        getattr(disk, f"keep_{name}")(target)
        found.append(dict(disks.tree(target)))
    return found


def test_a_power_loss_takes_what_was_not_synced(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "old").write_text("old")
    with disks.Disk(root) as disk:
        _write(root / "new", "new", synced=False)
        assert _left(disk, tmp_path) == [
            {"old": b"old", "new": b""},
            {"old": b"old"},
        ]
        _write(root / "new", "new", synced=True)
        os.rename(root / "new", root / "old")
        assert _left(disk, tmp_path) == [{"old": b"new"}, {"old": b"old"}]
        _sync_folder(root)
        assert _left(disk, tmp_path) == [{"old": b"new"}] * 2
        _write(root / "old", "newer", synced=False)
        assert _left(disk, tmp_path) == [{"old": b"new"}] * 2


def test_a_disk_fails_as_it_is_told(tmp_path):
    full = disks.Disk(tmp_path, fault=disks.Fault(1, errno.ENOSPC))
    with full:
        os.mkdir(tmp_path / "a")
        for name in "bc":
            with pytest.raises(OSError, match="No space left"):
                os.mkdir(tmp_path / name)
        os.rename(tmp_path / "a", tmp_path / "d")
    assert os.listdir(tmp_path) == ["d"]
    with disks.Disk(tmp_path, fault=disks.Fault(0, errno.EIO)):
        with pytest.raises(OSError, match="Input/output"):
            os.rmdir(tmp_path / "d")
        os.rmdir(tmp_path / "d")


def test_a_killed_process_leaves_half_a_write(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    states = []

    def keep(operation):
        if operation.kind == "write":
            target = tmp_path / "left"
            disk.keep_killed(target, torn=operation)
            states.append(dict(disks.tree(target)))

    with disks.Disk(root, before=keep) as disk:
        _write(root / "file", "1234567", synced=False)
    assert states == [{"file": b"123"}]
    assert (root / "file").read_text() == "1234567"
