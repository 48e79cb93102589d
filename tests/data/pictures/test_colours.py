"""Colours become sRGB's by the profile that a file embeds."""

import struct

import numpy as np
import pytest
from PIL import Image
from PIL import ImageCms

from dpgan_tf.data.pictures import colours as picture_colours
from tests.data.pictures import picture_files as files

PRIMARIES = ImageCms.createProfile("sRGB")
SRGB = ImageCms.ImageCmsProfile(PRIMARIES).tobytes()


def curve(gamma):
    return (
        b"curv" + bytes(4) + struct.pack(">IH", 1, int(256 * gamma)) + b"\0\0"
    )


def xyz(*values):
    numbers = struct.pack(">iii", *(round(65_536 * v) for v in values))
    return b"XYZ " + bytes(4) + numbers


def profile(space, tags):
    """Return an ICC profile of the second version with some tags."""
    text = b"desc" + bytes(4) + struct.pack(">I", 4) + b"own\0" + bytes(78)
    tags = {b"desc": text + bytes(2), b"wtpt": xyz(0.9642, 1, 0.8249)} | tags
    place = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += struct.pack(">4sII", name, place + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(">I", place + len(data)) + bytes(4)
    header += b"\x02\x40\0\0mntr" + space + b"XYZ " + bytes(12) + b"acsp"
    header += bytes(28) + struct.pack(">iii", 63_190, 65_536, 54_061)
    return header + bytes(128 - len(header)) + table + data


ADOBE = profile(
    b"RGB ",
    {
        b"rXYZ": xyz(0.60974, 0.31111, 0.01947),
        b"gXYZ": xyz(0.20528, 0.62567, 0.06087),
        b"bXYZ": xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": curve(2.2),
        b"gTRC": curve(2.2),
        b"bTRC": curve(2.2),
    },
)
LINEAR_GREY = profile(b"GRAY", {b"kTRC": curve(1.0)})


def test_a_wide_gamut_becomes_srgb():
    content = files.saved(
        files.plain(colour=(100, 200, 100)), icc_profile=ADOBE
    )
    made = files.prepare(content)
    assert picture_colours.APPLIED in made.changes
    # By the matrices of both spaces: red falls below sRGB's, green rises.
    red, green, blue = made.pixels[8, 8]
    assert red < 5 and 198 <= green <= 204 and 90 < blue < 101


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF", "WEBP", "AVIF"])
def test_profiles_are_followed_in_every_format(file_format):
    image = files.plain(colour=(100, 200, 100))
    options = {"format": file_format, "icc_profile": ADOBE, "quality": 95}
    made = files.prepare(files.saved(image, **options))
    assert picture_colours.APPLIED in made.changes
    assert made.pixels[8, 8, 0] < 25


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_a_profile_holds_for_palettes_and_transparent_pictures(mode):
    image = files.plain(colour=(100, 200, 100)).convert(mode)
    made = files.prepare(files.saved(image, icc_profile=ADOBE))
    assert made.changes == (picture_colours.APPLIED,)
    assert made.pixels[8, 8, 0] < 25


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("mode", ["L", "LA"])
def test_a_grey_profile_is_followed(mode, channels):
    colour = 55 if mode == "L" else (55, 255)
    content = files.saved(files.plain(mode, colour), icc_profile=LINEAR_GREY)
    made = files.prepare(content, channels=channels)
    # sRGB's curve: 1.055 (55 / 255)^(1 / 2.4) - 0.055, times 255.
    np.testing.assert_allclose(made.pixels, 128, atol=1.5)
    assert picture_colours.APPLIED in made.changes
    assert "colours made grey" not in made.changes


@pytest.mark.parametrize("channels", [1, 3])
def test_the_profile_of_srgb_changes_nothing(channels):
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (16, 16, 3), np.uint8))
    with_profile = files.prepare(
        files.saved(image, icc_profile=SRGB), channels=channels
    )
    without = files.prepare(files.saved(image), channels=channels)
    np.testing.assert_array_equal(with_profile.pixels, without.pixels)
    assert with_profile.changes == without.changes


@pytest.mark.parametrize(
    ("mode", "icc", "change"),
    [
        ("RGB", b"no profile at all", picture_colours.BROKEN),
        ("RGB", ADOBE[:200], picture_colours.BROKEN),
        ("L", SRGB, picture_colours.FOREIGN),
        ("RGB", LINEAR_GREY, picture_colours.FOREIGN),
        ("CMYK", SRGB, picture_colours.FOREIGN),
    ],
)
def test_a_profile_that_cannot_be_followed_is_counted(mode, icc, change):
    content = files.saved(files.plain(mode), format="TIFF", icc_profile=icc)
    assert change in files.prepare(content).changes


@pytest.mark.parametrize(
    ("before", "is_told"),
    [
        (files.chunk(b"gAMA", struct.pack(">I", 45_455)), False),
        (files.chunk(b"gAMA", struct.pack(">I", 100_000)), True),
        (
            files.chunk(b"sRGB", b"\0")
            + files.chunk(b"gAMA", struct.pack(">I", 99_000)),
            False,
        ),
        (files.chunk(b"cHRM", struct.pack(">8I", *[30_000] * 8)), True),
        (files.chunk(b"cICP", bytes([9, 16, 0, 1])), True),
        (files.chunk(b"cICP", bytes([1, 13, 0, 1])), False),
    ],
)
def test_other_colours_of_png_are_said(before, is_told):
    made = files.prepare(
        files.png(np.full((20, 20, 3), 90), bits=8, before=before)
    )
    assert (picture_colours.UNTOLD in made.changes) == is_told
    np.testing.assert_array_equal(made.pixels, 90)
