"""Pictures of any format become pixels of one size, or say why not."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from dpgan_tf import images
from dpgan_tf.data.pictures import decoding as picture


def content(mode="RGB", size=(40, 30), colour=None, **options):
    """Return a picture file."""
    file = io.BytesIO()
    image = Image.new(mode, size, colour if colour is not None else 0)
    image.save(file, **({"format": "PNG"} | options))
    return file.getvalue()


def prepare(data, size=16, channels=3):
    return picture.prepare(data, size=size, channels=channels)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
@pytest.mark.parametrize("channels", [1, 3])
def test_formats_become_pixels_of_the_size(file_format, channels):
    made = prepare(content(format=file_format), channels=channels)
    assert made.pixels.shape == (16, 16, channels)
    assert made.pixels.dtype == np.uint8


def test_the_shorter_side_is_scaled_and_the_centre_kept():
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 200
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    made = prepare(file.getvalue(), size=10)
    np.testing.assert_array_equal(made.pixels, np.full((10, 10, 3), 200))
    assert made.changes == ()


def test_a_picture_of_the_size_keeps_its_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    made = prepare(images.png(pixels))
    np.testing.assert_array_equal(made.pixels, pixels)
    again = picture.decode(images.png(pixels), shape=(16, 16, 3))
    np.testing.assert_array_equal(again, pixels)


def test_grey_pixels_survive_encoding():
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 1), np.uint8)
    again = picture.decode(images.png(pixels), shape=(8, 9, 1))
    np.testing.assert_array_equal(again, pixels)


@pytest.mark.parametrize(
    ("data", "channels", "change", "value"),
    [
        (content("L", colour=90), 3, "grey repeated in three colours", 90),
        (content("1", colour=1), 3, "grey repeated in three colours", 255),
        (content(colour=(255, 0, 0)), 1, "colours made grey", 76),
        (
            content("CMYK", colour=(0, 0, 0, 0), format="JPEG"),
            3,
            "CMYK made RGB",
            255,
        ),
        (
            content("RGBA", colour=(0, 0, 0, 0)),
            3,
            "transparency made white",
            255,
        ),
        (content(size=(8, 9), colour=(7, 7, 7)), 3, "enlarged", 7),
    ],
)
def test_what_is_changed_is_said(data, channels, change, value):
    made = prepare(data, channels=channels)
    assert change in made.changes
    np.testing.assert_array_equal(made.pixels, value)


def test_a_picture_is_turned_as_its_exif_says():
    image = Image.new("RGB", (20, 40))
    image.paste((250, 250, 250), (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    file = io.BytesIO()
    image.save(file, format="PNG", exif=exif)
    made = prepare(file.getvalue(), size=20)
    upright = io.BytesIO()
    image.rotate(180).save(upright, format="PNG")
    expected = prepare(upright.getvalue(), size=20)
    np.testing.assert_array_equal(made.pixels, expected.pixels)


def animated():
    frames = [Image.new("RGB", (20, 20), (i, 0, 0)) for i in (0, 100, 200)]
    file = io.BytesIO()
    frames[0].save(file, format="GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"no picture at all", "not a picture that Pillow reads"),
        (content(size=(90, 90), colour=(1, 2, 3))[:100], "damaged"),
        (animated(), "3 frames; save one"),
        (content("I;16", colour=900), "8 bits a channel"),
        (content("F", format="TIFF"), "8 bits a channel"),
    ],
    ids=["empty", "text", "cut", "animated", "16 bits", "floats"],
)
def test_what_cannot_be_used_says_why(data, reason):
    with pytest.raises(picture.UnusablePictureError, match=reason):
        prepare(data)


def test_a_truncated_jpeg_is_refused():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, format="JPEG")
    with pytest.raises(picture.UnusablePictureError, match="damaged"):
        prepare(file.getvalue()[:1500])


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    bomb = content("1", size=(12_000, 12_000))
    assert len(bomb) < 100_000
    with pytest.raises(picture.UnusablePictureError, match="pixels"):
        prepare(bomb)


def test_a_stored_picture_of_another_shape_is_refused():
    data = images.png(np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(picture.UnusablePictureError, match="expected uint8"):
        picture.decode(data, shape=(8, 8, 1))
    with pytest.raises(picture.UnusablePictureError, match="damaged"):
        picture.decode(data[:40], shape=(8, 8, 3))


def test_what_has_no_end_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    _, _, why = picture.prepare_file(tmp_path / "pipe.png", size=16, channels=3)
    assert why == "is neither a file nor a link to one"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with open(tmp_path / "large.png", "wb") as file:
        file.truncate(2**40)
    _, _, why = picture.prepare_file(
        tmp_path / "large.png", size=16, channels=3
    )
    assert why.startswith("has 1,099,511,627,776 bytes; expected at most")
