"""A private range of pixels, in which records of low contrast are seen.

The ends of a record are its darkest and its brightest pixel but one in 500.
They are in two of B equal bins over [0, 1], and it adds

    f(x) = (e_low(x), e_high(x)) / sqrt(2),    |f| = 1

to a sum of 2 B numbers: |f|^2 = 1/2 + 1/2, whatever the record. What is
released are noisy shares of the records that begin, and that end, in each bin.

The range begins at the first bin by which more than a share t of the records
have begun, noise included. With s the deviation of a share's noise, what noise
adds to the share up to a bin is a random walk, W_j, of at most B steps. By
Levy's inequality

    P(max_j W_j > 3 s sqrt(B)) <= 2 P(W_B > 3 s sqrt(B)) = .27%

and t is at least 3 s sqrt(B). So noise alone begins no range but in one case
of 370, and, as likely, no more than 2 t of the records begin before it. The
other end is found alike. If t is too large to tell, or the records use nearly
all of [0, 1], the range is that.
"""

import dataclasses
import math
from typing import Any

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.summary import summary

NUM_BINS = 32
"""B."""

_LEFT_OUT = 500
"""One pixel in so many is beyond each of a record's ends."""

_CLIP_NORM = 1.0
_LEAST, _MOST = 0.01, 0.1
"""Least t, and the largest with which ends can be told."""

_WIDEST = 0.9
"""Widest range that is worth its rounding."""

_WHITE = 255


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PixelRange:
    """A range of pixels in [0, 1]; private, hence free to be looked at.

    Attributes:
      ends: its low and high end, float64 [2].
    """

    ends: np.ndarray

    def __post_init__(self) -> None:
        """Refuse what is no range."""
        ends = self.ends
        if ends.shape != (2,) or not 0 <= ends[0] < ends[1] <= 1:
            raise ValueError(f"{ends} is no range of pixels")

    @property
    def is_whole(self) -> bool:
        """Whether it is [0, 1]."""
        return bool(self.ends[0] == 0 and self.ends[1] == 1)

    def stretched(self, images: Any) -> Any:
        """Return images whose pixels in the range become those in [0, 1].

        Args:
          images: images, uint8 or float32 in [-1, 1], [n, height, width,
            channels]; an array, or what gives one when it is indexed.

        Returns:
          What gives uint8 when it is indexed; for [0, 1], the images.
        """
        return images if self.is_whole else _Stretched(images, self.ends)

    def restored(self, images: tf.Tensor) -> tf.Tensor:
        """Return images whose pixels are in the range, as those of records are.

        Args:
          images: float32 in [-1, 1], made like stretched ones.
        """
        if self.is_whole:
            return images
        low, high = self.ends.tolist()
        return (high - low) * images + (low + high - 1)


WHOLE = PixelRange(ends=np.array([0.0, 1.0]))


class _Stretched:
    """Stretched images; each by itself, and when it is read.

    Attributes:
      shape: (n, height, width, channels).
      dtype: uint8.
    """

    def __init__(self, images: Any, ends: np.ndarray) -> None:
        self._images, self._ends = images, ends
        self.shape, self.ndim = images.shape, images.ndim
        self.dtype = np.dtype(np.uint8)

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, key: Any) -> np.ndarray:
        low, high = self._ends
        images = self._images[key]
        if images.dtype == np.uint8:
            shades = np.arange(_WHITE + 1, dtype=np.uint8)
            return _to_bytes((_pixels(shades) - low) / (high - low))[images]
        return _to_bytes((_pixels(images) - low) / (high - low))


class EndStatistic(summary.Statistic):
    """The bins of a record's ends: f."""

    def prepared(self, records: np.ndarray) -> np.ndarray:
        """Return the ends of images, float64 [c, 2]; NaN where there are none.

        Args:
          records: images, uint8 or float32 in [-1, 1], [c, height, width,
            channels].
        """
        flat = records.reshape(len(records), math.prod(records.shape[1:]))
        size = flat.shape[1]
        places = [size // _LEFT_OUT, size - 1 - size // _LEFT_OUT]
        return _pixels(np.partition(flat, places, axis=1)[:, places])

    def norms(self, records: np.ndarray) -> np.ndarray:
        """As `summary.Statistic.norms`."""
        return np.where(np.isfinite(records).all(axis=1), 1.0, np.nan)

    def weighted_sum(
        self, records: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [2 B]."""
        bins = np.floor(NUM_BINS * np.clip(records, 0, 1)).astype(np.int64)
        bins = np.minimum(bins, NUM_BINS - 1)
        return np.concatenate(
            [
                np.bincount(of_end, weights, minlength=NUM_BINS)
                for of_end in bins.T
            ]
        ) / math.sqrt(2)


def take(
    mechanism: summary.SummaryMechanism, images: Any, *, key: tf.Tensor
) -> PixelRange:
    """Release the range of pixels.

    Args:
      mechanism: with a release left.
      images: all private ones, as `summary.SummaryMechanism.privatize` takes
        records.
      key: int64 [4], secret; that of the mechanism's other releases.
    """
    number = mechanism.num_released
    released = mechanism.privatize(
        EndStatistic(), images, clip_norm=_CLIP_NORM, key=key
    )
    deviation = mechanism.deviation(number, clip_norm=_CLIP_NORM)
    return _range_of(
        math.sqrt(2) * released.reshape(2, NUM_BINS),
        deviation=math.sqrt(2) * deviation,
    )


def _range_of(shares: np.ndarray, *, deviation: float) -> PixelRange:
    """Return the range that noisy shares of records, [2, B], show."""
    least = max(_LEAST, 3 * deviation * math.sqrt(NUM_BINS))
    low = _first(shares[0], least) / NUM_BINS
    high = 1 - _first(shares[1, ::-1], least) / NUM_BINS
    if least > _MOST or not 0 < high - low <= _WIDEST:
        return WHOLE
    return PixelRange(ends=np.array([low, high]))


def _first(shares: np.ndarray, least: float) -> int:
    """Return the first bin up to which there are more; 0 if there is none."""
    return int(np.argmax(np.cumsum(shares) > least))


def _pixels(images: np.ndarray) -> np.ndarray:
    """Return bytes, or floats in [-1, 1], as float64 in [0, 1]."""
    if images.dtype == np.uint8:
        return images / _WHITE
    return (images.astype(np.float64) + 1) / 2


def _to_bytes(pixels: np.ndarray) -> np.ndarray:
    whole = np.rint(_WHITE * np.clip(pixels, 0, 1))
    return np.nan_to_num(whole).astype(np.uint8)
