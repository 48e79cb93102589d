"""Data sets in memory or on a disk, checked when they are made.

They have a training part, which is split into public and private records, and a
test part for scores. Their text form shows shapes and never pixels.
"""

import dataclasses
from typing import Any, ClassVar

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import checks
from dpgan_tf.data import class_names
from dpgan_tf.data import records
from dpgan_tf.data.pictures import pixel_range
from dpgan_tf.data.tables import schema as schemas


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ImageDataset:
    """Training images and, where there are any, test images.

    Attributes:
      name: the data set's name.
      train_images: uint8 or float32 [n, height, width, channels].
      train_labels: int64 [n], or None.
      train_identities: whole numbers [n] that stand for the records' own names
        or numbers, by which they are split; None to split by contents.
      train_units: numbers that stand for the persons whose images they are,
        uint64 [n], see `persons.identities`; None if every image is a unit.
      test_images: like `train_images` [m, height, width, channels], or None.
      test_labels: int64 [m], or None.
      origin: description of its source.
      num_classes: number of the labels' classes, publicly declared and never
        counted; 0 if it is not declared.
      class_names: the classes' names, publicly declared; empty if they have
        none.
    """

    name: str
    train_images: Any = dataclasses.field(repr=False)
    train_labels: np.ndarray | None = dataclasses.field(
        default=None, repr=False
    )
    train_identities: np.ndarray | None = dataclasses.field(
        default=None, repr=False
    )
    train_units: np.ndarray | None = dataclasses.field(default=None, repr=False)
    test_images: Any = dataclasses.field(default=None, repr=False)
    test_labels: np.ndarray | None = dataclasses.field(default=None, repr=False)
    origin: str = "memory"
    num_classes: int = dataclasses.field(default=0, repr=False)
    class_names: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    columns: ClassVar[tuple[str, ...]] = ()
    schema: ClassVar[None] = None

    @property
    def training_part(self) -> tuple[Any, np.ndarray | None]:
        """Examples and labels that may be trained on."""
        return self.train_images, self.train_labels

    def in_memory(self, *, most: int, seed: int) -> "ImageDataset":
        """Return a data set whose images are arrays.

        Args:
          most: most images of each part to read from a disk, chosen at random
            where there are more. Images in memory stay as they are.
          seed: seed of that choice.
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
            if part == "train" and self.train_identities is not None:
                parts["train_identities"] = self.train_identities[chosen]
            if part == "train" and self.train_units is not None:
                parts["train_units"] = self.train_units[chosen]
        return dataclasses.replace(self, **parts)

    @property
    def scale(self) -> records.Scale:
        """How networks see its bytes."""
        return records.PIXELS

    @property
    def form(self) -> records.Form:
        """What one example looks like."""
        return records.Form(
            tuple(self.train_images.shape[1:]), num_classes=self.num_classes
        )

    @property
    def doubt(self) -> str:
        """What the curator alone should look at; empty if nothing."""
        return pixel_range.doubt(self.train_images, source=self.name)

    def describe(self) -> list[str]:
        """Return a line about each part, for the curator only."""
        return [
            _describe_images("training", self.train_images, self.train_labels),
            _describe_images("test", self.test_images, self.test_labels),
            *_describe_persons(self.train_units),
        ]

    def __post_init__(self):
        """Check both parts, and that they fit together."""
        if not 0 <= self.num_classes <= checks.MAX_CLASSES:
            raise errors.DatasetError(
                f"{self.name}: num_classes={self.num_classes}; expected 1 to "
                f"{checks.MAX_CLASSES}, or 0 where nobody declares it."
            )
        class_names.require(
            self.class_names, num_classes=self.num_classes, source=self.name
        )
        for numbers in (self.train_identities, self.train_units):
            _check_identities(numbers, len(self.train_images), name=self.name)
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
      name: the data set's name.
      train_rows: uint8 [n, columns], counts from 0 to `largest`.
      test_rows: like `train_rows` [m, columns], held out for scores.
      train_identities: whole numbers [n], or None; see `ImageDataset`.
      train_units: numbers of persons, uint64 [n], or None; see `ImageDataset`.
      columns: the columns' names; public, not learnt from the rows.
      largest: the largest count, public; 1 for yes and no.
      schema: schema whose cells the columns are; None for columns of counts.
      origin: description of its source.
    """

    name: str
    train_rows: np.ndarray = dataclasses.field(repr=False)
    test_rows: np.ndarray = dataclasses.field(repr=False)
    columns: tuple[str, ...] = dataclasses.field(repr=False)
    largest: int
    train_identities: np.ndarray | None = dataclasses.field(
        default=None, repr=False
    )
    train_units: np.ndarray | None = dataclasses.field(default=None, repr=False)
    schema: schemas.Schema | None = dataclasses.field(default=None, repr=False)
    origin: str = "memory"
    doubt: ClassVar[str] = ""
    class_names: ClassVar[tuple[str, ...]] = ()

    def describe(self) -> list[str]:
        """Return a line about each part, for the curator only."""
        parts = {"training": self.train_rows, "held out": self.test_rows}
        lines = [
            f"  {part:8}  {len(rows):,} rows of {self._columns_in_words}"
            for part, rows in parts.items()
        ]
        return lines + _describe_persons(self.train_units)

    @property
    def _columns_in_words(self) -> str:
        if self.schema is None:
            return f"{len(self.columns):,} columns, counts up to {self.largest}"
        return (
            f"{len(self.schema.columns):,} columns in {len(self.columns):,} "
            "cells"
        )

    def __post_init__(self):
        """Check both parts, and that they fit the columns."""
        if not 1 <= self.largest <= records.MAX_PIXEL:
            raise errors.DatasetError(
                f"{self.name}: largest={self.largest}; expected 1 to "
                f"{records.MAX_PIXEL}."
            )
        for numbers in (self.train_identities, self.train_units):
            _check_identities(numbers, len(self.train_rows), name=self.name)
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
    def scale(self) -> records.Scale:
        """How networks see its bytes: from 0 to 1."""
        return records.Scale(self.largest, 0.0)

    @property
    def form(self) -> records.Form:
        """What one example looks like."""
        blocks = () if self.schema is None else self.schema.blocks
        return records.Form((len(self.columns),), self.largest, blocks=blocks)


Dataset = ImageDataset | TableDataset


def _describe_images(part, images, labels):
    if images is None:
        return f"  {part:8}  none"
    height, width, channels = images.shape[1:]
    with_labels = "without" if labels is None else "with"
    pixels = pixel_range.describe(images)
    return (
        f"  {part:8}  {len(images):,} images of {height}x{width}x{channels} "
        f"({images.dtype}) {with_labels} labels" + f", {pixels}" * bool(pixels)
    )


def _describe_persons(units):
    if units is None:
        return []
    return [f"  {'persons':8}  {len(np.unique(units)):,} in the training part"]


def _check_identities(identities, num_records, *, name):
    """Raise unless there is a whole number for each record, or None."""
    if identities is None:
        return
    if identities.dtype.kind not in "iu" or identities.shape != (num_records,):
        raise errors.DatasetError(
            f"{name}: identities are {identities.dtype} "
            f"{list(identities.shape)}; expected whole numbers "
            f"[{num_records}], one for each record: prepare the data again."
        )
