"""Picture files for tests, some of which no library writes."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from dpgan_tf.data.pictures import decoding as picture


def saved(image, **options):
    """Return a file of an image, a PNG unless `format` says otherwise."""
    file = io.BytesIO()
    image.save(file, **({"format": "PNG"} | options))
    return file.getvalue()


def plain(mode="RGB", colour=0, size=(20, 20)):
    return Image.new(mode, size, colour)


def prepare(content, size=16, channels=3):
    return picture.prepare(content, size=size, channels=channels)


def refusal(content):
    with pytest.raises(picture.UnusablePictureError) as raised:
        prepare(content)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def png(values, *, bits=16, before=b""):
    """Return a PNG of [height, width, channels], which Pillow cannot write."""
    height, width, channels = values.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    values = values.astype(">u2" if bits == 16 else np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + before
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def chunk(name, data):
    checksum = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + checksum


def tiff(values, *, sample_format=1, extra=()):
    """Return a TIFF of [height, width, channels] with bits as the dtype's."""
    height, width, channels = values.shape
    data = values.tobytes()
    tags = sorted(
        [
            (256, 4, width),
            (257, 4, height),
            (258, 3, 8 * values.itemsize),
            (259, 3, 1),
            (262, 3, 2 if channels == 3 else 1),
            (273, 4, 8),
            (277, 3, channels),
            (278, 4, height),
            (279, 4, len(data)),
            (339, 3, sample_format),
            *extra,
        ]
    )
    entries, late = b"", b""
    place_late = 8 + len(data) + 2 + 12 * len(tags) + 4
    for tag, kind, value in tags:
        if tag in (258, 339) and channels == 3:
            entry = struct.pack("<HHII", tag, kind, 3, place_late + len(late))
            late += struct.pack("<HHH", *[value] * 3)
        else:
            entry = struct.pack("<HHII", tag, kind, 1, value)
        entries += entry
    header = b"II*\0" + struct.pack("<I", 8 + len(data))
    number = struct.pack("<H", len(tags))
    return header + data + number + entries + b"\0\0\0\0" + late


def patched(content, mark, offset, value):
    """Return a file whose byte at an offset from a mark has another value."""
    place = content.index(mark) + offset
    return content[:place] + bytes([value]) + content[place + 1 :]
