"""Samples of images that are shown together, those of a class in a column."""

import dataclasses
import math

import numpy as np

from dpgan_tf.release import sampling

_RAREST = 0.002
"""Least share of a class whose samples are searched for."""

_ROWS, _MOST_COLUMNS = 10, 20
"""Number of rows, and most columns, in a grid of samples."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Images that are shown together.

    Attributes:
      images: float32 [n, height, width, channels] in [-1, 1].
      columns: number of images in a row.
      is_by_class: whether each column is a class.
    """

    images: np.ndarray
    columns: int
    is_by_class: bool


def grid(
    generator: sampling.ExportedGenerator, *, seed: int, variety: float = 1.0
) -> Grid:
    """Return ten rows of samples; each column is a class if there are any.

    Args:
      generator: a generator of images.
      seed: the samples' seed; see `sampling.ExportedGenerator.samples`.
      variety: factor of their latents.
    """
    num_classes = min(generator.num_classes, _MOST_COLUMNS)
    if num_classes:
        columns = num_classes * max(1, _ROWS // num_classes)
        found = first_of_classes(
            generator,
            seed,
            num_classes=num_classes,
            num=_ROWS * columns // num_classes,
            variety=variety,
        )
        if found is not None:
            shown = np.stack(found, axis=1).reshape(-1, *found[0].shape[1:])
            return Grid(images=shown, columns=columns, is_by_class=True)
    made = generator.all_samples(_ROWS * _ROWS, seed, variety=variety)
    return Grid(images=made.examples, columns=_ROWS, is_by_class=False)


def first_of_classes(
    generator: sampling.ExportedGenerator,
    seed: int,
    *,
    num_classes: int,
    num: int,
    variety: float = 1.0,
) -> list[np.ndarray] | None:
    """Return the first images of the first classes.

    Args:
      generator: a generator of images with labels.
      seed: the samples' seed; see `sampling.ExportedGenerator.samples`.
      num_classes: number of the wanted classes.
      num: number of images of each class.
      variety: factor of their latents.

    Returns:
      float32 [num, height, width, channels] for each class; None if ten times
      the expected number of samples has too few of one.
    """
    found: list[list[np.ndarray]] = [[] for _ in range(num_classes)]
    rarest = 1 / generator.num_classes
    if generator.class_shares is not None:
        rarest = max(_RAREST, float(generator.class_shares.min()))
    most = math.ceil(10 * num / rarest)
    for batch in generator.samples(most, seed, variety=variety):
        for image, label in zip(batch.examples, batch.labels, strict=True):
            number = label - generator.first_label
            if number < num_classes and len(found[number]) < num:
                found[number].append(image)
        if all(len(some) == num for some in found):
            return [np.stack(some) for some in found]
    return None
