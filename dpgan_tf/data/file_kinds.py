"""Kinds of files in words, recognized by their first bytes.

A file of another kind than expected is not damaged: the message about it says
what it is.
"""

import re

HEAD_BYTES = 4096
"""Number of first bytes that `foreign_kind` needs."""

_MARKS = (
    (0, b"\x93NUMPY", "a NumPy array (.npy)"),
    (0, b"PK\x03\x04", "a zip archive (.zip, .npz, .xlsx)"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"\x1f\x8b", "gzip-compressed"),
    (0, b"BZh", "bzip2-compressed"),
    (0, b"\xfd7zXZ\x00", "xz-compressed"),
    (0, b"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"PAR1", "a Parquet table"),
    (0, b"ARROW1", "an Arrow table"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (0, b"MATLAB ", "a MATLAB file"),
    (0, b"SQLite format 3", "an SQLite data base"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "an EPS or PostScript drawing"),
    (0, b"\xc5\xd0\xd3\xc6", "an EPS or PostScript drawing"),
    (0, b"\xd7\xcd\xc6\x9a", "a WMF drawing"),
    (40, b" EMF", "an EMF drawing"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (0, b"#?RADIANCE", "a Radiance HDR picture"),
    (0, b"8BPS", "a Photoshop picture"),
    (0, b"gimp xcf", "a GIMP picture"),
    (0, b"SIMPLE  =", "a FITS picture"),
    (0, b"DDS ", "a DDS texture"),
    (0, b"\x00\x00\x01\x00", "an icon"),
    (0, b"icns", "an icon"),
    (0, b"FUJIFILMCCD-RAW", "a camera's raw picture"),
    (8, b"CR\x02\x00", "a camera's raw picture"),
    (0, b"IIRO", "a camera's raw picture"),
    (0, b"IIU\x00", "a camera's raw picture"),
    (128, b"DICM", "a DICOM picture"),
    (344, b"n+1\x00", "a NIfTI picture"),
    (8, b"AVI ", "a video"),
    (8, b"WAVE", "a sound"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (0, b"\x00\x00\x01\xba", "a video"),
)
_PICTURES = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"II+\x00", "TIFF"),
    (0, b"MM\x00+", "TIFF"),
    (8, b"WEBP", "WebP"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\x01\xda", "SGI"),
    (0, b"qoif", "QOI"),
    (0, b"BM", "BMP"),
    (4, b"ftypavif", "AVIF"),
)
_AVIF_BRANDS = (b"avif", b"avis")
_HEIF_BRANDS = (b"hei", b"hev", b"mif", b"msf")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def foreign_kind(head: bytes) -> str:
    """Return what a file is, unless it is a picture in a readable format.

    Args:
      head: the file's first `HEAD_BYTES` bytes, or all.

    Returns:
      Words with an article, such as "a zip archive"; empty if its first bytes
      are unknown, or those of a picture.
    """
    if head[4:8] == b"ftyp":
        return _in_iso_media(head)
    return _marked(head, _MARKS) or ("an SVG drawing" * _is_svg(head))


def picture_format(head: bytes) -> str:
    """Return a file's picture format by its beginning; empty if none.

    Args:
      head: the file's first `HEAD_BYTES` bytes, or all.
    """
    return _marked(head, _PICTURES)


def is_text(head: bytes) -> bool:
    """Return whether a file may be read as text.

    Args:
      head: the file's first `HEAD_BYTES` bytes, or all.
    """
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return bool(head) and (wide or not _CONTROLS.search(head))


def _marked(head, marks):
    for offset, mark, words in marks:
        if head[offset : offset + len(mark)] == mark:
            return words
    return ""


def _in_iso_media(head):
    """Distinguish pictures, raw pictures and videos, which share a format."""
    size = int.from_bytes(head[:4], "big")
    brands = [head[i : i + 4] for i in (8, *range(16, min(size, 256), 4))]
    if any(brand in _AVIF_BRANDS for brand in brands):
        return ""
    if any(brand.startswith(_HEIF_BRANDS) for brand in brands):
        return "a HEIC or HEIF picture"
    if b"crx " in brands:
        return "a camera's raw picture"
    return "a video"


def _is_svg(head):
    return is_text(head) and b"<svg" in head
