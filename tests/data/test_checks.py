"""Arrays become records, or a message names what is wrong with them."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import checks


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((3, 4), np.uint8), r"shape \[3, 4\]"),
        (np.zeros((0, 4, 4), np.uint8), "at least one image"),
        (np.zeros((2, 0, 4), np.uint8), "at least one image"),
        (np.zeros((2, 8, 8, 8), np.uint8), "8 channels; expected 1 or 3"),
        (np.zeros((2, 3, 8, 8), np.uint8), r"channels first; .*moveaxis\("),
        (np.zeros((2, 1, 8, 8), np.uint8), r"channels first; .*moveaxis\("),
        (np.zeros((2, 4, 4), np.int64), "dtype int64"),
        (np.zeros((2, 4, 4), bool), "dtype bool"),
        (np.zeros((2, 4, 4), complex), "dtype complex128"),
        (np.full((2, 4, 4), 1.5), r"from 1.5 to 1.5; expected \[-1, 1\]"),
        (np.full((2, 4, 4), 255.0), "or uint8 for 0..255"),
        (np.full((2, 4, 4), np.nan), "32 of 32 pixels are NaN"),
        (np.full((2, 4, 4), 1e300), "32 of 32 pixels are NaN or infinite"),
    ],
)
def test_images_that_are_not_records_are_refused(images, message):
    with pytest.raises(errors.DatasetError, match=f"^a.npz: .*{message}"):
        checks.as_images(images, source="a.npz")


def test_bad_pixels_are_counted():
    images = np.zeros((2, 4, 4))
    images[0, 1, 2] = np.nan
    images[1, 0, 0] = -np.inf
    with pytest.raises(errors.DatasetError, match="2 of 32 pixels"):
        checks.as_images(images, source="a.npz")


@pytest.mark.parametrize("dtype", ["<f2", ">f4", "<f8"])
def test_floats_of_all_sizes_become_float32(dtype):
    images = checks.as_images(np.ones((2, 4, 4), dtype), source="a.npz")
    assert images.dtype == np.dtype(np.float32)
    assert images.shape == (2, 4, 4, 1)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros(3), "dtype float64"),
        (np.zeros((3, 1), np.int32), r"int64 \[3, 1\]"),
        (np.zeros(4, np.int64), r"expected whole numbers \[3\]"),
        (np.array([0, 1_000, 2]), "from 0 to 1000; expected 0 to 999"),
        (np.array([0, -1, 2]), "from -1 to 2"),
        (np.array([0, 1, 2**64 - 1], np.uint64), "expected 0 to 999"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    with pytest.raises(errors.DatasetError, match=f"^a.npz: .*{message}"):
        checks.as_labels(labels, num_images=3, source="a.npz")


def test_labels_beyond_their_declared_classes_are_refused():
    with pytest.raises(errors.DatasetError, match="to 2; expected 0 to 1"):
        checks.as_labels(
            np.arange(3), num_images=3, source="a.npz", num_classes=2
        )


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_images_that_are_right_keep_their_type_and_values(dtype):
    array = np.arange(24).reshape(2, 3, 4)[:, ::-1].astype(dtype) / dtype(24)
    images = checks.as_images(array.astype(dtype), source="a.npz")
    assert images.dtype == dtype and images.flags.c_contiguous
    np.testing.assert_array_equal(images[..., 0], array.astype(dtype))


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, ">i4", np.uint64])
def test_whole_numbers_of_all_sizes_become_int64(dtype):
    labels = checks.as_labels(
        np.array([0, 9], dtype), num_images=2, source="a.npz"
    )
    assert labels.dtype == np.dtype(np.int64)
    np.testing.assert_array_equal(labels, [0, 9])


def test_the_ends_of_the_range_are_in_it():
    images = np.array([-1, 1], np.float32).reshape(1, 1, 2, 1)
    checks.check_images(images, source="a.npz")
    checks.check_labels(
        np.array([0, checks.MAX_CLASSES - 1]), num_images=2, source="a.npz"
    )
    checks.check_rows(np.array([[0, 3]], np.uint8), largest=3, source="a.npz")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.zeros([3, 2], np.int64), r"rows are int64 \[3, 2\]"),
        (np.zeros([3], np.uint8), r"rows are uint8 \[3\]"),
        (np.zeros([0, 2], np.uint8), "at least one of both"),
        (np.zeros([2, 0], np.uint8), "at least one of both"),
        (np.array([[4]], np.uint8), "up to 4; expected at most 3.*clip them"),
    ],
)
def test_rows_that_are_not_records_are_refused(rows, message):
    with pytest.raises(errors.DatasetError, match=f"^a.npz: .*{message}"):
        checks.check_rows(rows, largest=3, source="a.npz")
