"""Records are checked when they are made, and never show their pixels."""

import dataclasses

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import checks
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from tests.data import files


def test_scale_maps_the_ends_exactly():
    ramp = np.arange(256, dtype=np.uint8)
    scaled = records.scale(ramp)
    assert scaled.dtype == np.float32
    assert (scaled[0], scaled[255]) == (-1, 1)
    assert np.all(np.diff(scaled) > 0)
    np.testing.assert_allclose(scaled, ramp / 127.5 - 1, rtol=0, atol=2.4e-7)


def test_scale_keeps_floats():
    images = np.array([-1, 0, 1], np.float32)
    np.testing.assert_array_equal(records.scale(images), images)


def test_public_and_private_records_are_different_types():
    assert not issubclass(records.PublicRecords, records.PrivateRecords)
    assert not issubclass(records.PrivateRecords, records.PublicRecords)


@pytest.mark.parametrize(
    "kind", [records.PublicRecords, records.PrivateRecords]
)
def test_records_are_frozen_and_hide_their_pixels(kind):
    held = kind(files.images(3), files.labels(3))
    assert len(held) == 3
    assert repr(held) == f"{kind.__name__}()"
    with pytest.raises(dataclasses.FrozenInstanceError):
        held.examples = files.images(2)


def test_a_data_set_hides_its_pixels():
    dataset = datasets.ImageDataset(name="x", train_images=files.images(3))
    assert repr(dataset) == "ImageDataset(name='x', origin='memory')"


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((3, 4), np.uint8), r"shape \[3, 4\]"),
        (np.zeros((0, 4, 4), np.uint8), "at least one image"),
        (np.zeros((2, 0, 4), np.uint8), "at least one image"),
        (np.zeros((2, 3, 8, 8), np.uint8), "8 channels; expected 1 or 3"),
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


def test_parts_of_different_shape_are_refused():
    with pytest.raises(errors.DatasetError, match="expected the same"):
        datasets.ImageDataset(
            name="x",
            train_images=np.zeros((2, 4, 4, 1), np.uint8),
            test_images=np.zeros((2, 5, 5, 1), np.uint8),
        )


def test_test_labels_without_images_are_refused():
    with pytest.raises(errors.DatasetError, match="without test images"):
        datasets.ImageDataset(
            name="x",
            train_images=files.images(2),
            test_labels=files.labels(2),
        )
