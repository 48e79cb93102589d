"""Patches of two photographs that scikit-learn ships, for trying things out.

They are real colour pictures that need no download: china.jpg (a temple) and
flower.jpg (a dahlia), both by their authors under Creative Commons. Patches
overlap, so they are neither independent records nor private; learning from them
shows that a network trains, and nothing more.
"""

import os
import pathlib
from typing import Any

import numpy as np
from sklearn import datasets

from dpgan_tf import images
from dpgan_tf import progress
from dpgan_tf.data import registry
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import preparation
from dpgan_tf.privacy import durable

SIDE = 96
"""Height and width of a patch, in pixels of the photograph."""

_STRIDE = 8
_DONE = ".done"


def write(folder: str | os.PathLike) -> pathlib.Path:
    """Write the patches as PNG files, in a sub-folder for each photograph.

    Args:
      folder: target folder; made if missing, unchanged if complete.

    Returns:
      The folder.
    """
    folder = pathlib.Path(folder)
    if (folder / _DONE).exists():
        return folder
    photos = datasets.load_sample_images()
    names = [pathlib.Path(name).stem for name in photos.filenames]
    corners = {
        name: _corners(photo.shape)
        for name, photo in zip(names, photos.images, strict=True)
    }
    with progress.bar(
        "cutting patches", total=sum(map(len, corners.values())), unit="patch"
    ) as bar:
        for name, photo in zip(names, photos.images, strict=True):
            (folder / name).mkdir(parents=True, exist_ok=True)
            for top, left in corners[name]:
                patch = photo[top : top + SIDE, left : left + SIDE]
                path = folder / name / f"{top:03}_{left:03}.png"
                path.write_bytes(images.png(np.ascontiguousarray(patch)))
                bar.update()
    durable.flush(folder)
    durable.create(folder / _DONE, b"")
    return folder


def _corners(shape):
    tops = range(0, shape[0] - SIDE + 1, _STRIDE)
    lefts = range(0, shape[1] - SIDE + 1, _STRIDE)
    return [(top, left) for top in tops for left in lefts]


def _prepare(
    name: str, *, data_dir: str | os.PathLike, size: int, **how: Any
) -> registry.Prepared:
    folder = pathlib.Path(data_dir)
    return preparation.prepare(
        folder / f"{name}_{size}",
        lambda: own_pictures.open_source(write(folder / name)),
        size=size,
        **how,
    )


SOURCES = (
    registry.Source(
        name="sample_photos",
        names={f"sample_photos_{size}": f" --size={size}" for size in (48, 64)},
        prepare=_prepare,
        options=(preparation.SIZE, *preparation.OPTIONS),
    ),
)
