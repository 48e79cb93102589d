"""Records in memory: frozen types that are checked when they are made.

Public and private records are two types, so that private ones cannot be handed
to a function that asks for public ones. Their text form shows shapes and never
pixels, so that a log cannot leak them.

Examples are images or rows of a table. Images are uint8 [n, height, width,
channels] in 0..255, or float32 of the same shape in [-1, 1]. The range is a
rule and is not guessed from the pixels: a scale that depends on the largest
private pixel is a leak. Rows of a table are uint8 [n, columns], counts up to a
limit that is public, too. Images that memory cannot hold are `Stored`.
"""

import dataclasses
from typing import Any, Protocol

import numpy as np

from dpgan_tf.data import checks

MAX_PIXEL = 255
"""White, in uint8 images."""


class Stored(Protocol):
    """Images that are read when they are indexed, like an array of them."""

    shape: tuple[int, ...]
    dtype: np.dtype
    ndim: int

    def __len__(self) -> int: ...

    def __getitem__(self, key: Any) -> np.ndarray: ...

    @property
    def identity(self) -> bytes:
        """A SHA-256 of which images these are."""

    def select(self, indices: np.ndarray) -> "Stored":
        """Return some of them, unread."""


Images = np.ndarray | Stored


@dataclasses.dataclass(frozen=True)
class Scale:
    """How stored bytes become what networks see: public constants.

    Attributes:
      largest: the byte that becomes 1.
      low: what the byte 0 becomes.
    """

    largest: int
    low: float

    @property
    def divisor(self) -> float:
        """What a byte is divided by before `low` is added."""
        return self.largest / (1 - self.low)


PIXELS = Scale(MAX_PIXEL, -1.0)
"""Of images: 0..255 becomes [-1, 1], the range of tanh."""


@dataclasses.dataclass(frozen=True)
class Form:
    """What one example looks like; all of it is public.

    Attributes:
      shape: (height, width, channels) of an image, (columns,) of a row.
      largest: the largest count of a row; 0 for images.
      num_classes: of the labels, as declared and never counted; 0 if nobody
        declared it.
    """

    shape: tuple[int, ...]
    largest: int = 0
    num_classes: int = 0

    @property
    def is_table(self) -> bool:
        """Whether examples are rows of a table."""
        return self.largest > 0


DIGITS = Form((28, 28, 1), num_classes=10)
"""Images of MNIST."""


@dataclasses.dataclass(frozen=True, eq=False)
class _Records:
    """Images or rows of a table, and their labels if there are any.

    Attributes:
      examples: images, uint8 or float32 [n, height, width, channels], or rows,
        uint8 [n, columns]; see the module.
      labels: int64 [n] from 0 to num_classes - 1, or None.
      scale: of uint8 examples.
      num_classes: of the labels; 0 if nobody declared it.
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


class PrivateRecords(_Records):
    """Records that only the mechanism may look at."""


def select(examples: Images, indices: np.ndarray) -> Images:
    """Return some examples; stored ones stay unread.

    Args:
      examples: an array or `Stored`.
      indices: which.
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
