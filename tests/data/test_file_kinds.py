"""Files are told by their first bytes, as the programs write them."""

import bz2
import gzip
import io
import lzma
import sqlite3
import tarfile
import wave
import zipfile

import h5py
import numpy as np
import pytest
from PIL import Image

from dpgan_tf.data import file_kinds


def written(write):
    """Return what a function writes to a file."""
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def picture(file_format, mode="RGB", **options):
    image = Image.new(mode, (32, 32))
    return written(lambda f: image.save(f, format=file_format, **options))


def zipped(names):
    def write(file):
        with zipfile.ZipFile(file, "w") as archive:
            for name in names:
                archive.writestr(name, "a")

    return written(write)


def tarred(file_format):
    def write(file):
        with tarfile.open(fileobj=file, mode="w", format=file_format) as one:
            one.addfile(tarfile.TarInfo("a.png"))

    return written(write)


def sound():
    def write(file):
        with wave.open(file, "wb") as made:
            made.setparams((1, 2, 8_000, 0, "NONE", ""))
            made.writeframes(bytes(100))

    return written(write)


def data_base():
    with sqlite3.connect(":memory:") as made:
        made.execute("CREATE TABLE a (b)")
        return made.serialize()


def hdf5():
    def write(file):
        with h5py.File(file, "w") as made:
            made["a"] = [1]

    return written(write)


WRITTEN = [
    (written(lambda f: np.save(f, np.zeros(3))), "a NumPy array (.npy)"),
    (written(lambda f: np.savez(f, a=1)), "a zip archive (.zip, .npz, .xlsx)"),
    (zipped(["a"]), "a zip archive (.zip, .npz, .xlsx)"),
    (zipped([]), "an empty zip archive"),
    (gzip.compress(b"a"), "gzip-compressed"),
    (bz2.compress(b"a"), "bzip2-compressed"),
    (lzma.compress(b"a"), "xz-compressed"),
    (tarred(tarfile.GNU_FORMAT), "a tar archive"),
    (tarred(tarfile.PAX_FORMAT), "a tar archive"),
    (hdf5(), "an HDF5 file"),
    (data_base(), "an SQLite data base"),
    (sound(), "a sound"),
    (picture("PDF"), "a PDF document"),
    (picture("EPS"), "an EPS or PostScript drawing"),
    (picture("ICO"), "an icon"),
    (picture("ICNS"), "an icon"),
    (picture("DDS"), "a DDS texture"),
]


@pytest.mark.parametrize(("content", "kind"), WRITTEN)
def test_what_is_no_picture_has_its_name(content, kind):
    assert file_kinds.foreign_kind(content[: file_kinds.HEAD_BYTES]) == kind


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (picture("PNG"), "PNG"),
        (picture("JPEG"), "JPEG"),
        (picture("GIF"), "GIF"),
        (picture("TIFF"), "TIFF"),
        (picture("TIFF", "I;16B"), "TIFF"),
        (picture("TIFF", big_tiff=True), "TIFF"),
        (picture("WEBP"), "WebP"),
        (picture("JPEG2000"), "JPEG 2000"),
        (picture("JPEG2000", no_jp2=True), "JPEG 2000"),
        (picture("SGI"), "SGI"),
        (picture("QOI"), "QOI"),
        (picture("BMP"), "BMP"),
        (picture("AVIF"), "AVIF"),
    ],
)
def test_a_picture_has_a_format_and_is_not_foreign(content, name):
    head = content[: file_kinds.HEAD_BYTES]
    assert file_kinds.picture_format(head) == name
    assert file_kinds.foreign_kind(head) == ""


@pytest.mark.parametrize(
    "head", [b"", b"PNG", b"P6\n1 1\n255\n", b"a,b\n1,2\n", bytes(4_096)]
)
def test_what_tells_nothing_has_no_name(head):
    assert file_kinds.foreign_kind(head) == ""
    assert file_kinds.picture_format(head) == ""


def box(brand, *others, claimed=None):
    """Return the first box of a file in ISO's media format, and an end."""
    content = b"ftyp" + brand + bytes(4) + b"".join(others)
    size = len(content) + 4 if claimed is None else claimed
    return size.to_bytes(4, "big") + content + bytes(20)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (box(b"avif"), ""),
        (box(b"mif1", b"miaf", b"avif"), ""),
        (box(b"heic", b"mif1"), "a HEIC or HEIF picture"),
        (box(b"mif1", b"heix"), "a HEIC or HEIF picture"),
        (box(b"crx ", b"isom"), "a camera's raw picture"),
        (box(b"isom", b"avc1"), "a video"),
        (box(b"qt  "), "a video"),
        # What follows the box is none of its brands.
        (box(b"isom", b"avif", claimed=16), "a video"),
        (box(b"isom", claimed=2**32 - 1), "a video"),
    ],
)
def test_kinds_of_one_container_are_told_apart_by_all_its_brands(head, kind):
    assert file_kinds.foreign_kind(head) == kind


def test_a_drawing_is_told_by_its_tag_in_a_text():
    drawing = b"<?xml version='1.0'?>\n<!-- made --> <svg width='9'/>"
    assert file_kinds.foreign_kind(drawing) == "an SVG drawing"
    assert file_kinds.foreign_kind(drawing + b"\0") == ""


@pytest.mark.parametrize(
    ("head", "is_text"),
    [
        (b"a,b\r\n\t1\n", True),
        ("\u00fcber".encode(), True),
        ("\u00fcber".encode("latin-1"), True),
        ("a\n".encode("utf-16"), True),
        (b"\x1b[1mbold", True),
        (b"", False),
        (b"a\0b", False),
        ("a\n".encode("utf-16-le"), False),
        (b"\x7fELF", False),
    ],
)
def test_text_has_no_control_characters(head, is_text):
    assert file_kinds.is_text(head) == is_text
