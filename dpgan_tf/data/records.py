"""Records in memory: frozen types that are checked when they are made.

Public and private records are two types, so that private ones cannot be handed
to a function that asks for public ones. Their text form shows shapes and never
pixels, so that a log cannot leak them.

Examples are images or rows of a table. Images are uint8 [n, height, width,
channels] in 0..255, or float32 of the same shape in [-1, 1]. The range is a
rule and is not guessed from the pixels: a scale that depends on the largest
private pixel is a leak. Rows of a table are uint8 [n, columns], counts up to a
public limit. Images that memory cannot hold are `Stored`.
"""

import dataclasses
from typing import Any, Protocol

import numpy as np

from dpgan_tf.data import checks

MAX_PIXEL = 255
"""White, in uint8 images."""


class Stored(Protocol):
    """Images that are indexed like an array, and are read then."""

    shape: tuple[int, ...]
    dtype: np.dtype
    ndim: int

    def __len__(self) -> int: ...

    def __getitem__(self, key: Any) -> np.ndarray: ...

    @property
    def identity(self) -> bytes:
        """A SHA-256 that identifies these images."""

    def select(self, indices: np.ndarray) -> "Stored":
        """Return some of the images, unread."""


Images = np.ndarray | Stored


@dataclasses.dataclass(frozen=True)
class Scale:
    """Public constants that scale stored bytes for the networks.

    Attributes:
      largest: the byte that becomes 1.
      low: the number that the byte 0 becomes.
    """

    largest: int
    low: float

    @property
    def divisor(self) -> float:
        """The divisor of a byte, before `low` is added."""
        return self.largest / (1 - self.low)


PIXELS = Scale(MAX_PIXEL, -1.0)
"""The scale of images: 0..255 becomes [-1, 1], the range of tanh."""


@dataclasses.dataclass(frozen=True)
class Form:
    """The form of an example; all of it is public.

    Attributes:
      shape: (height, width, channels) of an image, (columns,) of a row.
      largest: largest count of a row; 0 for images.
      num_classes: declared number of the labels' classes, never counted; 0 if
        it is not declared.
      blocks: sizes of the blocks of a row's columns, in order: a row has 1 in
        exactly one column of a block, and 0 or 1 in a block of one; empty for
        images, and for rows of columns that are not in blocks.
    """

    shape: tuple[int, ...]
    largest: int = 0
    num_classes: int = 0
    blocks: tuple[int, ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether examples are rows of a table."""
        return self.largest > 0


DIGITS = Form((28, 28, 1), num_classes=10)
"""The form of MNIST's images."""


@dataclasses.dataclass(frozen=True, eq=False)
class _Records:
    """Images or rows of a table, and their labels if there are any.

    Attributes:
      examples: images, uint8 or float32 [n, height, width, channels], or rows,
        uint8 [n, columns]; see the module.
      labels: int64 [n] from 0 to num_classes - 1, or None.
      scale: scale of uint8 examples.
      num_classes: number of the labels' classes; 0 if it is not declared.
    """

    examples: Any = dataclasses.field(repr=False)
    labels: np.ndarray | None = dataclasses.field(default=None, repr=False)
    scale: Scale = dataclasses.field(default=PIXELS, repr=False)
    num_classes: int = dataclasses.field(default=0, repr=False)

    def __post_init__(self):
        source = type(self).__name__
        if self.examples.ndim == 2:
            checks.check_rows(
                self.examples, largest=self.scale.largest, source=source
            )
        else:
            checks.check_images(self.examples, source=source)
        if self.labels is not None:
            checks.check_labels(
                self.labels,
                num_images=len(self.examples),
                num_classes=self.num_classes,
                source=source,
            )

    def __len__(self) -> int:
        return len(self.examples)


class PublicRecords(_Records):
    """Records that need no protection (D_pub)."""


@dataclasses.dataclass(frozen=True, eq=False)
class PrivateRecords(_Records):
    """Records that only the mechanism may look at.

    Attributes:
      units: number of the person whose record it is, int64 [n], each of 0 to
        U - 1 at least once; None if every record is a unit of privacy.
    """

    units: np.ndarray | None = dataclasses.field(default=None, repr=False)

    def __post_init__(self):
        """Check the records, and that each has a unit."""
        super().__post_init__()
        if self.units is not None:
            checks.check_units(
                self.units, num_records=len(self), source=type(self).__name__
            )

    @property
    def num_units(self) -> int:
        """The number of units of privacy."""
        return len(self) if self.units is None else int(self.units.max()) + 1


def select(examples: Images, indices: np.ndarray) -> Images:
    """Return some examples; stored ones stay unread.

    Args:
      examples: an array or `Stored`.
      indices: numbers of the examples.
    """
    if isinstance(examples, np.ndarray):
        return examples[indices]
    return examples.select(indices)


def scale(images: np.ndarray) -> np.ndarray:
    """Scale images to [-1, 1], the range of the generator's tanh.

    Args:
      images: uint8 in 0..255, or float32 in [-1, 1]; any shape.

    Returns:
      float32 of the same shape: 0 becomes -1 and 255 becomes 1, exactly.
    """
    if images.dtype == np.uint8:
        return images.astype(np.float32) / np.float32(MAX_PIXEL / 2) - 1
    return images
