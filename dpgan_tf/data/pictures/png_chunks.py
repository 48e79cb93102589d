"""The chunks of a PNG file: their names, and the file without its texts.

Pillow refuses pictures with long texts, which do not affect the pixels.
"""

import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_TURNS = (b"Raw profile type exif\x00", b"XML:com.adobe.xmp\x00")
"""Keys of texts that may say how to turn a picture."""


def names(content: bytes) -> frozenset[bytes]:
    """Return the names of all chunks; empty if it is not a PNG file.

    Args:
      content: the file's content.
    """
    return frozenset(name for name, _, _ in _chunks(content))


def without_texts(content: bytes) -> bytes:
    """Return a file without its texts, or unchanged if it has none.

    Args:
      content: the file's content, in PNG or another format.
    """
    texts = [
        (start, end)
        for name, start, end in _chunks(content)
        if name in _TEXTS and not content[start + 8 : end].startswith(_TURNS)
    ]
    if not texts:
        return content
    ends = [0, *(end for _, end in texts)]
    starts = [*(start for start, _ in texts), len(content)]
    return b"".join(
        content[end:start] for end, start in zip(ends, starts, strict=True)
    )


def checked(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and data of each chunk, up to the first wrong checksum.

    Args:
      content: the file's content.
    """
    for name, start, end in _chunks(content):
        data = content[start + 8 : end - 4]
        if zlib.crc32(name + data) != int.from_bytes(content[end - 4 : end]):
            return
        yield name, data


def _chunks(content) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and end of each complete chunk."""
    place = len(SIGNATURE) if content.startswith(SIGNATURE) else len(content)
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        end = place + 12 + length
        if end > len(content):
            return
        yield content[place + 4 : place + 8], place, end
        place = end
