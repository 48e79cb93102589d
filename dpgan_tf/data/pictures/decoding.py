"""Decode one picture file and scale it to a size, without guessing.

This module does not import TensorFlow, so that worker processes start quickly.
"""

import contextlib
import dataclasses
import io
import logging
import math
import pathlib
import stat
import warnings
from collections.abc import Iterator

import numpy as np
from PIL import ExifTags
from PIL import Image
from PIL import ImageOps

from dpgan_tf import errors
from dpgan_tf import images
from dpgan_tf.data.pictures import channels as picture_channels
from dpgan_tf.data.pictures import colours as picture_colours
from dpgan_tf.data.pictures import depth as picture_depth
from dpgan_tf.data.pictures import png_chunks
from dpgan_tf.data.pictures import reasons as picture_reasons

MAX_PIXELS = 100_000_000
"""Most pixels of a picture; a larger one may be a decompression bomb."""

TURNED = "turned as its EXIF says"
DARK = (
    "no value above 1 of 255: if 1 is meant to be white, multiply by 255 first"
)

_MAX_FILE_BYTES = 2**28
_FORMATS = (
    "AVIF",
    "BMP",
    "DIB",
    "GIF",
    "JPEG",
    "JPEG2000",
    "PCX",
    "PNG",
    "PPM",
    "QOI",
    "SGI",
    "SUN",
    "TGA",
    "TIFF",
    "WEBP",
    "XBM",
    "XPM",
)
"""Formats whose depth is known: 8 bits by design, or stated in the header."""

_NOT_TURNED = 1
_INTEROPERABILITY, _ADOBE_RGB = 1, "R03"
_FILTER_RADIUS = 3  # of Lanczos, in pixels of the smaller picture


class UnusablePictureError(Exception):
    """A file that gives no picture; the message says why."""


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A picture of the wanted size.

    Attributes:
      pixels: uint8 [size, size, channels].
      changes: what was changed apart from the size, in words.
    """

    pixels: np.ndarray
    changes: tuple[str, ...]


def prepare(content: bytes, *, size: int, channels: int) -> Prepared:
    """Decode a picture, scale its shorter side and keep its centre.

    That is the preprocessing of dp-GAN for CelebA and LSUN. Pictures are turned
    as their EXIF says, colours become sRGB or grey, and transparent pixels
    become white.

    Args:
      content: content of a file in a common format, such as PNG, JPEG or TIFF.
      size: height and width of the result.
      channels: 3, or 1 for grey.

    Returns:
      `Prepared`.

    Raises:
      UnusablePictureError: if it is empty, damaged, of an unsupported kind, too
        large, one of several, or has more than 8 bits a channel.
    """
    if not content:
        raise UnusablePictureError("is empty")
    _require_size(len(content))
    with _warnings_ignored():
        try:
            return _prepare(content, size, channels)
        except UnusablePictureError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except Image.UnidentifiedImageError as error:
            raise UnusablePictureError(
                picture_reasons.why_unidentified(content)
            ) from error
        except Exception as error:  # Pillow's decoders raise anything
            raise UnusablePictureError(
                picture_reasons.why_undecoded(error)
            ) from error


def prepare_file(
    file: pathlib.Path | bytes, *, size: int, channels: int
) -> tuple[bytes | None, tuple[str, ...], str]:
    """Prepare a file in a worker process.

    Args:
      file: the file's path, or its content.
      size: height and width of the result.
      channels: 3, or 1 for grey.

    Returns:
      A PNG file, what was changed, and why there is no file if there is none.
    """
    try:
        content = file if isinstance(file, bytes) else _read(file)
        made = prepare(content, size=size, channels=channels)
    except UnusablePictureError as error:
        return None, (), str(error)
    except OSError as error:
        return None, (), f"cannot be read ({error.strerror})"
    return images.png(made.pixels), made.changes, ""


def _read(path):
    """Read a plain file that is not too large; others may be endless."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnusablePictureError("is neither a file nor a link to one")
    _require_size(status.st_size)
    return path.read_bytes()


def _require_size(num_bytes):
    if num_bytes > _MAX_FILE_BYTES:
        raise UnusablePictureError(
            f"has {num_bytes:,} bytes; expected at most {_MAX_FILE_BYTES:,}"
        )


