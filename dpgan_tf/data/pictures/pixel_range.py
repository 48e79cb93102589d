"""The least and greatest pixel, for the curator only.

The pixels' range is fixed by their type and never guessed. If they use little
of it, they may have been saved in another range: a warning says so. It depends
on private records, and must not be in any released file.
"""

from typing import Any

import numpy as np

_FLOATS, _BYTES = 2.0, 255
_DOUBTFUL_FLOATS, _DOUBTFUL_BYTES = _FLOATS / 2, _BYTES // 4


def describe(images: Any) -> str:
    """Return the least and the greatest pixel in words.

    Args:
      images: uint8 or float32 [n, height, width, channels]; images on a disk
        are not read.

    Returns:
      Text such as "pixels from 0 to 255"; empty for images on a disk.
    """
    if not isinstance(images, np.ndarray):
        return ""
    return f"pixels from {images.min():g} to {images.max():g}"


def doubt(images: Any, *, source: str) -> str:
    """Return a warning if pixels use suspiciously little of their range.

    Args:
      images: uint8 or float32 [n, height, width, channels]; images on a disk
        are not read.
      source: the data set, for the message.

    Returns:
      One line that names the remedy; empty if there is no doubt.
    """
    if not isinstance(images, np.ndarray):
        return ""
    least, greatest = images.min(), images.max()
    if images.dtype == np.uint8:
        if int(greatest) - int(least) > _DOUBTFUL_BYTES:
            return ""
        taken = "0 (black) to 255 (white)"
        remedy = "multiply pixels in [0, 1] by 255 before they become uint8"
    else:
        if greatest - least > _DOUBTFUL_FLOATS:
            return ""
        taken = "-1 (black) to 1 (white)"
        remedy = "save 2 * x - 1 for pixels in [0, 1]"
    return (
        f"{source}: {describe(images)} are taken to be of a range from "
        f"{taken}; if they have another range, {remedy}."
    )
