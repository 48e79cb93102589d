"""Random weights and records, the same for every form and library."""

import math
import pathlib
from typing import NamedTuple

import numpy as np

from benchmarks import cases

_BIAS_SCALE = 0.1


class Inputs(NamedTuple):
    """The inputs of one critic step.

    Attributes:
      weights: float32, one array per shape in `Case.weight_shapes`.
      images: x, float32 [b, h, w, c] in [-1, 1).
      fakes: G(z), as `images`.
      mixes: rho, float32 [b] in [0, 1).
    """

    weights: list[np.ndarray]
    images: np.ndarray
    fakes: np.ndarray
    mixes: np.ndarray


def draw(case: cases.Case, batch_size: int, *, seed: int = 0) -> Inputs:
    """Draw weights and records.

    Args:
      case: the critic's case.
      batch_size: number b of records.
      seed: seed, at least 0; the same seed gives the same numbers.

    Returns:
      `Inputs`.
    """
    rng = np.random.default_rng(seed)
    shape = (batch_size, *case.image_shape)
    return Inputs(
        weights=[_weight(rng, shape) for shape in case.weight_shapes()],
        images=2 * rng.random(shape, np.float32) - 1,
        fakes=2 * rng.random(shape, np.float32) - 1,
        mixes=rng.random(batch_size, np.float32),
    )


def save(path: pathlib.Path, given: Inputs) -> None:
    """Write weights and records to an .npz file.

    Args:
      path: path of the file.
      given: weights and records to write.
    """
    records = given._asdict()
    weights = {f"weight_{i}": w for i, w in enumerate(records.pop("weights"))}
    np.savez(path, **weights, **records)


def load(path: pathlib.Path) -> Inputs:
    """Read what `save` wrote.

    Args:
      path: path of the file.

    Returns:
      `Inputs`.
    """
    with np.load(path) as arrays:
        num_weights = sum(name.startswith("weight_") for name in arrays)
        return Inputs(
            weights=[arrays[f"weight_{i}"] for i in range(num_weights)],
            images=arrays["images"],
            fakes=arrays["fakes"],
            mixes=arrays["mixes"],
        )


def _weight(rng, shape):
    """Return normal numbers that preserve the size of a layer's inputs."""
    is_bias = len(shape) == 1
    scale = _BIAS_SCALE if is_bias else 1 / math.sqrt(math.prod(shape[:-1]))
    return rng.standard_normal(shape, np.float32) * np.float32(scale)
