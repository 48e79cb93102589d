"""What has a name is whole; what is unfinished leaves nothing."""

import fcntl
import os
import stat

import pytest

from dpgan_tf.privacy import durable


@pytest.fixture
def calls(monkeypatch):
    """Names that were fsynced, and new names that were given, in order."""
    found = []
    fsync, rename = os.fsync, os.rename

    def spied_fsync(descriptor):
        fsync(descriptor)
        found.append(("fsync", os.fstat(descriptor).st_ino))

    def spied_rename(source, target):
        rename(source, target)
        found.append(("rename", os.stat(target).st_ino))

    monkeypatch.setattr(os, "fsync", spied_fsync)
    monkeypatch.setattr(os, "rename", spied_rename)
    return found


def _inodes(folder):
    return {
        os.stat(os.path.join(at, name)).st_ino
        for at, folders, files in os.walk(folder)
        for name in (".", *folders, *files)
    }


def _kinds(calls):
    at = [kind for kind, _ in calls].index("rename")
    before = {inode for kind, inode in calls[:at] if kind == "fsync"}
    after = {inode for kind, inode in calls[at:] if kind == "fsync"}
    return before, after


def test_a_folder_gets_its_name_when_all_of_it_is_durable(tmp_path, calls):
    with durable.workspace(tmp_path) as scratch:
        written = scratch / "written"
        (written / "a" / "b").mkdir(parents=True)
        (written / "a" / "b" / "c").write_text("1")
        (written / "d").write_text("")
        wanted = _inodes(written)
        durable.publish(written, tmp_path / "target")
    before, after = _kinds(calls)
    assert wanted <= before
    assert tmp_path.stat().st_ino in after
    assert os.listdir(tmp_path) == ["target"]


def test_a_file_gets_its_name_when_it_is_durable(tmp_path, calls):
    (tmp_path / "old").write_text("old")
    with durable.workspace(tmp_path) as scratch:
        (scratch / "new").write_text("new")
        wanted = (scratch / "new").stat().st_ino
        durable.publish(scratch / "new", tmp_path / "old")
    before, after = _kinds(calls)
    assert wanted in before and tmp_path.stat().st_ino in after
    assert (tmp_path / "old").read_text() == "new"


def test_very_many_files_are_made_durable_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(durable, "_MANY_FILES", 3)
    synced = []
    monkeypatch.setattr(os, "sync", lambda: synced.append(1))
    for i in range(4):
        (tmp_path / str(i)).write_text("1")
    durable.flush(tmp_path)
    assert synced


def test_links_are_not_followed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    durable.flush(tmp_path / "a")


def test_a_folder_replaces_another(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "old").write_text("old")
    with durable.workspace(tmp_path) as scratch:
        (scratch / "written").mkdir()
        durable.replace_folder(scratch / "written", tmp_path / "target")
    assert os.listdir(tmp_path) == ["target"]
    assert os.listdir(tmp_path / "target") == []


def test_new_folders_are_durable_with_their_parents(tmp_path, calls):
    durable.make_folder(tmp_path / "a" / "b" / "c", mode=0o700)
    durable.make_folder(tmp_path / "a" / "b" / "c")
    synced = {inode for _, inode in calls}
    for folder in (tmp_path, tmp_path / "a", tmp_path / "a" / "b"):
        assert folder.stat().st_ino in synced
    assert stat.S_IMODE((tmp_path / "a/b/c").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) & 0o700 == 0o700


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path):
    pid = os.fork()
    if not pid:
        with durable.workspace(tmp_path) as scratch:
            (scratch / "half").write_text("1")
            os._exit(0)
    os.waitpid(pid, 0)
    assert len(os.listdir(tmp_path)) == 1
    with durable.workspace(tmp_path):
        assert len(os.listdir(tmp_path)) == 1
    assert os.listdir(tmp_path) == []


def test_what_another_process_uses_is_left_alone(tmp_path):
    with durable.workspace(tmp_path) as first:
        (first / "half").write_text("1")
        with durable.workspace(tmp_path) as second:
            assert first != second
        assert (first / "half").exists()


@pytest.mark.parametrize(
    "name",
    [
        ".git",
        ".htaccess",
        ".dpgan-",
        ".dpgan-abcdefgh.bak",
        ".dpgan-ABCDEFGH",
        "x.dpgan-abcdefgh",
    ],
)
def test_hidden_files_of_others_stay(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / ".dpgan-aaaaaaaa").write_text("a file, not a folder")
    (tmp_path / ".dpgan-bbbbbbbb").symlink_to(tmp_path / name)
    before = sorted(os.listdir(tmp_path))
    with durable.workspace(tmp_path):
        pass
    assert sorted(os.listdir(tmp_path)) == before


def test_a_workspace_that_was_taken_for_abandoned_is_made_anew(
    tmp_path, monkeypatch
):
    """Between its making and its locking another process may remove it."""
    lock, seen = durable._lock, []

    def late(descriptor):
        seen.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        if len(seen) == 1:
            raise BlockingIOError
        lock(descriptor)
        if len(seen) == 2:
            os.rmdir(seen[-1])

    monkeypatch.setattr(durable, "_lock", late)
    with durable.workspace(tmp_path) as scratch:
        assert str(scratch) == seen[2]
        (scratch / "written").write_text("1")


def test_a_disk_without_locks_keeps_what_may_be_in_use(tmp_path, monkeypatch):
    def refuse(descriptor, how):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    (tmp_path / ".dpgan-aaaaaaaa").mkdir()
    with durable.workspace(tmp_path) as scratch:
        (scratch / "written").write_text("1")
    assert os.listdir(tmp_path) == [".dpgan-aaaaaaaa"]


def test_lines_are_added_durably(tmp_path, calls):
    path = tmp_path / "done"
    durable.append(path, b"\n1")
    durable.append(path, b"\n2")
    assert path.read_bytes() == b"\n1\n2"
    assert [inode for _, inode in calls] == [
        path.stat().st_ino,
        tmp_path.stat().st_ino,
        path.stat().st_ino,
    ]


def test_whatever_has_a_name_is_removed(tmp_path):
    (tmp_path / "folder" / "in").mkdir(parents=True)
    (tmp_path / "file").write_text("1")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    for name in ("link", "file", "folder", "nothing"):
        durable.remove(tmp_path / name)
        assert name != "link" or (tmp_path / "folder" / "in").exists()
    assert os.listdir(tmp_path) == []


def test_an_error_names_what_people_know(tmp_path):
    """And not the unfinished file or folder, which is gone by then."""
    target = tmp_path / "samples.npz"
    (target / "in the way").mkdir(parents=True)
    with durable.workspace(tmp_path) as scratch:
        for kind in ("file", "folder"):
            written = scratch / kind
            written.mkdir() if kind == "folder" else written.write_text("x")
            with pytest.raises(OSError) as told:
                durable.publish(written, target)
            assert told.value.filename == str(target)
    with durable.workspace(tmp_path) as scratch:
        (scratch / "new").mkdir()
        with pytest.raises(OSError) as told:
            durable.replace_folder(scratch / "new", tmp_path / "no" / "where")
        assert told.value.filename == str(tmp_path / "no" / "where")
