import numpy as np
import pytest
from PIL import Image

from dpgan_tf import images


def test_the_range_of_tanh_becomes_the_range_of_bytes():
    scaled = np.array([-1, 0, 1, -1.5, 1.5], np.float32)
    np.testing.assert_array_equal(
        images.to_uint8(scaled), [0, 128, 255, 0, 255]
    )


def test_every_byte_survives_the_way_to_floats_and_back():
    values = np.arange(256, dtype=np.uint8)
    scaled = values.astype(np.float32) / np.float32(127.5) - 1
    np.testing.assert_array_equal(images.to_uint8(scaled), values)


def test_a_grid_holds_every_image_at_its_place():
    numbered = np.arange(7, dtype=np.uint8).reshape(7, 1, 1, 1)
    numbered = numbered * np.ones([1, 2, 3, 1], np.uint8)
    grid = images.make_grid(numbered, columns=3)
    assert grid.shape == (3 * 3 + 1, 3 * 4 + 1, 1)
    for i in range(7):
        top, left = 3 * (i // 3) + 1, 4 * (i % 3) + 1
        assert (grid[top : top + 2, left : left + 3] == i).all()
    assert (grid[-2, -2] == 128).all()


def test_fewer_images_than_columns_leave_no_gap():
    grid = images.make_grid(np.zeros([2, 4, 4, 3]), columns=10)
    assert grid.shape == (6, 11, 3)


def test_a_grid_of_nothing_is_refused():
    with pytest.raises(ValueError, match="0 images"):
        images.make_grid(np.zeros([0, 4, 4, 1]))


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_a_saved_grid_reads_back(tmp_path, channels, mode):
    pixels = np.random.default_rng(0).integers(
        0, 256, [4, 5, 5, channels], np.uint8
    )
    path = tmp_path / "grid.png"
    images.save_grid(pixels, path, columns=2)
    with Image.open(path) as picture:
        assert picture.mode == mode
        read = np.asarray(picture).reshape(13, 13, channels)
    np.testing.assert_array_equal(read, images.make_grid(pixels, columns=2))
