"""The changed records as a file, and images held apart to score on.

All come from MNIST's training images; its test images choose nothing.
"""

import pathlib

import numpy as np

from benchmarks.unseen import changes
from dpgan_tf.data import sources
from dpgan_tf.privacy import durable

_NUM_HELD_APART = 10_000
_SEED = 0


def write(
    name: str, *, folder: pathlib.Path, data_dir: pathlib.Path
) -> pathlib.Path:
    """Write the records of a change, unless they are there.

    Args:
      name: name of a change.
      folder: folder of the file.
      data_dir: folder of MNIST.

    Returns:
      The file: as `npz` reads it, with images held apart as its test part.

    Raises:
      DatasetError: if MNIST cannot be used.
    """
    path = folder / f"{name}.npz"
    if path.exists():
        return path
    mnist = sources.load("mnist", data_dir=data_dir)
    arrays = changed(
        *mnist.training_part,
        change=changes.CHANGES[name],
        num_held_apart=_NUM_HELD_APART,
    )
    durable.make_folder(folder)
    with durable.workspace(folder) as scratch:
        written = scratch / path.name
        np.savez(written, **arrays)
        durable.publish(written, path)
    return path


def changed(
    images: np.ndarray,
    labels: np.ndarray,
    *,
    change: changes.Change,
    num_held_apart: int,
) -> dict[str, np.ndarray]:
    """Return the arrays of a file.

    Which images are held apart is the same for all changes; so is the order of
    the others.

    Args:
      images: uint8 [n, height, width, channels].
      labels: int64 [n].
      change: what is done to them.
      num_held_apart: number of images held apart, before classes are left out.
    """
    order = np.random.default_rng(_SEED).permutation(len(images))
    apart, kept = order[:num_held_apart], order[num_held_apart:]
    kept = kept[change.choose(labels[kept])]
    apart = apart[change.classes(labels[apart])]
    of_kept, of_apart, of_labels = (
        np.random.default_rng([_SEED, draw]) for draw in range(3)
    )
    return {
        "x_train": change.look(images[kept], of_kept),
        "y_train": change.relabel(labels[kept], of_labels),
        "x_test": change.look(images[apart], of_apart),
        "y_test": labels[apart],
        "num_classes": np.int64(change.num_classes),
    }
