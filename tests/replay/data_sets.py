"""Records of which six are unlike the others; a neighbour lacks one of them."""

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from dpgan_tf.data import chance
from dpgan_tf.data import datasets
from dpgan_tf.data import identities
from dpgan_tf.data.health import table_files
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import reading
from dpgan_tf.data.tables import row_names
from dpgan_tf.data.tables import schema as schemas
from tests.data.pictures import pets

NUM_PRIVATE = 501
"""One more than a whole number of chunks of features; 500 are declared."""

ROLES = {
    "first": 0.0,
    "extreme": 0.2,
    "largest": 0.4,
    "middle": 0.5,
    "only": 0.75,
    "last": 1.0,
}
"""The records that a neighbour may lack, and where they are among all.

extreme  black and white dots; every code at once; or NaN where that can be
largest  a white image, or infinity; the one row with the largest count
only     the one record of a class; the one row with a code
"""

NUM_CLASSES, NUM_COLUMNS, LARGEST_COUNT = 10, 12, 2
NUM_PICTURES = 121
_ONLY_PICTURE = 92
_POOL = 600
"""So many records are made, of which the first are taken."""

WARDS = ("surgery", "cardiology", "neurology", "geriatrics")
SCHEMA = schemas.Schema(
    columns=(
        columns.Category(name="ward", values=WARDS, missing=True),
        columns.Boolean(name="died", words=("no", "yes")),
        columns.Integer(name="age", edges=(0, 5, 9), points=(2, 3)),
        columns.Codes(name="icd", codes=("I10", "E11", "J44", "F32", "C50")),
    )
)
"""Columns of a table in which each cell of a row has a text of its own."""

FILE, FOLDER = "data/records.npz", "data/records"
CSV = "data/records.csv"


@dataclasses.dataclass(frozen=True)
class Records:
    """Records, public ones among them.

    Attributes:
      examples: of all records, [n, ...].
      labels: their classes, [n].
      all_numbers: numbers that the records have, or had with the missing one.
      numbers: those of the private ones, the missing one included.
      places: of special records among the private ones, where it is not that
        of `ROLES`.
    """

    examples: np.ndarray
    labels: np.ndarray
    all_numbers: np.ndarray
    numbers: np.ndarray
    places: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def place(self, role: str) -> int:
        """Return the number of a special record among the private ones."""
        usual = round(ROLES[role] * (len(self.numbers) - 1))
        return self.places.get(role, usual)

    def number(self, role: str) -> int:
        """Return the number of a special record among all."""
        return self.numbers[self.place(role)]

    def without(self, role: str | None) -> "Records":
        """Return all records but one."""
        if role is None:
            return self
        number = self.number(role)
        return dataclasses.replace(
            self,
            all_numbers=np.delete(self.all_numbers, number),
            examples=np.delete(self.examples, number, axis=0),
            labels=np.delete(self.labels, number),
        )


def _are_chosen(
    names: Sequence[str | int], *, purpose: str, share: float
) -> np.ndarray:
    """Return which records a split takes away from the private ones."""
    chances = [chance.of(f"{purpose} {name}") for name in names]
    return np.array(chances) < share


def images(
    *,
    fraction: float = 0.0,
    labelled: bool = True,
    side: int = 28,
    poisoned: bool = False,
) -> Records:
    """Return images as bright as their labels say, floats if poisoned.

    Args:
      fraction: share of public ones, in addition.
      labelled: whether labels are written, and then count for the split.
      side: height and width.
      poisoned: whether two of them are infinity and NaN.
    """
    rng = np.random.default_rng(1)
    labels = np.arange(_POOL) % (NUM_CLASSES - 1)
    shape = [_POOL, side, side, 1]
    pixels = rng.integers(0, 40, shape) + 20 * labels[:, None, None, None]
    examples = pixels.astype(np.uint8)
    names = identities.of_content(examples, labels if labelled else None)
    is_public = _are_chosen(names, purpose="public 0", share=fraction)
    found = _cut(examples, labels, is_public)
    special = {"extreme": _dots(shape[1:]), "largest": 255}
    if poisoned:
        pixels = (found.examples / 127.5 - 1).astype(np.float32)
        found = dataclasses.replace(found, examples=pixels)
        special = {"extreme": np.nan, "largest": np.inf}
    for role, pixel in special.items():
        found.examples[found.number(role)] = pixel
    found.labels[found.number("only")] = NUM_CLASSES - 1
    return found


def rows(*, fraction: float = 0.0) -> Records:
    """Return rows of counts; of one column, only one row has any.

    Args:
      fraction: share of those that are held out, in addition.
    """
    rng = np.random.default_rng(2)
    counts = rng.binomial(1, 0.3, [_POOL, NUM_COLUMNS]).astype(np.uint8)
    counts[:, -1] = 0
    names = identities.of_content(counts)
    is_apart = _are_chosen(names, purpose="held out", share=fraction)
    found = _cut(counts, np.zeros(_POOL, np.int64), is_apart)
    found.examples[found.number("extreme"), :-1] = 1
    found.examples[found.number("largest"), 3] = LARGEST_COUNT
    found.examples[found.number("only"), -1] = 1
    return found


def file_rows() -> Records:
    """Return rows of a file, some of which are held out by what they say."""
    return rows(fraction=0.05)


