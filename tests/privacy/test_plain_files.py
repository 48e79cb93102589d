"""Nothing but a plain file of a bounded size is read, or waited for."""

import os

import pytest

from dpgan_tf.privacy import plain_files
from tests.privacy import odd_files


def test_a_file_that_tells_no_size_is_bounded_as_well():
    with pytest.raises(plain_files.NotPlainError, match="at most 3"):
        plain_files.read("/proc/self/status", largest=3)


ODD = pytest.mark.parametrize(
    ("make", "kind"),
    [
        (odd_files.pipe, "a named pipe"),
        (odd_files.socket, "a socket"),
        (odd_files.device, "a device"),
        (os.mkdir, "a folder"),
    ],
)


@ODD
def test_what_is_no_plain_file_is_refused_by_its_kind(tmp_path, make, kind):
    path = tmp_path / "a"
    make(path)
    with pytest.raises(plain_files.NotPlainError) as caught:
        plain_files.open_plain(path, largest=10)
    assert caught.value.strerror == f"is {kind}; expected a plain file"
    assert caught.value.filename == str(path)


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"[1,2,3,4,56]")
    assert plain_files.read(path, largest=12) == b"[1,2,3,4,56]"
    with pytest.raises(plain_files.NotPlainError, match="12 bytes; .*most 11"):
        plain_files.read(path, largest=11)


def test_an_empty_file_is_a_plain_one(tmp_path):
    (tmp_path / "a").touch()
    assert plain_files.read(tmp_path / "a", largest=0) == b""


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        plain_files.read(tmp_path / "a", largest=10)


def test_a_link_to_a_plain_file_is_one_unless_links_are_not_followed(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").symlink_to("a")
    assert plain_files.read(tmp_path / "b", largest=1) == b"x"
    with pytest.raises(plain_files.NotPlainError, match="is a link"):
        plain_files.read(tmp_path / "b", largest=1, follow_links=False)


def _replace_at_opening(monkeypatch, path, make):
    """Let something else take the file's place once it was looked at."""
    opened = os.open

    def replaced(name, flags, *more):
        path.unlink()
        make(path)
        return opened(name, flags, *more)

    monkeypatch.setattr(os, "open", replaced)


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    tmp_path, monkeypatch
):
    path = tmp_path / "a"
    path.write_bytes(b"x")
    num_open = len(os.listdir("/proc/self/fd"))
    _replace_at_opening(monkeypatch, path, odd_files.pipe)
    with pytest.raises(plain_files.NotPlainError, match="is a named pipe"):
        plain_files.open_plain(path, largest=10)
    assert len(os.listdir("/proc/self/fd")) == num_open


def test_a_link_that_takes_the_place_of_a_file_is_not_followed(
    tmp_path, monkeypatch
):
    path = tmp_path / "a"
    path.write_bytes(b"x")
    (tmp_path / "secret").write_bytes(b"y")
    _replace_at_opening(
        monkeypatch, path, lambda path: path.symlink_to("secret")
    )
    with pytest.raises(OSError, match="symbolic links"):
        plain_files.open_plain(path, largest=10, follow_links=False)


def test_a_file_that_grows_while_it_is_read_is_bounded(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"x")
    checked = plain_files._require_plain

    def grow(*arguments):
        checked(*arguments)
        path.write_bytes(b"more than that")

    monkeypatch.setattr(plain_files, "_require_plain", grow)
    with pytest.raises(plain_files.NotPlainError, match="at most 1"):
        plain_files.read(path, largest=1)


def test_a_folder_of_plain_files_and_folders_is_plain(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"x")
    (tmp_path / "d").symlink_to(tmp_path / "a" / "b" / "c")
    plain_files.require_plain_folder(tmp_path)


@pytest.mark.parametrize(
    ("make", "kind"),
    [(odd_files.pipe, "a named pipe"), (odd_files.device, "a device")],
)
def test_what_is_odd_deep_in_a_folder_is_named(tmp_path, make, kind):
    (tmp_path / "a" / "b").mkdir(parents=True)
    make(tmp_path / "a" / "b" / "c")
    with pytest.raises(plain_files.NotPlainError, match=f"is {kind}") as caught:
        plain_files.require_plain_folder(tmp_path)
    assert caught.value.filename == str(tmp_path / "a" / "b" / "c")


def test_a_folder_that_leads_to_itself_is_not_walked_for_ever(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path)
    with pytest.raises(plain_files.NotPlainError, match="8 folders deep"):
        plain_files.require_plain_folder(tmp_path)


@pytest.mark.parametrize(("depth", "is_plain"), [(7, True), (8, False)])
def test_eight_levels_of_folders_are_the_most(tmp_path, depth, is_plain):
    """The folder itself is the first of them."""
    (tmp_path / "/".join("f" * depth)).mkdir(parents=True)
    if is_plain:
        plain_files.require_plain_folder(tmp_path)
        return
    with pytest.raises(plain_files.NotPlainError, match="8 folders deep"):
        plain_files.require_plain_folder(tmp_path)


def test_more_files_than_a_library_should_be_given_are_refused(tmp_path):
    for i in range(1_000):
        (tmp_path / f"{i}").touch()
    plain_files.require_plain_folder(tmp_path)
    (tmp_path / "more").touch()
    with pytest.raises(plain_files.NotPlainError, match="more than 1,000"):
        plain_files.require_plain_folder(tmp_path)


def test_a_link_to_nowhere_in_a_folder_is_an_error(tmp_path):
    (tmp_path / "a").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError):
        plain_files.require_plain_folder(tmp_path)
