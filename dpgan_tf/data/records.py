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

from dpgan_tf import errors
from dpgan_tf.data import checks

NUM_CLASSES = checks.NUM_CLASSES
"""Labels are 0..9 unless a data set says otherwise; public, not counted."""

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
      num_classes: of the labels, if there are any.
    """

    shape: tuple[int, ...]
    largest: int = 0
    num_classes: int = NUM_CLASSES

    @property
    def is_table(self) -> bool:
        """Whether examples are rows of a table."""
        return self.largest > 0


DIGITS = Form((28, 28, 1))
"""Images of MNIST."""


@dataclasses.dataclass(frozen=True, eq=False)
class _Records:
    """Images or rows of a table, and their labels if there are any.

    Attributes:
      examples: images, uint8 or float32 [n, height, width, channels], or rows,
        uint8 [n, columns]; see the module.
      labels: int64 [n] from 0 to num_classes - 1, or None.
      scale: of uint8 examples.
      num_classes: of the labels.
    """

    examples: Any = dataclasses.field(repr=False)
    labels: np.ndarray | None = dataclasses.field(default=None, repr=False)
    scale: Scale = dataclasses.field(default=PIXELS, repr=False)
    num_classes: int = dataclasses.field(default=NUM_CLASSES, repr=False)

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


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ImageDataset:
    """Training images and, where there are any, test images.

    Attributes:
      name: what the data set is called.
      train_images: uint8 or float32 [n, height, width, channels].
      train_labels: int64 [n], or None.
      test_images: like `train_images` [m, height, width, channels], or None.
      test_labels: int64 [m], or None.
      origin: where it was read from, in words.
      num_classes: of the labels; public.
    """

    name: str
    train_images: Any = dataclasses.field(repr=False)
    train_labels: np.ndarray | None = dataclasses.field(
        default=None, repr=False
    )
    test_images: Any = dataclasses.field(default=None, repr=False)
    test_labels: np.ndarray | None = dataclasses.field(default=None, repr=False)
    origin: str = "memory"
    num_classes: int = dataclasses.field(default=NUM_CLASSES, repr=False)

    @property
    def training_part(self) -> tuple[Any, np.ndarray | None]:
        """Examples and labels that may be trained on."""
        return self.train_images, self.train_labels

    def in_memory(self, *, most: int, seed: int) -> "ImageDataset":
        """Return a data set whose images are arrays.

        Args:
          most: images of each part that are read from a disk, chosen at random
            where there are more. Images in memory stay as they are.
          seed: of that choice.
        """
        rng = np.random.default_rng(seed)
        parts: dict[str, Any] = {}
        for part in ("train", "test"):
            images = getattr(self, f"{part}_images")
            labels = getattr(self, f"{part}_labels")
            if images is None or isinstance(images, np.ndarray):
                continue
            chosen = np.arange(len(images))
            if len(images) > most:
                chosen = np.sort(rng.choice(len(images), most, replace=False))
            parts[f"{part}_images"] = images[chosen]
            parts[f"{part}_labels"] = None if labels is None else labels[chosen]
        return dataclasses.replace(self, **parts)

    @property
    def scale(self) -> Scale:
        """How networks see its bytes."""
        return PIXELS

    @property
    def form(self) -> Form:
        """What one example looks like."""
        return Form(
            tuple(self.train_images.shape[1:]), num_classes=self.num_classes
        )

    def __post_init__(self):
        """Check both parts, and that they fit together."""
        self._check_part("training", self.train_images, self.train_labels)
        if self.test_images is not None:
            self._check_part("test", self.test_images, self.test_labels)
            self._check_same_kind(self.train_images, self.test_images)
        elif self.test_labels is not None:
            raise errors.DatasetError(
                f"{self.name}: test labels without test images; add the images "
                "or leave the labels out."
            )

    def _check_part(self, part, images, labels):
        source = f"{self.name}: {part} part"
        checks.check_images(images, source=source)
        if labels is not None:
            checks.check_labels(
                labels,
                num_images=len(images),
                num_classes=self.num_classes,
                source=source,
            )

    def _check_same_kind(self, train, test):
        if (train.shape[1:], train.dtype) != (test.shape[1:], test.dtype):
            raise errors.DatasetError(
                f"{self.name}: training images are {train.dtype} "
                f"{list(train.shape[1:])} and test images {test.dtype} "
                f"{list(test.shape[1:])}; expected the same."
            )


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TableDataset:
    """Rows of a table: one for each patient, say, and a column for each code.

    Attributes:
      name: what the data set is called.
      train_rows: uint8 [n, columns], counts from 0 to `largest`.
      test_rows: like `train_rows` [m, columns], held out for scores.
      columns: their names; public, not learnt from the rows.
      largest: the largest count, public; 1 for yes and no.
      origin: where it was read from, in words.
    """

    name: str
    train_rows: np.ndarray = dataclasses.field(repr=False)
    test_rows: np.ndarray = dataclasses.field(repr=False)
    columns: tuple[str, ...] = dataclasses.field(repr=False)
    largest: int
    origin: str = "memory"

    def __post_init__(self):
        """Check both parts, and that they fit the columns."""
        if not 1 <= self.largest <= MAX_PIXEL:
            raise errors.DatasetError(
                f"{self.name}: largest={self.largest}; expected 1 to "
                f"{MAX_PIXEL}."
            )
        parts = {"training": self.train_rows, "test": self.test_rows}
        for part, rows in parts.items():
            source = f"{self.name}: {part} part"
            checks.check_rows(rows, largest=self.largest, source=source)
            if rows.shape[1] != len(self.columns):
                raise errors.DatasetError(
                    f"{source}: {rows.shape[1]} columns; expected "
                    f"{len(self.columns)}, one for each name."
                )

    @property
    def training_part(self) -> tuple[np.ndarray, None]:
        """Examples and labels that may be trained on; there are no labels."""
        return self.train_rows, None

    @property
    def scale(self) -> Scale:
        """How networks see its bytes: from 0 to 1."""
        return Scale(self.largest, 0.0)

    @property
    def form(self) -> Form:
        """What one example looks like."""
        return Form((len(self.columns),), self.largest)


Dataset = ImageDataset | TableDataset


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
