"""One picture file, as bytes, brought to a size: nothing of it is guessed.

This module knows no TensorFlow, so that worker processes start quickly.
"""

import dataclasses
import io
import pathlib
import warnings

import numpy as np
from PIL import Image
from PIL import ImageOps

from dpgan_tf import errors
from dpgan_tf import images

MAX_PIXELS = 100_000_000
"""What a picture may have at most; more is taken for a bomb."""

_MAX_FILE_BYTES = 2**28
_TRANSPARENT = ("RGBA", "LA", "PA", "RGBa", "La")
_EIGHT_BIT = ("L", "RGB", "CMYK", "YCbCr", "HSV", "P", "1")
_WHITE = (255, 255, 255, 255)


class UnusablePictureError(Exception):
    """A file that gives no picture; the message says why."""


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A picture of the wanted size.

    Attributes:
      pixels: uint8 [size, size, channels].
      changes: what was changed beside the size, in words.
    """

    pixels: np.ndarray
    changes: tuple[str, ...]


def prepare(content: bytes, *, size: int, channels: int) -> Prepared:
    """Decode a picture, scale its shorter side and crop its centre.

    That is the preprocessing of dp-GAN for CelebA and LSUN. Pictures turn as
    their EXIF says, colours become sRGB's three or grey, and what is
    transparent becomes white.

    Args:
      content: of a file in any format that Pillow reads.
      size: height and width wanted.
      channels: 3, or 1 for grey.

    Returns:
      `Prepared`.

    Raises:
      UnusablePictureError: if it is empty, damaged, animated, too large, or
        has more than 8 bits a channel.
    """
    if not content:
        raise UnusablePictureError("is empty")
    if len(content) > _MAX_FILE_BYTES:
        raise UnusablePictureError(
            f"has {len(content):,} bytes; expected at most {_MAX_FILE_BYTES:,}"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _prepare(content, size, channels)
        except UnusablePictureError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except Image.UnidentifiedImageError as error:
            raise UnusablePictureError(
                "is not a picture that Pillow reads"
            ) from error
        except Exception as error:  # Pillow's decoders raise anything
            text = errors.first_line(error)
            raise UnusablePictureError(f"is damaged ({text})") from error


def prepare_file(
    file: pathlib.Path | bytes, *, size: int, channels: int
) -> tuple[bytes | None, tuple[str, ...], str]:
    """Prepare a file, as a worker process does.

    Args:
      file: its path, or its content.
      size: as for `prepare`.
      channels: as for `prepare`.

    Returns:
      A PNG file, what was changed, and why there is no file if there is none.
    """
    try:
        content = file if isinstance(file, bytes) else file.read_bytes()
        made = prepare(content, size=size, channels=channels)
    except UnusablePictureError as error:
        return None, (), str(error)
    except OSError as error:
        return None, (), f"cannot be read ({error.strerror})"
    return images.png(made.pixels), made.changes, ""


def decode(content: bytes, *, shape: tuple[int, int, int]) -> np.ndarray:
    """Return the pixels of a picture that `images.png` wrote.

    Args:
      content: the file.
      shape: that it has.

    Returns:
      uint8 of that shape.

    Raises:
      UnusablePictureError: if it has another shape, or is damaged.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            pixels = np.asarray(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise UnusablePictureError(f"is damaged ({error})") from error
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    if pixels.shape != shape or pixels.dtype != np.uint8:
        raise UnusablePictureError(
            f"is {pixels.dtype} {list(pixels.shape)}; expected uint8 "
            f"{list(shape)}"
        )
    return pixels


def _prepare(content, size, channels):
    with Image.open(io.BytesIO(content)) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        num_frames = getattr(image, "n_frames", 1)
        # Cameras keep previews beside the picture in files of this format.
        if num_frames > 1 and image.format != "MPO":
            raise UnusablePictureError(
                f"is animated, with {num_frames} frames; save one of them"
            )
        image.load()
        turned = ImageOps.exif_transpose(image)
    changes = ["turned as its EXIF says"] * (turned.size != image.size)
    coloured, more = _with_channels(turned, channels)
    changes += more
    if min(coloured.size) < size:
        changes.append("enlarged")
    return Prepared(_fit(coloured, size, channels), tuple(changes))


def _too_large():
    return UnusablePictureError(f"has more than {MAX_PIXELS:,} pixels")


def _with_channels(image, channels):
    """Return the picture in grey or in three colours, and what that changed."""
    changes = []
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, _WHITE)
        image = Image.alpha_composite(ground, image).convert("RGB")
        changes.append("transparency made white")
    if image.mode not in _EIGHT_BIT:
        raise UnusablePictureError(
            f"has pixels of mode {image.mode}; expected 8 bits a channel"
        )
    is_grey = image.mode in ("L", "1")
    if channels == 3 and is_grey:
        changes.append("grey repeated in three colours")
    elif channels == 1 and not is_grey:
        changes.append("colours made grey")
    elif image.mode == "CMYK":
        changes.append("CMYK made RGB")
    return image.convert("RGB" if channels == 3 else "L"), changes


def _fit(image, size, channels):
    """Scale the shorter side to `size`, and crop the centre of the longer."""
    scale = size / min(image.size)
    width, height = (max(size, round(side * scale)) for side in image.size)
    # Pillow takes box filters over large regions with its "reducing gap".
    resized = image.resize((width, height), Image.Resampling.LANCZOS)
    left, top = (width - size) // 2, (height - size) // 2
    cropped = resized.crop((left, top, left + size, top + size))
    return np.asarray(cropped).reshape(size, size, channels)
