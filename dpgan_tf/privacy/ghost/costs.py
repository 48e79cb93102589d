"""Costs of the forms of a variable's norms, and the cheapest form.

Costs are multiplications of two numbers for each record; the constants were
measured on two CPU cores with AVX-512.
"""

import math
from collections.abc import Sequence

import tensorflow as tf

from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording

# For weights with at most this many entries "explicit" is cheapest.
_SMALL_WEIGHT = 2**16

# Most entries of a table from pairs of pixels to pairs of positions.
_LARGEST_TABLE = 2**21

# Copying a number into a patch takes the time of this many multiplications.
_COPY = 100.0

# Multiplications in small matrices, and for one record at a time, are slower.
_IN_GRAM = 1.4
_ONE_BY_ONE = 1.5


def cheapest_form(uses: Sequence[recording.Use], shape: tf.TensorShape) -> str:
    """Return "explicit", "gram" or "one_by_one".

    Args:
      uses: a variable's uses.
      shape: the variable's shape.
    """
    if isinstance(uses[0].operator, operators.ELEMENTWISE):
        return "explicit"
    if math.prod(shape) <= _SMALL_WEIGHT:
        return "explicit"
    is_cheaper = _gram(uses, shape) < one_by_one(uses, shape)
    return "gram" if is_cheaper else "one_by_one"


def one_by_one(uses: Sequence[recording.Use], shape: tf.TensorShape) -> float:
    """Return the cost of computing the gradients one record at a time.

    Args:
      uses: a variable's uses.
      shape: the variable's shape.
    """
    return _ONE_BY_ONE * math.prod(shape) * sum(map(_num_positions, uses))


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
    positions = [_num_positions(use) for use in uses]
    num_pairs = (sum(positions) ** 2 + sum(t * t for t in positions)) / 2
    num_inputs = math.prod(shape[:-1])
    products = _IN_GRAM * num_pairs * (num_inputs + shape[-1])
    is_plain = isinstance(uses[0].operator, operators.Matrix)
    if is_plain or fits_table(uses):
        return products
    return products + _COPY * sum(positions) * num_inputs


def _num_positions(use: recording.Use) -> int:
    return math.prod(use.b.shape[1:-1])
