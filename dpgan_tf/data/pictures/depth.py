"""The number of bits in a channel, by the headers of picture files.

Pillow's mode does not show it: Pillow reduces 16 bits to 8 while it reads. It
does not know which part of the 16 bits the values use, so the picture may
become nearly black.
"""

import io
import re
import struct

from PIL import TiffImagePlugin

_PNM = re.compile(
    rb"P[2356](?:\s|#[^\r\n]*[\r\n])+(\d+)(?:\s|#[^\r\n]*[\r\n])+\d+"
    rb"(?:\s|#[^\r\n]*[\r\n])+(\d{1,10})"
)
_BITS_PER_SAMPLE, _SAMPLE_FORMAT, _SUBFILE_TYPE = 258, 339, 254
_DNG_VERSION, _SUB_IFDS, _PREVIEW = 50706, 330, 1
_UNSIGNED, _VOID = 1, 4
_MAX_BITS = 64
_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC} | {0xF7}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}


def why_unfit(content: bytes) -> str:
    """Return why a picture's samples cannot be used unchanged.

    Args:
      content: the file's content.

    Returns:
      Words that follow "it"; empty if samples have at most 8 bits, or the
      format has no others.
    """
    if content.startswith((b"II", b"MM")):
        return _of_tiff(content)
    bits = _bits(content)
    return _too_deep(bits) if bits and bits > 8 else ""


def _too_deep(bits):
    if bits > _MAX_BITS:
        return f"is damaged (by its header it has {bits} bits a channel)"
    return (
        f"has {bits} bits a channel; expected at most 8 bits a channel: scale "
        "it, since which part of that range its values use is not guessed"
    )


def _bits(content):
    """Return the bits in a channel; None if the header does not say."""
    if content.startswith(b"\x89PNG") and content[12:16] == b"IHDR":
        return content[24] if len(content) > 24 else None
    if content.startswith(b"\xff\xd8"):
        return _of_jpeg(content)
    if content.startswith(b"\x01\xda"):
        return 8 * content[3] if len(content) > 3 else None
    if content[4:8] == b"ftyp":
        return _of_avif(content)
    match = _PNM.match(content[:65_536])
    if match:
        return int(match[2]).bit_length()
    return _of_jpeg_2000(content)


def _of_jpeg(content):
    """Read the segments up to the frame's, which has the precision."""
    place = 2
    while place + 5 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in _START_OF_FRAME:
            return content[place + 4]
        if marker == 0xFF:
            place += 1
        elif marker in _WITHOUT_LENGTH:
            place += 2
        else:
            length = int.from_bytes(content[place + 2 : place + 4], "big")
            place += 2 + max(2, length)
    return None


def _of_avif(content):
    """Read the first codec configuration, that of the picture itself."""
    place = content.find(b"av1C")
    if place < 0 or place + 7 > len(content):
        return None
    flags = content[place + 6]
    if not flags & 0x40:
        return 8
    return 12 if flags & 0x20 else 10


def _of_jpeg_2000(content):
    """Read the sizes at the beginning of the code stream."""
    if not content.startswith((b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51")):
        return None
    place = content.find(b"\xff\x4f\xff\x51")
    sizes = content[place + 40 :]
    if place < 0 or len(sizes) < 2:
        return None
    num_channels = int.from_bytes(sizes[:2], "big")
    depths = sizes[2 : 2 + 3 * num_channels : 3]
    return max(((depth & 0x7F) + 1 for depth in depths), default=None)


def _of_tiff(content):
    tags = _tiff_tags(content)
    if tags is None:
        return ""
    if _DNG_VERSION in tags or (
        _SUB_IFDS in tags and _numbers(tags, _SUBFILE_TYPE, 0)[0] & _PREVIEW
    ):
        return "is a camera's raw picture; develop it, and save it as PNG"
    bits = max(_numbers(tags, _BITS_PER_SAMPLE, 1))
    if bits > 8:
        return _too_deep(bits)
    if not set(_numbers(tags, _SAMPLE_FORMAT, _UNSIGNED)) <= {_UNSIGNED, _VOID}:
        return "has signed samples; expected unsigned ones of 8 bits"
    return ""


def _tiff_tags(content):
    """Return the first directory of tags; None if there is none to read."""
    try:
        is_big = content[2:3] == b"+" or content[3:4] == b"+"
        header = content[: 16 if is_big else 8]
        tags = TiffImagePlugin.ImageFileDirectory_v2(header)
        file = io.BytesIO(content)
        file.seek(tags.next)
        tags.load(file)
        # Values are decoded only on access.
        return {
            tag: tags[tag]
            for tag in (
                _BITS_PER_SAMPLE,
                _SAMPLE_FORMAT,
                _SUBFILE_TYPE,
                _DNG_VERSION,
                _SUB_IFDS,
            )
            if tag in tags
        }
    except (
        OSError,
        SyntaxError,
        ValueError,
        KeyError,
        TypeError,
        struct.error,
    ):
        return None


def _numbers(tags, tag, otherwise):
    """Return a tag's whole numbers, or the default if there are none."""
    value = tags.get(tag, otherwise)
    values = value if isinstance(value, tuple) else (value,)
    return [n for n in values if isinstance(n, int)] or [otherwise]
