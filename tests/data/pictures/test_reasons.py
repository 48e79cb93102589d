"""Why a file gives no picture is said without blaming a whole file."""

import io
import re

import pytest
from PIL import Image
from PIL import PngImagePlugin

from dpgan_tf.data.pictures import reasons
from tests.data.pictures import picture_files as files

FOREIGN_FILES = {
    "an EPS or": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "an SVG": b"<?xml version='1.0'?>\n<svg xmlns='http://x' width='9'/>",
    "a HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
    "HEIF": b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix" + bytes(100),
    "a PDF": b"%PDF-1.7\n" + bytes(100),
    "a NumPy array": b"\x93NUMPY\x01\0" + bytes(100),
    "a zip archive": b"PK\x03\x04" + bytes(100),
    "gzip-compressed": b"\x1f\x8b\x08" + bytes(100),
    "a tar archive": b"a.png".ljust(257, b"\0") + b"ustar\x0000" + bytes(300),
    "a Parquet": b"PAR1" + bytes(100),
    "a DICOM": bytes(128) + b"DICM" + bytes(100),
    "a JPEG XL": b"\xff\x0a" + bytes(100),
    "a Photoshop": b"8BPS\0\x01" + bytes(100),
    "a video": b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + bytes(100),
    "camera": b"\0\0\0\x18ftypcrx \0\0\0\0crx isom" + bytes(100),
    "text": b"age,work\n39,State-gov\n",
    "unknown kind": bytes(range(200, 256)) + bytes(range(200)),
}


@pytest.mark.parametrize("kind", FOREIGN_FILES)
def test_another_kind_of_file_is_named_and_not_called_damaged(kind):
    why = files.refusal(FOREIGN_FILES[kind])
    assert kind in why and "damaged" not in why


@pytest.mark.parametrize(
    "content", [files.saved(files.plain()), b"", b"some text", bytes(9)]
)
def test_what_may_be_a_picture_is_left_to_pillow(content):
    assert reasons.why_foreign(content) == ""


def test_a_foreign_kind_comes_with_what_is_read():
    assert reasons.why_foreign(b"%PDF-1.7") == (
        "is a PDF document, which is not read; expected a picture as PNG, "
        "JPEG, TIFF or the like"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"GIF89a" + bytes(9), "begins like GIF, but is damaged or of a kind"),
        (b"notes\n", r"Pillow reads \(it is text\)"),
        (b"\0\1\2", r"Pillow reads \(it is of an unknown kind\)"),
    ],
)
def test_what_pillow_does_not_know_is_told_by_its_beginning(content, why):
    assert re.search(why, reasons.why_unidentified(content))


def _error_of(content):
    """Return what Pillow raises for a picture that it cannot read."""
    try:
        Image.open(io.BytesIO(content)).load()
    except Exception as error:  # Pillow's decoders raise anything
        return error
    return pytest.fail("Pillow reads it")


def test_a_picture_that_is_cut_is_damaged():
    whole = files.saved(Image.effect_noise((90, 90), 50))
    why = reasons.why_undecoded(_error_of(whole[:2_000]))
    assert why.startswith("is damaged (") and "truncated" in why


def test_a_text_beyond_what_pillow_reads_is_not_damage():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("notes", "x" * 3_000_000, zip=True)
    content = files.saved(files.plain(), pnginfo=texts)
    assert reasons.why_undecoded(_error_of(content)) == (
        "has a text or colour profile larger than Pillow reads"
    )


def test_a_compression_that_pillow_lacks_is_not_damage():
    content = files.saved(files.plain(), format="BMP")
    content = content[:30] + b"\4" + content[31:]  # a JPEG in it
    why = reasons.why_undecoded(_error_of(content))
    assert why.startswith("is of a kind that Pillow does not read (")
    assert files.refusal(content) == why


def test_an_error_of_several_lines_gives_one():
    why = reasons.why_undecoded(ValueError("first\nsecond"))
    assert why == "is damaged (first)"
