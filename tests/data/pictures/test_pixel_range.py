"""A range of pixels that was perhaps meant otherwise is said."""

import re

import numpy as np
import pytest

from dpgan_tf.data.pictures import pixel_range


def images(dtype, *values):
    return np.resize(np.array(values, dtype), [2, 4, 4, 1])


@pytest.mark.parametrize(
    ("array", "remedy"),
    [
        (images(np.float32, 0, 1), r"from 0 to 1 .*save 2 \* x - 1"),
        (images(np.float32, 0, 0.25, 1), "from 0 to 1 "),
        (images(np.float32, 0, 1 / 255), "from 0 to 0.0039"),
        (images(np.float32, -0.5, 0.5), "from -0.5 to 0.5"),
        (images(np.uint8, 0, 1), "from 0 to 1 .*multiply .* by 255"),
        (images(np.uint8, 0, 16), "from 0 to 16 "),
        (images(np.uint8, 255, 254), "from 254 to 255 "),
        (images(np.uint8, 0), "from 0 to 0 "),
    ],
)
def test_pixels_that_use_little_of_their_range_are_doubted(array, remedy):
    line = pixel_range.doubt(array, source="own")
    assert line.startswith("own: ") and "\n" not in line
    assert re.search(remedy, line)


@pytest.mark.parametrize(
    "array",
    [
        images(np.float32, -1, 1),
        images(np.float32, -0.9, 0.2),
        images(np.uint8, 0, 255),
        images(np.uint8, 10, 90),
    ],
)
def test_pixels_of_the_whole_range_are_not(array):
    assert pixel_range.doubt(array, source="own") == ""


def test_images_on_a_disk_are_not_read():
    assert pixel_range.describe(object()) == ""
    assert pixel_range.doubt(object(), source="own") == ""
