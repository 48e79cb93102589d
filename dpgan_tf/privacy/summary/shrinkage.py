"""What noisy moments of images were before the noise: post-processing.

Noise is as loud along one direction as along another, while images vary most
along smooth ones. So moments are seen in cosines (the orthonormal DCT-II) and
cut into blocks by bands of frequencies; a block keeps as much as noise does not
explain of its squared norm (James and Stein, 1961).

Noise also turns small eigenvalues of a covariance into anything. The sum of all
classes, in which it is smallest, says which directions can be told from noise,
and eigenvalues there are shrunk to what they were before it (Benaych-Georges
and Nadakuditi, 2011). Within these directions each class has its own
covariance, drawn to the common one by as much as noise explains of their
difference.
"""

import dataclasses
import math

import numpy as np
import scipy.fft

_BAND_WIDTH = 2
"""Frequencies in a band, of either direction."""

_SEED = 0
"""Of the noise that is drawn to compare with; it protects nothing."""


@dataclasses.dataclass(frozen=True)
class Cosines:
    """The frequencies of square images, flattened by row, column and channel.

    Attributes:
      side: height and width of an image.
      channels: of an image.
    """

    side: int
    channels: int

    @property
    def matrix(self) -> np.ndarray:
        """Of orthonormal rows, each a product of two cosines: [D, D]."""
        waves = scipy.fft.dct(np.eye(self.side), axis=0, norm="ortho")
        return np.kron(np.kron(waves, waves), np.eye(self.channels))

    @property
    def bands(self) -> np.ndarray:
        """Band of each row, by the higher one of its frequencies: int [D]."""
        along = np.arange(self.side)
        higher = np.maximum(along[:, None], along[None, :]).reshape(-1)
        return np.repeat(higher // _BAND_WIDTH, self.channels)


def means(
    noisy: np.ndarray, *, noise: np.ndarray, cosines: Cosines
) -> np.ndarray:
    """Return what the means of classes were before the noise, in [0, 1].

    Each is drawn to the average of all, the more the higher a band is.

    Args:
      noisy: means of k classes, [k, D].
      noise: deviation of each number of a class's mean, [k].
      cosines: of the images.

    Returns:
      float64 [k, D].
    """
    average = noisy.mean(axis=0)
    to_cosines = cosines.matrix
    seen = (noisy - average) @ to_cosines.T
    members = _members(cosines)
    kept = _unexplained(
        seen**2 @ members, np.outer(noise**2, members.sum(axis=0))
    )
    return np.clip(average + (seen * (kept @ members.T)) @ to_cosines, 0.0, 1.0)


def factors(
    scatters: np.ndarray, shares: np.ndarray, *, noise: float, cosines: Cosines
) -> np.ndarray:
    """Return factors of what the classes' covariances were before the noise.

    Args:
      scatters: noisy sums of products over n, [k, D, D].
      shares: of the records, of each class, [k].
      noise: deviation of a scatter's diagonal; elsewhere it is 1 / sqrt(2) of
        that, so that it is the same along all directions.
      cosines: of the images.

    Returns:
      float64 [k, D, D], F_c of which F_c F_c^T is the covariance of class c.
    """
    num_classes, size, _ = scatters.shape
    variances, directions = _before_noise(
        scatters.sum(axis=0) / shares.sum(),
        noise=noise * math.sqrt(num_classes) / shares.sum(),
        cosines=cosines,
    )
    common = np.diag(variances)
    found = np.zeros([num_classes, size, size])
    for factor, scatter, share in zip(found, scatters, shares, strict=True):
        seen = directions.T @ (scatter / share) @ directions
        own = _shrunk(seen - common, noise=noise / share)
        values, axes = np.linalg.eigh(common + own)
        spread = axes * np.sqrt(np.maximum(values, 0.0))
        factor[:, : len(variances)] = directions @ spread
    return found


def _before_noise(
    noisy: np.ndarray, *, noise: float, cosines: Cosines
) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvalues that stand out of the noise, and their directions.

    Those of the noise fill [-r, r], and an eigenvalue l > r / 2 of the
    covariance is seen at l + r^2 / (4 l). All of the noise would have
    r = noise sqrt(2 D); of what the blocks keep of it, r is that of a draw.
    """
    to_cosines = cosines.matrix
    seen = to_cosines @ noisy @ to_cosines.T
    weights = _weights_of_blocks(seen, noise=noise, cosines=cosines)
    drawn = noise * _symmetric(np.random.default_rng(_SEED), len(noisy))
    edge = np.linalg.eigvalsh(drawn * weights)[-1]
    values, directions = np.linalg.eigh(seen * weights)
    kept = values > edge
    found = values[kept]
    variances = (found + np.sqrt(found**2 - edge**2)) / 2
    return variances, to_cosines.T @ directions[:, kept]


def _weights_of_blocks(
    seen: np.ndarray, *, noise: float, cosines: Cosines
) -> np.ndarray:
    """Return what is kept of each product of two cosines, [D, D]."""
    members = _members(cosines)
    sizes = members.sum(axis=0)
    # Noise in a block, squared and summed: diagonals are twice as loud.
    explained = noise**2 / 2 * (np.outer(sizes, sizes) + np.diag(sizes))
    kept = _unexplained(members.T @ seen**2 @ members, explained)
    return members @ kept @ members.T


def _symmetric(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return noise of deviation 1 on the diagonal, 1 / sqrt(2) elsewhere."""
    square = rng.standard_normal([size, size])
    return (square + square.T) / 2


def _members(cosines: Cosines) -> np.ndarray:
    """Return 1.0 where a cosine is in a band, [D, bands]."""
    bands = cosines.bands
    return np.eye(bands.max() + 1)[bands]


def _shrunk(difference: np.ndarray, *, noise: float) -> np.ndarray:
    """Return a difference less what noise explains of its squared norm."""
    explained = noise**2 * len(difference) * (len(difference) + 1) / 2
    return difference * _unexplained(np.sum(difference**2), explained)


def _unexplained(found, explained):
    """Return the part of squared norms that noise does not explain."""
    least = np.finfo(np.float64).tiny
    return 1.0 - explained / np.maximum(np.maximum(found, explained), least)