def decode(content: bytes, *, shape: tuple[int, int, int]) -> np.ndarray:
    """Return the pixels of a picture that `images.png` wrote.

    Args:
      content: the file's content.
      shape: the expected shape.

    Returns:
      uint8 of that shape.

    Raises:
      UnusablePictureError: if it has another shape, or is damaged.
    """
    height, width, _ = shape
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
                if image.size != (width, height):
                    raise UnusablePictureError(
                        f"is {image.height} x {image.width}; expected "
                        f"{height} x {width} pixels"
                    )
                pixels = np.asarray(image)
        except UnusablePictureError:
            raise
        except Exception as error:  # Pillow's decoders raise anything
            text = errors.first_line(error)
            raise UnusablePictureError(f"is damaged ({text})") from error
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    if pixels.shape != shape or pixels.dtype != np.uint8:
        raise UnusablePictureError(
            f"is {pixels.dtype} {list(pixels.shape)}; expected uint8 "
            f"{list(shape)}"
        )
    return pixels


def _prepare(content, size, channels):
    _require_readable(content)
    with _open(png_chunks.without_texts(content)) as image:
        changes = _require_one_picture(image)
        changes += _turn(image)
        changes.append(picture_colours.untold(image, content))
        if image.mode not in picture_channels.MODES:
            raise UnusablePictureError(
                f"has pixels of mode {image.mode}; expected grey, RGB or CMYK "
                "of 8 bits a channel"
            )
        region, box = _centre(image, size)
    coloured, more = picture_channels.convert(region, channels=channels)
    changes += more
    if min(image.size) < size:
        changes.append("enlarged")
    scaled = coloured.resize((size, size), Image.Resampling.LANCZOS, box)
    pixels = np.asarray(scaled).reshape(size, size, channels)
    if 0 < pixels.max() <= 1:
        changes.append(DARK)
    return Prepared(pixels, tuple(filter(None, changes)))


@contextlib.contextmanager
def _warnings_ignored() -> Iterator[None]:
    """Hide Pillow's warnings: such pictures are either used or refused."""
    logger = logging.getLogger("PIL")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _require_readable(content):
    """Refuse, by its header, a file that is no picture or has deep channels."""
    why = picture_reasons.why_foreign(content) or picture_depth.why_unfit(
        content
    )
    if why:
        raise UnusablePictureError(why)


def _open(content):
    Image.init()
    known = [name for name in _FORMATS if name in Image.OPEN]
    return Image.open(io.BytesIO(content), formats=known)


def _too_large():
    return UnusablePictureError(f"has more than {MAX_PIXELS:,} pixels")


def _require_one_picture(image):
    """Refuse animations and documents; return remarks on other pictures."""
    if image.width * image.height > MAX_PIXELS:
        raise _too_large()
    num_frames = getattr(image, "n_frames", 1)
    if num_frames == 1:
        return []
    # In files of this format, cameras also store previews.
    if image.format == "MPO":
        return ["the first of several in its file"]
    what = "pages" if image.format == "TIFF" else "frames"
    raise UnusablePictureError(
        f"has {num_frames} {what}; save one of them as a file of its own"
    )


def _turn(image):
    """Turn a picture as its EXIF says, and return the changes."""
    if image.format != "TIFF":  # which Pillow turns while it loads
        image.load()
    try:
        exif = image.getexif()
        is_turned = exif.get(ExifTags.Base.Orientation, _NOT_TURNED) in range(
            _NOT_TURNED + 1, 9
        )
        interoperability = exif.get_ifd(ExifTags.IFD.Interop)
    except Exception as error:  # Pillow's parser raises anything
        raise UnusablePictureError(
            f"has EXIF data that cannot be read ({errors.first_line(error)})"
        ) from error
    changes = [TURNED] * is_turned
    if (
        interoperability.get(_INTEROPERABILITY) == _ADOBE_RGB
        and "icc_profile" not in image.info
    ):
        changes.append("colours taken as sRGB's, though EXIF says Adobe RGB")
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    return changes


def _centre(image, size):
    """Cut out the part needed for the central square.

    Only this part is converted and scaled: a long strip needs no memory for
    parts that are cut off.

    Returns:
      The part, and left, top, right and bottom of the square in it.
    """
    scale = size / min(image.size)
    spans, margins = [], []
    for side in image.size:
        scaled = max(size, round(side * scale))
        first = (scaled - size) // 2
        spans.append((first * side / scaled, (first + size) * side / scaled))
        margins.append(math.ceil(_FILTER_RADIUS * max(1, side / scaled)) + 1)
    part = [
        (max(0, math.floor(low) - margin), min(side, math.ceil(high) + margin))
        for (low, high), margin, side in zip(
            spans, margins, image.size, strict=True
        )
    ]
    (left, right), (top, bottom) = part
    box = [spans[0][0] - left, spans[1][0] - top]
    box += [spans[0][1] - left, spans[1][1] - top]
    return image.crop((left, top, right, bottom)), tuple(box)
