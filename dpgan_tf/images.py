"""Images as bytes, and as one picture."""

import io
import os
import pathlib

import numpy as np
from PIL import Image

from dpgan_tf.privacy import durable

_GAP = 1


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Turn images in [-1, 1] into bytes.

    Args:
      images: float [...] in [-1, 1], or uint8, which is returned as it is.

    Returns:
      uint8 of the same shape: -1 becomes 0 and 1 becomes 255.
    """
    if images.dtype == np.uint8:
        return images
    return np.rint(np.clip(images, -1, 1) * 127.5 + 127.5).astype(np.uint8)


def make_grid(images: np.ndarray, *, columns: int = 10) -> np.ndarray:
    """Arrange images in rows on one picture.

    Args:
      images: [n, height, width, channels], float in [-1, 1] or uint8.
      columns: number of images in a row; the last row may be shorter.

    Returns:
      uint8 [picture_height, picture_width, channels], with a grey line around
      every image.

    Raises:
      ValueError: if there are no images or columns.
    """
    if len(images) == 0 or columns < 1:
        raise ValueError(
            f"{len(images)} images in columns={columns}; expected > 0 of both."
        )
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    _, height, width, channels = images.shape
    step_down, step_right = height + _GAP, width + _GAP
    picture = np.full(
        [rows * step_down + _GAP, columns * step_right + _GAP, channels],
        128,
        np.uint8,
    )
    for i, image in enumerate(to_uint8(images)):
        top = i // columns * step_down + _GAP
        left = i % columns * step_right + _GAP
        picture[top : top + height, left : left + width] = image
    return picture


def save_grid(
    images: np.ndarray, path: str | os.PathLike, *, columns: int = 10
) -> None:
    """Write images as one PNG picture, atomically.

    Args:
      images: [n, height, width, channels], float in [-1, 1] or uint8.
      path: file to write.
      columns: number of images in a row.
    """
    picture = png(make_grid(images, columns=columns))
    durable.create(pathlib.Path(path), picture)


def save_png(image: np.ndarray, path: str | os.PathLike) -> None:
    """Write one image as PNG.

    Args:
      image: [height, width, channels] with one or three channels, float in
        [-1, 1] or uint8.
      path: file to write.
    """
    pathlib.Path(path).write_bytes(png(image))


def png(image: np.ndarray) -> bytes:
    """Return one image as a PNG file.

    Args:
      image: [height, width, channels] with one or three channels, float in
        [-1, 1] or uint8.
    """
    pixels = to_uint8(image)
    if pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()
