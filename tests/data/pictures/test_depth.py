"""Channels of more than 8 bits are seen in the header of the file."""

import numpy as np
import pytest

from dpgan_tf.data.pictures import depth
from tests.data.pictures import picture_files as files


def uint16(channels, value=2_000):
    return np.full((20, 20, channels), value, np.uint16)


def filled(jpeg):
    """Return a JPEG whose frame comes after fill bytes and a restart mark."""
    return jpeg.replace(b"\xff\xc0", b"\xff\xd0\xff\xff\xff\xc0", 1)


JPEG = files.saved(files.plain(), format="JPEG")
DEEP_JPEG = files.patched(JPEG, b"\xff\xc0", 4, 12)
J2K = {"format": "JPEG2000", "no_jp2": True}
DEEP = {
    **{f"PNG of {n}": (16, files.png(uint16(n))) for n in (1, 2, 3, 4)},
    "PPM": (16, b"P6\n20 20\n65535\n" + uint16(3).byteswap().tobytes()),
    "PPM with a comment": (
        10,
        b"P6 # made\n20 20\n# by hand\n1023\n" + bytes(2_400),
    ),
    "PGM": (12, b"P5\n20 20\n4095\n" + uint16(1).byteswap().tobytes()),
    "PGM of 256": (9, b"P5\n20 20\n256\n" + bytes(800)),
    "PPM in text": (16, b"P3\n20 20\n65535\n" + b"2000 " * 1_200),
    "TIFF": (16, files.tiff(uint16(3))),
    "grey TIFF": (16, files.saved(files.plain("I;16", 900), format="TIFF")),
    "big-endian TIFF": (
        16,
        files.saved(files.plain("I;16B", 900), format="TIFF"),
    ),
    "BigTIFF": (
        16,
        files.saved(files.plain("I;16", 900), format="TIFF", big_tiff=True),
    ),
    "TIFF of int32": (32, files.saved(files.plain("I", 900), format="TIFF")),
    "TIFF of floats": (
        32,
        files.tiff(np.ones((20, 20, 3), np.float32), sample_format=3),
    ),
    "TIFF of doubles": (64, files.tiff(np.ones((20, 20, 1)), sample_format=3)),
    "JPEG 2000": (
        16,
        files.saved(files.plain("I;16", 900), format="JPEG2000"),
    ),
    "JPEG 2000 without boxes": (16, files.saved(files.plain("I;16"), **J2K)),
    "JPEG": (12, DEEP_JPEG),
    "JPEG with fill bytes": (12, filled(DEEP_JPEG)),
    "SGI": (16, files.saved(files.plain("L", 9), format="SGI", bpc=2)),
    "AVIF of 10 bits": (
        10,
        files.patched(
            files.saved(files.plain(), format="AVIF"), b"av1C", 6, 0x4C
        ),
    ),
    "AVIF of 12 bits": (
        12,
        files.patched(
            files.saved(files.plain(), format="AVIF"), b"av1C", 6, 0x6C
        ),
    ),
}


@pytest.mark.parametrize("name", DEEP)
def test_more_than_eight_bits_are_refused_by_the_files_own_header(name):
    bits, content = DEEP[name]
    why = depth.why_unfit(content)
    assert why.startswith(f"has {bits} bits a channel; expected at most 8 bits")
    assert files.refusal(content) == why


@pytest.mark.parametrize(
    "content",
    [
        JPEG,
        filled(JPEG),
        files.saved(files.plain(), format="JPEG", progressive=True),
        files.png(uint16(3, 9), bits=8),
        b"P5\n20 20\n255\n" + bytes(400),
        files.tiff(np.zeros((20, 20, 3), np.uint8)),
        files.saved(files.plain("1"), format="TIFF"),
        files.saved(files.plain(), format="TIFF", big_tiff=True),
        files.saved(files.plain(), **J2K),
        *(
            files.saved(files.plain(), format=name)
            for name in ("JPEG2000", "SGI", "AVIF", "WEBP", "GIF", "BMP", "TGA")
        ),
    ],
)
def test_eight_bits_are_fit(content):
    assert depth.why_unfit(content) == ""


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("name", DEEP)
def test_a_header_that_ends_early_raises_nothing(name):
    _, content = DEEP[name]
    for length in range(min(len(content), 700)):
        assert isinstance(depth.why_unfit(content[:length]), str)


def test_a_depth_that_no_format_has_is_damage():
    content = files.patched(files.png(uint16(1)), b"IHDR", 12, 200)
    why = "is damaged (by its header it has 200 bits a channel)"
    assert depth.why_unfit(content) == files.refusal(content) == why


def test_samples_with_a_sign_are_refused():
    values = np.full((20, 20, 3), -5, np.int8)
    content = files.tiff(values, sample_format=2)
    assert "signed samples" in depth.why_unfit(content)
    assert "signed samples" in files.refusal(content)


def test_the_preview_of_a_raw_file_is_not_taken_for_the_picture():
    values = np.full((20, 20, 3), 90, np.uint8)
    raw = files.tiff(values, extra=[(50706, 1, 0x0401), (254, 4, 1)])
    assert "raw picture" in depth.why_unfit(raw)
    assert "raw picture" in files.refusal(raw)
