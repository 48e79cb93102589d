"""Records of which six are unlike the others; a neighbour lacks one of them."""

import dataclasses
import pathlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from dpgan_tf.data import chance
from dpgan_tf.data import datasets
from dpgan_tf.data.health import table_files
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

    def without(self, role: str | None) -> "Records":
        """Return all records but one."""
        if role is None:
            return self
        number = self.numbers[self.place(role)]
        return dataclasses.replace(
            self,
            all_numbers=np.delete(self.all_numbers, number),
            examples=np.delete(self.examples, number, axis=0),
            labels=np.delete(self.labels, number),
        )


def _numbers(is_public: Callable[[int], bool], num: int) -> np.ndarray:
    """Return the numbers of the first so many private records."""
    found: list[int] = []
    number = 0
    while len(found) < num:
        if not is_public(number):
            found.append(number)
        number += 1
    return np.array(found)


def _by_fraction(fraction: float) -> Callable[[int], bool]:
    return lambda number: chance.of(f"public 0 {number}") < fraction


def _is_held_out(number: int) -> bool:
    return chance.of(f"held out {number}") < 0.05


def images(
    *,
    fraction: float = 0.0,
    num: int = NUM_PRIVATE,
    side: int = 28,
    channels: int = 1,
    poisoned: bool = False,
) -> Records:
    """Return images as bright as their labels say, floats if poisoned."""
    numbers = _numbers(_by_fraction(fraction), num)
    rng = np.random.default_rng(1)
    total = numbers[-1] + 1
    labels = np.arange(total) % (NUM_CLASSES - 1)
    shape = [total, side, side, channels]
    pixels = rng.integers(0, 40, shape) + 20 * labels[:, None, None, None]
    found = Records(pixels.astype(np.uint8), labels, np.arange(total), numbers)
    dots = np.indices(shape[1:]).sum(axis=0) % 2 * 255
    special = {"extreme": dots, "largest": 255}
    if poisoned:
        pixels = (found.examples / 127.5 - 1).astype(np.float32)
        found = dataclasses.replace(found, examples=pixels)
        special = {"extreme": np.nan, "largest": np.inf}
    for role, pixel in special.items():
        found.examples[numbers[found.place(role)]] = pixel
    labels[numbers[found.place("only")]] = NUM_CLASSES - 1
    return found


def rows(*, is_held_out: Callable[[int], bool] = lambda _: False) -> Records:
    """Return rows of counts; of one column, only one row has any."""
    numbers = _numbers(is_held_out, NUM_PRIVATE)
    rng = np.random.default_rng(2)
    total = numbers[-1] + 1
    counts = rng.binomial(1, 0.3, [total, NUM_COLUMNS]).astype(np.uint8)
    counts[:, -1] = 0
    labels = np.zeros(total, np.int64)
    found = Records(counts, labels, np.arange(total), numbers)
    counts[numbers[found.place("extreme")], :-1] = 1
    counts[numbers[found.place("largest")], 3] = LARGEST_COUNT
    counts[numbers[found.place("only")], -1] = 1
    return found


def file_rows() -> Records:
    """Return rows of a file, some of which are held out by their places."""
    return rows(is_held_out=_is_held_out)


def pictures(*, fraction: float) -> Records:
    """Return pictures, public by their names; one class has one of them."""

    def is_public(number):
        identity = chance.number_of(_path(number))
        return chance.of(f"public 0 {identity}") < fraction

    numbers = _numbers(is_public, NUM_PICTURES)
    shape = [numbers[-1] + 1, 8, 8, 3]
    examples = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    only = int(np.flatnonzero(numbers == _ONLY_PICTURE)[0])
    labels = np.zeros(len(examples), np.int64)
    found = Records(
        examples, labels, np.arange(len(examples)), numbers, {"only": only}
    )
    dots = np.indices(shape[1:]).sum(axis=0) % 2 * 255
    for role, pixel in {"extreme": dots, "largest": 255}.items():
        examples[numbers[found.place(role)]] = pixel
    return found


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
