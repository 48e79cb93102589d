"""Files of prepared pictures, on a disk that is full."""

import errno

import pytest

from dpgan_tf.data.pictures import folder as picture_folder


def test_a_full_disk_is_named_by_its_file_and_leaves_nothing(tmp_path):
    (tmp_path / ".unit").symlink_to("/dev/full")
    with (
        pytest.raises(OSError, match="No space left") as caught,
        picture_folder.Writer(tmp_path / "unit") as writer,
    ):
        for _ in range(100):
            writer.write(bytes(100_000))
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == tmp_path / "unit"
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_writing_leaves_nothing(tmp_path):
    with (
        pytest.raises(KeyError),
        picture_folder.Writer(tmp_path / "unit") as writer,
    ):
        writer.write(b"a")
        raise KeyError("b")
    assert list(tmp_path.iterdir()) == []
