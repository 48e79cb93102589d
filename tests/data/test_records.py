"""Records are checked when they are made, and never show their pixels."""

import dataclasses

import numpy as np
import pytest

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
