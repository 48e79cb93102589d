"""Costs of the forms of a variable's norms, and the cheapest form.

Costs are multiplications of two numbers for each record; the constants were
measured on two CPU cores with AVX-512.
"""

import math
from collections.abc import Sequence

import tensorflow as tf

from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording

# For weights with at most so many entries "explicit" is cheapest.
_SMALL_WEIGHT = 2**12

# Norm and share of an explicit gradient take the time of so many
# multiplications for each entry.
_LOOK = 85.0

# Most entries of a table from pairs of pixels to pairs of positions.
_LARGEST_TABLE = 2**21

# Copying a number into a patch takes the time of so many multiplications.
_COPY = 100.0

# At so many positions a product in float64, a quarter as fast as in float32,
# takes as long as to write all records' gradients, and to add them.
_MOST_POSITIONS_IN_FLOAT64 = 8

# Multiplications in small matrices are slower.
_IN_GRAM = 1.4

# Most numbers of a kind in a block of records, so that caches hold them; and
# most records.
_MOST_NUMBERS = 2**23
_MOST_RECORDS = 256


def cheapest_form(uses: Sequence[recording.Use], shape: tf.TensorShape) -> str:
    """Return "explicit" or "gram".

    Args:
      uses: a variable's uses.
      shape: the variable's shape.
    """
    if isinstance(uses[0].operator, operators.ELEMENTWISE):
        return "explicit"
    num_entries = math.prod(shape)
    if num_entries <= _SMALL_WEIGHT:
        return "explicit"
    is_cheaper = _gram(uses, shape) < _LOOK * num_entries
    return "gram" if is_cheaper else "explicit"


def most_records(
    uses: Sequence[Sequence[recording.Use]], shapes: Sequence[tf.TensorShape]
) -> int:
    """Return how many records may be looked at together.

    Args:
      uses: the uses of each of the V variables.
      shapes: the variables' shapes.
    """
    most = max(map(_num_numbers, uses, shapes), default=1)
    return max(1, min(_MOST_RECORDS, _MOST_NUMBERS // max(1, most)))


def _num_numbers(uses, shape):
    """Return how many numbers a record's largest matrix has."""
    num_entries = math.prod(shape)
    if not uses or isinstance(uses[0].operator, operators.ELEMENTWISE):
        return num_entries
    patches = num_positions(uses) * math.prod(shape[:-1])
    if cheapest_form(uses, shape) == "explicit":
        return max(num_entries, patches)
    gram = max(num_positions(uses) ** 2, patches)
    return gram if is_faster_in_float64(uses) else max(num_entries, gram)


def fits_table(uses: Sequence[recording.Use]) -> bool:
    """Return whether pairs of pixels can be summed by a table.

    Args:
      uses: a variable's uses.
    """
    first = uses[0]
    if not isinstance(first.operator, operators.Convolution):
        return False
    if any(use.a.shape[1:] != first.a.shape[1:] for use in uses):
        return False
    num_pixels = math.prod(first.a.shape[1:3])
    return (num_pixels * _num_positions(first)) ** 2 <= _LARGEST_TABLE


def _gram(uses, shape):
    num_pairs = num_positions(uses) ** 2
    num_inputs = math.prod(shape[:-1])
    products = _IN_GRAM * num_pairs * (num_inputs + shape[-1])
    if fits_table(uses):
        return products / 2
    if isinstance(uses[0].operator, operators.Matrix):
        return products
    return products + _COPY * num_positions(uses) * num_inputs


def num_positions(uses: Sequence[recording.Use]) -> int:
    """Return the number of positions of all uses together.

    Args:
      uses: a variable's uses.
    """
    return sum(map(_num_positions, uses))


def is_faster_in_float64(uses: Sequence[recording.Use]) -> bool:
    """Return whether one float64 product is cheaper than adding gradients.

    Args:
      uses: a variable's uses.
    """
    return num_positions(uses) <= _MOST_POSITIONS_IN_FLOAT64


def _num_positions(use: recording.Use) -> int:
    return math.prod(use.b.shape[1:-1])
