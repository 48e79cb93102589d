"""Grey, print colours and transparency become one or three channels."""

import numpy as np
import pytest
from PIL import Image

from dpgan_tf.data.pictures import channels as picture_channels
from tests.data.pictures import picture_files as files

GREY = "grey repeated in three colours"


def convert(image, channels=3):
    """Return the pixels of the picture, and what was changed."""
    made, changes = picture_channels.convert(image, channels=channels)
    assert made.mode == ("RGB" if channels == 3 else "L")
    return np.asarray(made), [change for change in changes if change]


@pytest.mark.parametrize(
    ("image", "channels", "change", "value"),
    [
        (files.plain("L", 90), 3, GREY, 90),
        (files.plain("1", 1), 3, GREY, 255),
        # By ITU-R 601: .299 of red.
        (files.plain("RGB", (255, 0, 0)), 1, "colours made grey", 76),
        (files.plain("CMYK", (0, 0, 0, 0)), 3, "CMYK made RGB", 255),
        (files.plain("CMYK", (0, 0, 0, 255)), 1, "colours made grey", 0),
        (files.plain("RGBA", (0, 0, 0, 0)), 3, "transparency made white", 255),
        (files.plain("LA", (0, 0)), 1, "transparency made white", 255),
    ],
)
def test_what_is_changed_is_said(image, channels, change, value):
    pixels, changes = convert(image, channels)
    assert changes == [change]
    np.testing.assert_array_equal(pixels, value)


@pytest.mark.parametrize(
    ("mode", "channels"), [("RGB", 3), ("L", 1), ("RGBX", 3), ("P", 3)]
)
def test_what_has_the_channels_already_is_not_said_to_change(mode, channels):
    assert convert(files.plain(mode), channels)[1] == []


@pytest.mark.parametrize("channels", [1, 3])
def test_every_mode_can_be_converted(channels):
    for mode in picture_channels.MODES:
        image = Image.new(mode, (3, 2))
        wanted = (2, 3, 3) if channels == 3 else (2, 3)
        assert convert(image, channels)[0].shape == wanted, mode


def test_a_half_transparent_colour_is_mixed_with_white():
    image = files.plain("RGBA", (200, 0, 100, 51))  # a fifth
    pixels, changes = convert(image)
    # .2 c + .8 * 255
    np.testing.assert_allclose(pixels[0, 0], [244, 204, 224], atol=1)
    assert changes == ["transparency made white"]


def test_an_opaque_alpha_channel_changes_nothing():
    pixels, changes = convert(files.plain("RGBA", (1, 2, 3, 255)))
    np.testing.assert_array_equal(pixels[0, 0], [1, 2, 3])
    assert changes == []


def test_a_transparent_colour_of_a_palette_becomes_white():
    image = files.plain("P", 0)
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((0, 0), 1)
    image.info["transparency"] = 0
    pixels, changes = convert(image)
    np.testing.assert_array_equal(pixels[0, 0], [40, 50, 60])
    np.testing.assert_array_equal(pixels[1, 1], 255)
    assert changes == ["transparency made white"]


def test_several_changes_are_said_in_their_order():
    _, changes = convert(files.plain("LA", (90, 100)))
    assert changes == ["transparency made white", GREY]


def test_what_was_converted_is_said_of_a_file():
    made = files.prepare(files.saved(files.plain("L", 90)))
    assert made.changes == (GREY,)
    np.testing.assert_array_equal(made.pixels, 90)
