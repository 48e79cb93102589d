"""Which variables are clipped together (dp-GAN section 4.1, Algorithm 2).

A grouping is a pair of tensors: membership [V, k], whose row v has its one 1
in the column of the group that variable v belongs to, and clip norms [k].
Both may change from step to step, as long as they depend on public data only.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

_SMALLEST_BOUND = 1e-12


class Groups(NamedTuple):
    """A partition of the critic's V variables into k groups with bounds.

    Attributes:
      membership: float32 [V, k], one-hot rows.
      clip_norms: float32 [k], the bound c_j on a group's joint norm.
    """

    membership: tf.Tensor
    clip_norms: tf.Tensor


Grouping = Callable[[tf.Tensor], Groups]


def build(
    name: str, shapes: Sequence[Sequence[int]], *, num_groups: int
) -> tuple[Grouping, int]:
    """Return the grouping of that name, and how many groups it makes.

    Args:
      name: "single", "per_variable", "weight_bias" or "clustered".
      shapes: shapes of the critic's V variables.
      num_groups: k, used by "clustered" alone.

    Returns:
      A function from the variables' own bounds [V] to `Groups`, and k.

    Raises:
      ValueError: for an unknown name or a k that V variables cannot make.
    """
    num_variables = len(shapes)
    if name == "single":
        return fixed([0] * num_variables), 1
    if name == "per_variable":
        return fixed(range(num_variables)), num_variables
    if name == "weight_bias":
        columns = weight_bias_columns(shapes)
        return fixed(columns), max(columns) + 1
    if name != "clustered":
        raise ValueError(f"grouping={name!r}; expected a known grouping.")
    if not 1 <= num_groups <= num_variables:
        raise ValueError(
            f"num_groups={num_groups}; expected 1 to {num_variables}, the "
            "number of the critic's variables."
        )
    return (lambda bounds: cluster(bounds, num_groups=num_groups)), num_groups


def weight_bias_columns(shapes: Sequence[Sequence[int]]) -> list[int]:
    """Give each weight a group of its own and all biases one (strategy S1).

    Args:
      shapes: shapes of the variables; rank 0 or 1 is a bias.

    Returns:
      The group of each variable, an integer from 0.
    """
    columns, next_column, bias_column = [], 0, None
    for shape in shapes:
        if len(shape) <= 1 and bias_column is not None:
            columns.append(bias_column)
            continue
        if len(shape) <= 1:
            bias_column = next_column
        columns.append(next_column)
        next_column += 1
    return columns


def fixed(columns: Sequence[int]) -> Grouping:
    """Group by a list that never changes.

    Args:
      columns: the group of each of the V variables.

    Returns:
      A function from the variables' own bounds [V] to `Groups`.
    """
    membership = tf.one_hot(list(columns), max(columns) + 1)

    def group(bounds: tf.Tensor) -> Groups:
        return Groups(membership, merged_bounds(bounds, membership))

    return group


def merged_bounds(bounds: tf.Tensor, membership: tf.Tensor) -> tf.Tensor:
    """Return the root of the sum of squares of each group's bounds.

    Algorithm 2, line 4.

    Args:
      bounds: float32 [V], one for each variable.
      membership: float32 [V, k], one-hot rows.

    Returns:
      float32 [k].
    """
    squares = tf.square(tf.maximum(bounds, _SMALLEST_BOUND))
    return tf.sqrt(tf.linalg.matvec(membership, squares, transpose_a=True))


def cluster(bounds: tf.Tensor, *, num_groups: int) -> Groups:
    """Merge the two groups with the most similar bounds until k are left.

    Algorithm 2. Ties go to the first pair in the order of the variables.

    Args:
      bounds: float32 [V], one positive bound for each variable.
      num_groups: k, from 1 to V.

    Returns:
      The groups, in the order of their first variables.
    """
    num_variables = bounds.shape[0]
    membership = tf.eye(num_variables)
    for _ in range(num_variables - num_groups):
        membership = _merge_most_similar(bounds, membership)
    return Groups(membership, merged_bounds(bounds, membership))


def _merge_most_similar(bounds: tf.Tensor, membership: tf.Tensor) -> tf.Tensor:
    """Return membership [V, g - 1] from membership [V, g]."""
    num_left = membership.shape[1]
    logs = tf.math.log(merged_bounds(bounds, membership))
    distance = tf.abs(logs[:, None] - logs[None, :])
    above_diagonal = tf.linalg.band_part(tf.ones([num_left] * 2), 0, -1)
    above_diagonal -= tf.eye(num_left)
    distance = tf.where(above_diagonal > 0, distance, float("inf"))
    closest = tf.argmin(tf.reshape(distance, [-1]), output_type=tf.int32)
    kept, absorbed = closest // num_left, closest % num_left
    columns = tf.range(num_left)
    target = tf.where(columns == absorbed, kept, columns)
    target -= tf.cast(target > absorbed, tf.int32)
    return tf.matmul(membership, tf.one_hot(target, num_left - 1))
