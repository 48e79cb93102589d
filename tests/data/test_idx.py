"""IDX files are read whole or refused in one line."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import idx
from tests.data import files


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("separator", ["-", "."])
def test_a_folder_is_read(tmp_path, suffix, separator):
    folder = files.write_idx_folder(
        tmp_path / "own", suffix=suffix, separator=separator
    )
    dataset = idx.load(folder)
    assert dataset.name == "own"
    assert str(folder) in dataset.origin
    np.testing.assert_array_equal(dataset.train_images, files.images(20))
    np.testing.assert_array_equal(dataset.train_labels, files.labels(20))
    np.testing.assert_array_equal(dataset.test_images, files.images(5))
    np.testing.assert_array_equal(dataset.test_labels, files.labels(5))


def test_the_test_part_may_be_missing(tmp_path):
    files.write_idx_folder(tmp_path)
    for path in tmp_path.glob("t10k-*"):
        path.unlink()
    assert idx.load(tmp_path).test_images is None


@pytest.mark.parametrize(
    "name",
    [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ],
)
def test_a_missing_file_is_named(tmp_path, name):
    files.write_idx_folder(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(errors.DatasetError, match=f"expected {name}"):
        idx.load(tmp_path)


def test_images_and_labels_must_be_as_many(tmp_path):
    files.write_idx_folder(tmp_path)
    path = tmp_path / "train-labels-idx1-ubyte"
    path.write_bytes(files.idx_bytes(files.labels(19)))
    with pytest.raises(errors.DatasetError, match=rf"{path}: .*\[20\], one"):
        idx.load(tmp_path)


_GOOD = files.idx_bytes(files.images(6)[..., 0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "starts with 0x;"),
        (b"\x1f\x8b\x08\x00", "starts with 0x1f8b0800; expected 0x00000803"),
        (files.idx_bytes(files.labels(6)), "expected 0x00000803"),
        (b"\0\0\x0d\x03" + _GOOD[4:], "starts with 0x00000d03"),
        (_GOOD[:9], "ends within its header"),
        (_GOOD[:-1], "truncated: 71 of 72 bytes"),
        (_GOOD + b"\0", "longer than the 72 bytes"),
        (files.idx_bytes(np.zeros((0, 4, 3))), "at least one image"),
    ],
)
def test_wrong_content_is_refused(tmp_path, content, message):
    files.write_idx_folder(tmp_path)
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(errors.DatasetError, match=f"^{path}: .*{message}"):
        idx.load(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "starts with 0x;"),
        (_GOOD, "damaged gzip data"),
        (gzip.compress(_GOOD, mtime=0)[:-9], "damaged gzip data"),
        (gzip.compress(_GOOD, mtime=0)[:-8] + bytes(8), "damaged gzip data"),
        (gzip.compress(_GOOD[:-1], mtime=0), "truncated"),
        (gzip.compress(_GOOD + b"\0", mtime=0), "longer than"),
    ],
)
def test_wrong_gzip_content_is_refused(tmp_path, content, message):
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(errors.DatasetError, match=f"^{path}: .*{message}"):
        idx.read(path, num_dims=3)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("sizes", [(2**32 - 1,) * 3, (2**10,) * 3])
def test_nothing_is_allocated_for_an_impossible_header(tmp_path, suffix, sizes):
    content = struct.pack(">I3I", 0x803, *sizes) + bytes(100)
    path = tmp_path / f"images{suffix}"
    path.write_bytes(gzip.compress(content, mtime=0) if suffix else content)
    tracemalloc.start()
    with pytest.raises(errors.DatasetError, match="its header declares"):
        idx.read(path, num_dims=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_a_decompression_bomb_is_read_no_further_than_its_header(tmp_path):
    content = files.idx_bytes(files.images(6)[..., 0]) + bytes(100 * 2**20)
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(content, compresslevel=1, mtime=0))
    tracemalloc.start()
    with pytest.raises(errors.DatasetError, match="longer than"):
        idx.read(path, num_dims=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_damaged_files_are_read_or_refused_and_never_crash(tmp_path, suffix):
    content = gzip.compress(_GOOD, mtime=0) if suffix else _GOOD
    path = tmp_path / f"images{suffix}"
    num_refused = 0
    for changed in files.damaged(content, num_flips=600):
        path.write_bytes(changed)
        try:
            idx.read(path, num_dims=3)
        except errors.DatasetError as error:
            num_refused += 1
            assert str(path) in str(error)
            assert "\n" not in str(error)
    assert num_refused > 50
