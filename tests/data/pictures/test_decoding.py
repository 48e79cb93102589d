"""Pictures of any format become pixels of one size, or say why not."""

import io
import os
import struct

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image

from dpgan_tf import images
from dpgan_tf.data.pictures import decoding as picture
from tests.data.pictures import picture_files as files


def content(mode="RGB", size=(40, 30), colour=None, **options):
    """Return a picture file."""
    file = io.BytesIO()
    image = Image.new(mode, size, colour if colour is not None else 0)
    image.save(file, **({"format": "PNG"} | options))
    return file.getvalue()


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
@pytest.mark.parametrize("channels", [1, 3])
def test_formats_become_pixels_of_the_size(file_format, channels):
    made = files.prepare(content(format=file_format), channels=channels)
    assert made.pixels.shape == (16, 16, channels)
    assert made.pixels.dtype == np.uint8


def test_the_shorter_side_is_scaled_and_the_centre_kept():
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 200
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    made = files.prepare(file.getvalue(), size=10)
    np.testing.assert_array_equal(made.pixels, np.full((10, 10, 3), 200))
    assert made.changes == ()


def test_a_picture_of_the_size_keeps_its_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    made = files.prepare(images.png(pixels))
    np.testing.assert_array_equal(made.pixels, pixels)
    again = picture.decode(images.png(pixels), shape=(16, 16, 3))
    np.testing.assert_array_equal(again, pixels)


def test_grey_pixels_survive_encoding():
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 1), np.uint8)
    again = picture.decode(images.png(pixels), shape=(8, 9, 1))
    np.testing.assert_array_equal(again, pixels)


def test_a_picture_that_is_too_small_is_enlarged_and_that_is_said():
    made = files.prepare(content(size=(8, 9), colour=(7, 7, 7)))
    assert made.changes == ("enlarged",)
    np.testing.assert_array_equal(made.pixels, 7)


def test_a_picture_is_turned_as_its_exif_says():
    image = Image.new("RGB", (20, 40))
    image.paste((250, 250, 250), (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    file = io.BytesIO()
    image.save(file, format="PNG", exif=exif)
    made = files.prepare(file.getvalue(), size=20)
    upright = io.BytesIO()
    image.rotate(180).save(upright, format="PNG")
    expected = files.prepare(upright.getvalue(), size=20)
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
        files.prepare(data)


def test_a_truncated_jpeg_is_refused():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, format="JPEG")
    with pytest.raises(picture.UnusablePictureError, match="damaged"):
        files.prepare(file.getvalue()[:1500])


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    bomb = content("1", size=(12_000, 12_000))
    assert len(bomb) < 100_000
    with pytest.raises(picture.UnusablePictureError, match="pixels"):
        files.prepare(bomb)


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


@pytest.mark.parametrize("largest", [1, 15, 100, 200, 255])
@pytest.mark.parametrize("magic", [b"P2", b"P3", b"P5", b"P6"])
def test_a_smaller_largest_value_of_pnm_is_white(magic, largest):
    num = 400 * (3 if magic in (b"P3", b"P6") else 1)
    is_text = magic in (b"P2", b"P3")
    values = b"%d " % largest * num if is_text else bytes([largest]) * num
    made = files.prepare(magic + b"\n20 20\n%d\n" % largest + values)
    np.testing.assert_array_equal(made.pixels, 255)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_grey_of_fewer_bits_reaches_white(bits):
    content = files.png(np.full((16, 2 * bits, 1), 255), bits=8)
    header = struct.pack(">IIBBBBB", 16, 16, bits, 0, 0, 0, 0)
    content = content.replace(content[8:33], files.chunk(b"IHDR", header))
    np.testing.assert_array_equal(files.prepare(content).pixels, 255)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (files.saved(files.plain("P", 7)), None),
        (files.saved(files.plain("LA", (90, 255))), 90),
        (files.saved(files.plain("RGBA", (90, 90, 90, 255))), 90),
        (files.saved(files.plain("CMYK", (0, 0, 0, 255)), format="TIFF"), 0),
        (files.saved(files.plain("YCbCr", (90, 128, 128)), format="TIFF"), 90),
        (files.saved(files.plain("1", 1), format="TIFF"), 255),
        (files.tiff(np.full((20, 20, 3), 90, np.uint8)), 90),
        (files.saved(files.plain(colour=(90, 90, 90)), format="JPEG2000"), 90),
        (files.saved(files.plain(colour=(90, 90, 90)), format="SGI"), 90),
        (files.saved(files.plain(colour=(90, 90, 90)), format="AVIF"), 90),
        (files.saved(files.plain(colour=(90, 90, 90)), format="TGA"), 90),
    ],
    ids=[
        *("palette", "LA", "RGBA", "CMYK", "YCbCr", "1", "TIFF"),
        *("JPEG 2000", "SGI", "AVIF", "TGA"),
    ],
)
def test_eight_bits_of_any_mode_are_read(content, expected):
    pixels = files.prepare(content).pixels
    if expected is not None:
        np.testing.assert_allclose(pixels, expected, atol=1)


