"""Small data files for tests, and ways to damage them."""

import gzip
import pathlib
import struct
from collections.abc import Iterator

import numpy as np


def images(num_images: int, *, seed: int = 0) -> np.ndarray:
    """Return uint8 [num_images, 4, 3, 1] of random pixels."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (num_images, 4, 3, 1), dtype=np.uint8)


def labels(num_images: int) -> np.ndarray:
    """Return int64 [num_images] that runs through 0..9."""
    return np.arange(num_images, dtype=np.int64) % 10


def numbered_images(num_images: int) -> np.ndarray:
    """Return uint8 [num_images, 1, 2, 1] that encode their own numbers."""
    numbers = np.arange(num_images)
    pixels = np.stack([numbers // 256, numbers % 256], axis=1)
    return pixels.astype(np.uint8).reshape(num_images, 1, 2, 1)


def numbers(images: np.ndarray) -> np.ndarray:
    """Return the numbers that images encode, scaled to [-1, 1] or not."""
    pixels = images.reshape(-1, 2)
    if pixels.dtype == np.float32:
        pixels = np.rint((pixels + 1) * 127.5)
    return pixels.astype(int) @ [256, 1]


def idx_bytes(array: np.ndarray) -> bytes:
    """Return an IDX file of unsigned bytes."""
    header = struct.pack(f">I{array.ndim}I", 0x800 + array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def write_idx_folder(
    folder: pathlib.Path,
    *,
    num_train: int = 20,
    num_test: int = 5,
    suffix: str = "",
    separator: str = "-",
) -> pathlib.Path:
    """Write a folder in MNIST's published form, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, count in (("train", num_train), ("t10k", num_test)):
        arrays = {
            f"{part}-images{separator}idx3-ubyte": images(count)[..., 0],
            f"{part}-labels{separator}idx1-ubyte": labels(count),
        }
        for name, array in arrays.items():
            content = idx_bytes(array)
            if suffix == ".gz":
                content = gzip.compress(content, mtime=0)
            (folder / (name + suffix)).write_bytes(content)
    return folder


def damaged(content: bytes, *, num_flips: int) -> Iterator[bytes]:
    """Yield every fifth truncation, then copies with one to four bits flipped.

    Half of the flips are in the first 128 bytes, where headers are.
    """
    for length in range(0, len(content), 5):
        yield content[:length]
    rng = np.random.default_rng(0)
    for number in range(num_flips):
        changed = bytearray(content)
        end = min(len(content), 128) if number % 2 else len(content)
        for _ in range(rng.integers(1, 5)):
            changed[rng.integers(end)] ^= 1 << int(rng.integers(8))
        yield bytes(changed)