def typed_rows() -> Records:
    """Return rows of typed columns as cells; only one has the last ward."""
    rng = np.random.default_rng(4)
    sizes = SCHEMA.blocks
    drawn = [rng.integers(0, max(2, size), 4 * _POOL) for size in sizes]
    cells = np.stack(drawn, axis=1)
    cells[:, 0] %= len(WARDS) - 1
    _, firsts = np.unique(cells, axis=0, return_index=True)
    cells = cells[np.sort(firsts)[:_POOL]]
    names = row_names.of_content([np.packbits(_as_cells(cells), axis=1)])
    is_apart = row_names.are_held_out(names, share=reading.TEST_FRACTION)
    found = _cut(cells, np.zeros(_POOL, np.int64), is_apart)
    found.examples[found.number("extreme")] = np.maximum(1, sizes) - 1
    found.examples[found.number("extreme"), 3:] = 1
    found.examples[found.number("largest")] = 0
    found.examples[found.number("only"), 0] = len(WARDS) - 1
    return dataclasses.replace(found, examples=_as_cells(found.examples))


def _as_cells(cells: np.ndarray) -> np.ndarray:
    """Return rows, uint8 0 or 1, of the number of each block's cell."""
    parts = [
        np.eye(size, dtype=np.uint8)[column]
        if size > 1
        else column[:, None].astype(np.uint8)
        for size, column in zip(SCHEMA.blocks, cells.T, strict=True)
    ]
    return np.concatenate(parts, axis=1)


def pictures(*, fraction: float) -> Records:
    """Return pictures, public by their names; one class has one of them."""
    names = [chance.number_of(_path(number)) for number in range(_POOL)]
    is_public = _are_chosen(names, purpose="public 0", share=fraction)
    numbers = np.flatnonzero(~is_public)[:NUM_PICTURES]
    shape = [numbers[-1] + 1, 8, 8, 3]
    examples = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    only = int(np.flatnonzero(numbers == _ONLY_PICTURE)[0])
    labels = np.zeros(len(examples), np.int64)
    found = Records(
        examples, labels, np.arange(len(examples)), numbers, {"only": only}
    )
    for role, pixel in {"extreme": _dots(shape[1:]), "largest": 255}.items():
        examples[found.number(role)] = pixel
    return found


def _cut(
    examples: np.ndarray, labels: np.ndarray, is_apart: np.ndarray
) -> Records:
    """Return the first records, as many private ones as there must be."""
    numbers = np.flatnonzero(~is_apart)[:NUM_PRIVATE]
    num = numbers[-1] + 1
    return Records(examples[:num], labels[:num], np.arange(num), numbers)


def _dots(shape: Sequence[int]) -> np.ndarray:
    return np.indices(shape).sum(axis=0) % 2 * 255


def _path(number: int) -> str:
    """Return a picture's name; their order is that of the numbers."""
    if number == _ONLY_PICTURE:
        return f"b/{number:03}.png"
    return f"{'a' if number < _ONLY_PICTURE else 'c'}/{number:03}.png"


def write_labelled(records: Records) -> None:
    """Write images with labels, and the number of their classes."""
    np.savez(
        FILE,
        images=records.examples,
        labels=records.labels,
        num_classes=NUM_CLASSES,
    )


def write_images(records: Records) -> None:
    """Write images alone."""
    np.savez(FILE, images=records.examples)


def _columns() -> tuple[str, ...]:
    return tuple(f"V{i:02}" for i in range(NUM_COLUMNS))


def write_table(records: Records) -> None:
    """Write a prepared table, of which no row is held out by a place."""
    table_files.write(
        FOLDER,
        datasets.TableDataset(
            name="patients",
            train_rows=records.examples,
            test_rows=np.zeros([20, NUM_COLUMNS], np.uint8),
            columns=_columns(),
            largest=LARGEST_COUNT,
            origin="made for a test",
        ),
        report={},
    )


def write_csv(records: Records) -> None:
    """Write a CSV file of counts."""
    lines = [",".join(_columns())]
    lines += [",".join(map(str, row)) for row in records.examples]
    pathlib.Path(CSV).write_text("\n".join(lines) + "\n")


def write_typed(records: Records) -> None:
    """Write a CSV file of typed columns."""
    _, died, age, icd = SCHEMA.columns
    ages = [str(int(least)) for least in age.bounds[0]]
    texts = [(*WARDS, ""), died.words, ages]
    lines = [SCHEMA.names]
    for row in records.examples:
        *parts, has = np.split(row, SCHEMA.starts[1:])
        values = [
            some[np.argmax(part)]
            for some, part in zip(texts, parts, strict=True)
        ]
        lines.append((*values, ";".join(np.array(icd.codes)[has == 1])))
    pathlib.Path(CSV).write_text("\n".join(map(",".join, lines)) + "\n")


def write_pictures(records: Records) -> None:
    """Prepare a folder of pictures in classes, which may be empty."""
    source = pathlib.Path("data/pictures")
    for name in "abc":
        (source / name).mkdir(parents=True)
    for number, example in zip(
        records.all_numbers, records.examples, strict=True
    ):
        Image.fromarray(example).save(source / _path(number))
    with pets.here():
        pets.build(
            source,
            FOLDER,
            plan=dataclasses.replace(pets.PLAN, test_fraction=0.0),
        )