def test_colours_in_lab_are_refused_with_that_reason():
    why = files.refusal(
        files.saved(files.plain("LAB", (50, 0, 0)), format="TIFF")
    )
    assert "mode LAB" in why and "damaged" not in why


def test_adobe_rgb_that_only_exif_tells_is_said():
    exif = Image.Exif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.IFD.Interop] = {1: "R03"}
    made = files.prepare(files.saved(files.plain(), format="JPEG", exif=exif))
    assert any("Adobe RGB" in change for change in made.changes)


@pytest.mark.parametrize("orientation", [2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_every_turn_is_counted(orientation, file_format):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = files.saved(files.plain(), format=file_format, exif=exif)
    assert picture.TURNED in files.prepare(content).changes


@pytest.mark.parametrize("orientation", [0, 1, 9, 300])
def test_what_is_no_turn_is_not_counted(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = files.saved(files.plain(), format="JPEG", exif=exif)
    assert picture.TURNED not in files.prepare(content).changes


@pytest.mark.parametrize(
    ("file_format", "what"), [("TIFF", "3 pages"), ("GIF", "3 frames")]
)
def test_several_pictures_in_a_file_are_refused_by_their_name(
    file_format, what
):
    frames = [files.plain(colour=(i, 0, 0)) for i in (0, 100, 200)]
    content = files.saved(
        frames[0], format=file_format, save_all=True, append_images=frames[1:]
    )
    assert what in files.refusal(content)


def test_the_first_picture_of_an_mpo_is_taken_and_that_is_said():
    frames = [files.plain(colour=(90, 90, 90)), files.plain()]
    content = files.saved(
        frames[0], format="MPO", save_all=True, append_images=frames[1:]
    )
    made = files.prepare(content)
    assert "the first of several in its file" in made.changes
    np.testing.assert_allclose(made.pixels, 90, atol=2)


@pytest.mark.parametrize("size", [(200_000, 2), (3, 150_000)])
def test_a_thin_strip_takes_no_more_memory_than_its_pixels(size):
    values = np.arange(size[0] * size[1]).reshape(size[::-1]) % 251
    strip = Image.fromarray(values.astype(np.uint8))
    content = files.saved(strip)
    resized = []

    def watched(image, shape, *args, **settings):
        resized.append((image.size, shape))
        return original(image, shape, *args, **settings)

    original = Image.Image.resize
    with pytest.MonkeyPatch.context() as patched_class:
        patched_class.setattr(Image.Image, "resize", watched)
        made = files.prepare(content, size=64)
    ((before, after),) = resized
    assert max(before) < 40 and after == (64, 64)
    side, (left, top) = min(size), (np.array(size) - min(size)) / 2
    middle = (left, top, left + side, top + side)
    expected = strip.resize((64, 64), Image.Resampling.LANCZOS, middle)
    np.testing.assert_allclose(made.pixels[..., 0], expected, atol=2)


def test_values_of_zero_and_one_are_said():
    mask = files.plain("L", 0)
    mask.paste(1, (0, 0, 10, 20))
    assert picture.DARK in files.prepare(files.saved(mask)).changes
    assert (
        picture.DARK
        not in files.prepare(files.saved(files.plain("L", 0))).changes
    )
