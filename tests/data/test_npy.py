"""A single array of images is a data set without labels."""

import io

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import npy
from dpgan_tf.data import sources
from tests.data import files


def test_an_array_is_a_data_set(tmp_path):
    path = tmp_path / "scans.npy"
    np.save(path, files.images(3)[..., 0])
    dataset = sources.load(str(path), data_dir=tmp_path)
    assert dataset.name == "scans"
    assert dataset.train_labels is None and dataset.form.num_classes == 0
    np.testing.assert_array_equal(dataset.train_images, files.images(3))


def test_an_array_in_columns_is_read_as_it_was(tmp_path):
    path = tmp_path / "scans.npy"
    np.save(path, np.asfortranarray(files.images(3)))
    np.testing.assert_array_equal(npy.load(path).train_images, files.images(3))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros([3, 3, 8, 8], np.uint8), "channels first"),
        (np.zeros([3, 8, 8], np.int64), "dtype int64"),
        (np.full([3, 8, 8], 255.0), r"expected \[-1, 1\]"),
        (np.array(["cat"]), "has dtype <U3; expected numbers"),
        (np.zeros([3], [("a", int)]), "expected numbers"),
    ],
)
def test_arrays_that_are_no_images_are_refused(tmp_path, array, message):
    path = tmp_path / "scans.npy"
    np.save(path, array)
    with pytest.raises(errors.DatasetError, match=f"^{path}: .*{message}"):
        npy.load(path)


def test_objects_are_refused_and_never_unpickled(tmp_path):
    path = tmp_path / "scans.npy"
    np.save(path, np.array([{}, []], object))
    with pytest.raises(errors.DatasetError, match="has dtype object"):
        npy.load(path)


@pytest.mark.parametrize("shape", [(2**40, 1, 1), (-1, 4, 4), (10**6, 9, 9)])
def test_a_header_that_promises_more_is_refused(tmp_path, shape):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": shape}
    )
    path = tmp_path / "scans.npy"
    path.write_bytes(header.getvalue() + bytes(64))
    with pytest.raises(errors.DatasetError, match="its header declares"):
        npy.load(path)


def test_damaged_files_are_read_or_refused_in_one_line(tmp_path):
    path = tmp_path / "scans.npy"
    np.save(path, files.images(5))
    content = path.read_bytes()
    num_refused = 0
    for changed in files.damaged(content, num_flips=300):
        path.write_bytes(changed)
        try:
            npy.load(path)
        except errors.DatasetError as error:
            num_refused += 1
            assert str(path) in str(error) and "\n" not in str(error)
    assert num_refused > 50
