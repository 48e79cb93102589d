"""Recipes from public facts alone: what is declared, never the records.

Two data sets of one kind, shape, number and classes get the same recipe.
"""

import dataclasses
import math
from collections.abc import Mapping

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes

NAMES: Mapping[str, str] = {
    "auto": "whatever the records are: the best that we know for them",
    "quick": "the same summary of the records, and a short fit to it",
}
"""What each recipe is for."""

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
    """

    source: str
    shape: tuple[int, ...]
    num_records: int
    num_classes: int = 0
    epsilon: float = 4.0
    delta: float | None = None
    public_fraction: float = 0.0


def delta(num_records: int) -> float:
    """Return the usual delta: a power of ten below 1 / n, at most 1e-5.

    Args:
      num_records: declared number n of records.
    """
    below = 10.0 ** -(math.floor(math.log10(num_records)) + 1)
    return min(_LARGEST_DELTA, below)


def recipe(name: str, facts: Facts) -> recipes.Recipe:
    """Return a whole recipe for such records.

    Args:
      name: one of `NAMES`.
      facts: what is publicly known.

    Raises:
      ConfigError: if no recipe serves such records.
    """
    if name not in NAMES:
        raise errors.ConfigError(
            f"recipe={name}; expected one of {', '.join(NAMES)}."
        )
    changes = {
        "name": name,
        "data.source": facts.source,
        "data.num_private_examples": round(
            facts.num_records * (1 - facts.public_fraction)
        ),
        "data.public_fraction": facts.public_fraction,
        "budget.target_epsilon": facts.epsilon,
        "budget.target_delta": facts.delta or delta(facts.num_records),
    }
    return recipes.change(presets.get("mnist_surrogate"), changes)
