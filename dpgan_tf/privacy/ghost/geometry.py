"""Which pixels each output position of a convolution sees."""

import numpy as np


def taps(
    size: tuple[int, int],
    kernel: tuple[int, int],
    *,
    strides: tuple[int, int],
    dilations: tuple[int, int],
    padding: str,
) -> np.ndarray:
    """Return the pixel under each tap of the kernel at each position.

    Args:
      size: height and width of the input.
      kernel: height and width of the kernel.
      strides: vertical and horizontal stride.
      dilations: vertical and horizontal dilation.
      padding: "SAME" or "VALID".

    Returns:
      int32 [positions, taps], both row by row: pixel y * width + x, or
      height * width where the tap lies on the padding.
    """
    rows, columns = (
        _taps_of_axis(n, k, stride=s, dilation=d, padding=padding)
        for n, k, s, d in zip(size, kernel, strides, dilations, strict=True)
    )
    height, width = size
    y = rows[:, None, :, None]
    x = columns[None, :, None, :]
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    pixels = np.where(inside, y * width + x, height * width)
    num_positions = rows.shape[0] * columns.shape[0]
    return pixels.reshape(num_positions, -1).astype(np.int32)


def pairs(pixels: np.ndarray, num_pixels: int) -> np.ndarray:
    """Return which pairs of pixels meet under one tap, for pairs of positions.

    The Gram matrix of the patches is the Gram matrix of the pixels times this.

    Args:
      pixels: result of `taps`.
      num_pixels: height times width.

    Returns:
      float32 [pixels^2, positions^2] of zeros and ones.
    """
    num_positions, num_taps = pixels.shape
    one_hot = np.zeros((num_positions, num_taps, num_pixels + 1), np.float32)
    np.put_along_axis(one_hot, pixels[:, :, None], 1.0, axis=2)
    one_hot = one_hot[:, :, :num_pixels]
    joint = np.einsum("sop,toq->pqst", one_hot, one_hot, optimize=True)
    return joint.reshape(num_pixels**2, num_positions**2)


def _taps_of_axis(num, kernel, *, stride, dilation, padding):
    """Return [positions, taps] along one axis, also taps outside."""
    reach = (kernel - 1) * dilation + 1
    if padding == "VALID":
        num_positions, before = (num - reach) // stride + 1, 0
    else:
        num_positions = -(-num // stride)
        before = max((num_positions - 1) * stride + reach - num, 0) // 2
    starts = np.arange(num_positions) * stride - before
    return starts[:, None] + np.arange(kernel) * dilation
