"""NPZ files are read whole or refused in one line, and run nothing."""

import io
import pathlib
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import npz
from tests.data import files


def _npy(array):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array)
    return buffer.getvalue()


def _write_zip(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_keras_file_is_read(tmp_path, save):
    path = tmp_path / "own.npz"
    save(
        path,
        x_train=files.images(20)[..., 0],
        y_train=files.labels(20).astype(np.uint8),
        x_test=files.images(5)[..., 0],
        y_test=files.labels(5),
    )
    dataset = npz.load(path)
    assert dataset.name == "own"
    assert str(path) in dataset.origin
    np.testing.assert_array_equal(dataset.train_images, files.images(20))
    np.testing.assert_array_equal(dataset.train_labels, files.labels(20))
    np.testing.assert_array_equal(dataset.test_images, files.images(5))
    np.testing.assert_array_equal(dataset.test_labels, files.labels(5))


def test_a_file_of_images_and_labels_is_read(tmp_path):
    path = tmp_path / "own.npz"
    images = np.linspace(-1, 1, 2 * 4 * 4 * 3).reshape(2, 4, 4, 3)
    np.savez(path, images=images, labels=[3, 9], other=[1])
    dataset = npz.load(path)
    np.testing.assert_array_equal(
        dataset.train_images, images.astype(np.float32)
    )
    np.testing.assert_array_equal(dataset.train_labels, [3, 9])
    assert dataset.test_images is None


def test_labels_may_be_missing(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, x_train=files.images(3))
    assert npz.load(path).train_labels is None


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"pictures": files.images(3)}, r"has the keys \['pictures'\]"),
        ({"images": np.zeros((3, 4), np.uint8)}, r"images: .*\[3, 4\]"),
        ({"images": files.images(0)}, "images: .*at least one image"),
        ({"images": np.full((2, 4, 4), np.nan)}, "images: 32 of 32 pixels"),
        ({"images": np.full((2, 4, 4), 2.0)}, r"images: .*expected \[-1, 1\]"),
        ({"images": np.array([["a"]])}, "images: has dtype <U1"),
        ({"images": np.array([[None]], object)}, "images: has dtype object"),
        ({"images": np.zeros(3, "i4,f4")}, "images: has dtype"),
        ({"images": files.images(3), "labels": [1]}, r"labels: .*\[3\], one"),
        ({"x_train": files.images(3), "y_test": [1]}, "y_test without"),
        (
            {"x_train": files.images(3), "y_train": np.eye(3)},
            "y_train: labels have dtype float64",
        ),
    ],
)
def test_wrong_arrays_are_refused(tmp_path, arrays, message):
    path = tmp_path / "own.npz"
    np.savez(path, **arrays)
    with pytest.raises(errors.DatasetError, match=f"^{path}: {message}"):
        npz.load(path)


class _Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self._path = path

    def __reduce__(self):
        return pathlib.Path.touch, (self._path,)


def test_a_pickled_array_does_not_run(tmp_path):
    sentinel = tmp_path / "ran"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|O", "fortran_order": False, "shape": (1,)}
    )
    content = header.getvalue() + pickle.dumps(_Touch(sentinel))
    path = _write_zip(tmp_path / "own.npz", {"images.npy": content})
    with pytest.raises(errors.DatasetError, match="has dtype object"):
        npz.load(path)
    assert not sentinel.exists()


@pytest.mark.parametrize("shape", [(2**40, 1, 1), (-1, 4, 4), (10**6, 9, 9)])
def test_nothing_is_allocated_for_an_impossible_header(tmp_path, shape):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": shape}
    )
    path = _write_zip(
        tmp_path / "own.npz", {"images.npy": header.getvalue() + bytes(64)}
    )
    _refused_cheaply(path, "its header declares")


def test_a_zip_bomb_is_refused_by_its_sizes(tmp_path):
    path = _write_zip(
        tmp_path / "own.npz",
        {"images.npy": _npy(np.zeros((2, 4, 4), np.uint8))},
    )
    content = bytearray(path.read_bytes())
    # The directory entry, where zipfile reads sizes: claim 2 GiB.
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (2**31).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    _refused_cheaply(path, "stored bytes can hold")


def _refused_cheaply(path, message):
    tracemalloc.start()
    with pytest.raises(errors.DatasetError, match=message):
        npz.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_other_compressions_are_refused(tmp_path):
    path = _write_zip(
        tmp_path / "own.npz",
        {"images.npy": _npy(files.images(3))},
        compression=zipfile.ZIP_LZMA,
    )
    with pytest.raises(errors.DatasetError, match="compressed by method 14"):
        npz.load(path)


@pytest.mark.parametrize("content", [b"", b"not a zip file", b"PK\x03\x04"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "own.npz"
    path.write_bytes(content)
    with pytest.raises(errors.DatasetError, match="not a readable .npz file"):
        npz.load(path)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_damaged_files_are_read_or_refused_and_never_crash(tmp_path, save):
    path = tmp_path / "own.npz"
    save(path, images=files.images(20), labels=files.labels(20))
    content = path.read_bytes()
    num_refused = 0
    for changed in files.damaged(content, num_flips=1000):
        path.write_bytes(changed)
        try:
            dataset = npz.load(path)
        except errors.DatasetError as error:
            num_refused += 1
            assert str(path) in str(error)
            assert "\n" not in str(error)
        else:
            # Each member has a checksum: what is read is what was saved.
            np.testing.assert_array_equal(
                dataset.train_images, files.images(20)
            )
    assert num_refused > 100


@pytest.mark.parametrize(
    "units", [["ann", "bob", "ann"], [5, -7, 5], np.array([5, 7, 5], np.uint8)]
)
@pytest.mark.parametrize("key", ["images", "x_train"])
def test_a_file_names_the_persons_of_its_records(tmp_path, key, units):
    np.savez(tmp_path / "own.npz", **{key: files.images(3)}, units=units)
    found = npz.load(tmp_path / "own.npz").train_units
    assert found[0] == found[2] != found[1]
    assert (
        npz.load(tmp_path / "own.npz")
        .describe()[-1]
        .endswith("2 in the training part")
    )


def test_a_file_of_rows_names_the_persons_of_its_records(tmp_path):
    units = np.arange(400) // 4
    np.savez(
        tmp_path / "rows.npz",
        records=np.ones([400, 2], np.uint8),
        columns=["a", "b"],
        units=units,
    )
    dataset = npz.load(tmp_path / "rows.npz")
    assert set(np.unique(dataset.train_units, return_counts=True)[1]) == {4}
    assert len(dataset.test_rows) % 4 == 0


@pytest.mark.parametrize(
    ("units", "problem"),
    [
        ([1, 2], "one person for each record"),
        ([[1, 2, 3]], "one person for each record"),
        ([1.0, np.nan, 2.0], "none missing"),
        (["a", "", "b"], "no person"),
        (np.array([1, None, 2], object), "whole numbers or text"),
    ],
)
def test_persons_that_are_missing_are_refused(tmp_path, units, problem):
    path = tmp_path / "own.npz"
    np.savez(path, images=files.images(3), units=units)
    with pytest.raises(errors.DatasetError, match=problem) as caught:
        npz.load(path)
    assert f"{path}: units" in str(caught.value)
    assert "\n" not in str(caught.value)
