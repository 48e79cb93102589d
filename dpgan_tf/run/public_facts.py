"""What is publicly known of records, and what is wanted of them."""

import dataclasses
import math

from dpgan_tf.data import records

_LARGEST_DELTA = 1e-5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Facts:
    """What is publicly known about the records, and what is wanted.

    Attributes:
      source: a data set's name or path, as `data.source` has it.
      shape: (height, width, channels) of an image, or (columns,) of a row.
      num_records: declared number of records, the public ones included.
      num_classes: declared number of classes; 0 for records without labels.
      epsilon: epsilon of the budget.
      delta: delta of the budget; None for `delta(num_records)`.
      public_fraction: share of the records that is public.
      public_source: name or path of public records beside them; empty for none.
      largest: largest count in a row; 0 for images.
      blocks: sizes of the blocks of a row's columns; empty if there are none.
    """

    source: str
    shape: tuple[int, ...]
    num_records: int
    num_classes: int = 0
    epsilon: float = 4.0
    delta: float | None = None
    public_fraction: float = 0.0
    public_source: str = ""
    largest: int = 0
    blocks: tuple[int, ...] = ()

    @property
    def num_private(self) -> int:
        """Number of private records."""
        return round(self.num_records * (1 - self.public_fraction))

    @property
    def has_public(self) -> bool:
        """Whether there are public records."""
        return self.public_fraction > 0 or bool(self.public_source)

    @property
    def form(self) -> records.Form:
        """What an example looks like."""
        return records.Form(
            self.shape, self.largest, self.num_classes, self.blocks
        )

    @property
    def signal(self) -> float:
        """Epsilon times the records of a class, if classes are even."""
        return self.epsilon * self.num_private / max(1, self.num_classes)


def delta(num_records: int) -> float:
    """Return the usual delta: a power of ten below 1 / n, at most 1e-5.

    Args:
      num_records: declared number n of records.
    """
    below = 10.0 ** -(math.floor(math.log10(num_records)) + 1)
    return min(_LARGEST_DELTA, below)
