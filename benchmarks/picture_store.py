"""Writes data sets of any size: a few random pictures, repeated."""

import itertools
import pathlib
import shutil

import numpy as np

from dpgan_tf import images
from dpgan_tf import progress
from dpgan_tf.data.pictures import folder as picture_folder

_MOST_SHARDS = 256
_LEAST_IN_SHARD = 1_000
_LEAST_DIFFERENT = 64


def write(
    folder: pathlib.Path,
    num_records: int,
    *,
    shape: tuple[int, int, int],
    num_classes: int = 2,
    square: int = 1,
) -> None:
    """Write pictures as prepare-data does; the classes take turns.

    Args:
      folder: folder to create.
      num_records: number of records.
      shape: (height, width, channels), whose sides `square` divides.
      num_classes: number of classes.
      square: side of the squares of equal pixels; larger ones compress better.
    """
    partial = folder.with_name(f".{folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    different = _different(shape, num_classes, square)
    num_shards = min(_MOST_SHARDS, -(-num_records // _LEAST_IN_SHARD))
    bounds = np.linspace(0, num_records, num_shards + 1).astype(int)
    checksums, num_bytes = {}, 0
    with progress.bar("writing", total=num_records, unit="record") as bar:
        for shard, (first, end) in enumerate(itertools.pairwise(bounds)):
            name = picture_folder.shard_name(
                folder.name, "train", shard, num_shards
            )
            with picture_folder.Writer(partial / name) as writer:
                for i in range(first, end):
                    writer.write(different[i % len(different)])
            num_bytes += writer.num_bytes
            checksums[name] = picture_folder.sha256(partial / name)
            bar.update(int(end - first))
    labels = np.arange(num_records) % len(different) % num_classes
    checksums[picture_folder.LABELS] = picture_folder.write_labels(
        partial, {"train": labels}
    )
    picture_folder.describe(
        partial,
        folder.name,
        shape=shape,
        classes=[f"class_{i}" for i in range(num_classes)],
        lengths={"train": np.diff(bounds).tolist()},
        num_bytes={"train": num_bytes},
        checksums=checksums,
        description="Random pictures, for a benchmark.",
    )
    partial.rename(folder)


def _different(shape, num_classes, square) -> list[bytes]:
    """Return different records, as many of each class as of another."""
    height, width, channels = shape
    rng = np.random.default_rng(0)
    coarse = height // square, width // square, channels
    num = num_classes * -(-_LEAST_DIFFERENT // num_classes)
    return [
        picture_folder.serialized_example(
            images.png(
                rng.integers(0, 256, coarse, np.uint8)
                .repeat(square, axis=0)
                .repeat(square, axis=1)
            ),
            i % num_classes,
        )
        for i in range(num)
    ]
