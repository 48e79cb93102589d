"""Which variables are clipped together (dp-GAN section 4.1, Algorithm 2).

A grouping is a pair of tensors: membership [V, k], whose row v has a single 1
in the column of variable v's group, and clip norms [k].
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
      name: "single" (no strategy), "weight_bias" (S1), "clustered" (S2) or
        "weight_bias_clustered" (S1 and S2).
      shapes: shapes of the critic's V variables.
      num_groups: number k of groups; only the clustered groupings use it.

    Returns:
      A function from the variables' own bounds [V] to `Groups`, and k.

    Raises:
      ValueError: for an unknown name, or a k that does not suit V variables.
    """
    num_variables = len(shapes)
    if name == "single":
        return fixed([0] * num_variables), 1
    if name == "weight_bias":
        columns = weight_bias_columns(shapes)
        return fixed(columns), max(columns) + 1
    if name not in ("clustered", "weight_bias_clustered"):
        raise ValueError(f"grouping={name!r}; expected a known grouping.")
    start = list(range(num_variables))
    if name == "weight_bias_clustered":
        start = weight_bias_columns(shapes)
    apart = bias_column(shapes) if name == "weight_bias_clustered" else None
    smallest, largest = (1 if apart is None else 2), max(start) + 1
    if not smallest <= num_groups <= largest:
        raise ValueError(
            f"num_groups={num_groups}; expected {smallest} to {largest} for "
            f"grouping={name} and the critic's {num_variables} variables."
        )
    membership = _one_hot(start)

    def group(bounds: tf.Tensor) -> Groups:
        return cluster(
            bounds, num_groups=num_groups, start=membership, apart=apart
        )

    return group, num_groups


def weight_bias_columns(shapes: Sequence[Sequence[int]]) -> list[int]:
    """Give each weight a group of its own and all biases one (strategy S1).

    Args:
      shapes: shapes of the variables; rank 0 or 1 is a bias.

    Returns:
      The group of each variable, an integer from 0.
    """
    columns: list[int] = []
    biases = bias_column(shapes)
    for shape in shapes:
        if len(shape) <= 1 and biases is not None and biases in columns:
            columns.append(biases)
        else:
            columns.append(max(columns, default=-1) + 1)
    return columns


def bias_column(shapes: Sequence[Sequence[int]]) -> int | None:
    """Return the group that `weight_bias_columns` gives the biases.

    Args:
      shapes: shapes of the variables; rank 0 or 1 is a bias.

    Returns:
      The number of weights before the first bias; None without biases.
    """
    return next((i for i, s in enumerate(shapes) if len(s) <= 1), None)


def fixed(columns: Sequence[int]) -> Grouping:
    """Group by a list that never changes.

    Args:
      columns: the group of each of the V variables.

    Returns:
      A function from the variables' own bounds [V] to `Groups`.
    """
    membership = _one_hot(columns)

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


def cluster(
    bounds: tf.Tensor,
    *,
    num_groups: int,
    start: tf.Tensor | None = None,
    apart: int | None = None,
) -> Groups:
    """Merge the two groups with the most similar bounds until k are left.

    Algorithm 2. Ties go to the first pair in the order of the variables.

    Args:
      bounds: float32 [V], one positive bound for each variable.
      num_groups: k, from 1 to the number of groups at the start.
      start: membership [V, g] to start from; by default every variable is a
        group.
      apart: number of a group of `start` that is never merged, such as that of
        the biases.

    Returns:
      The groups, in the order of their first variables.
    """
    membership = tf.eye(bounds.shape[0]) if start is None else start
    for _ in range(membership.shape[1] - num_groups):
        membership, apart = _merge_most_similar(bounds, membership, apart)
    return Groups(membership, merged_bounds(bounds, membership))


def _merge_most_similar(bounds, membership, apart):
    """Return membership [V, g - 1] from [V, g], and where `apart` is now."""
    num_left = membership.shape[1]
    logs = tf.math.log(merged_bounds(bounds, membership))
    distance = tf.abs(logs[:, None] - logs[None, :])
    columns = tf.range(num_left)
    allowed = columns[:, None] < columns[None, :]
    if apart is not None:
        allowed &= (columns[:, None] != apart) & (columns[None, :] != apart)
    distance = tf.where(allowed, distance, float("inf"))
    closest = tf.argmin(tf.reshape(distance, [-1]), output_type=tf.int32)
    kept, absorbed = closest // num_left, closest % num_left
    target = tf.where(columns == absorbed, kept, columns)
    target -= tf.cast(target > absorbed, tf.int32)
    merged = tf.matmul(membership, tf.one_hot(target, num_left - 1))
    return merged, None if apart is None else target[apart]


def _one_hot(columns: Sequence[int]) -> tf.Tensor:
    return tf.one_hot(list(columns), max(columns) + 1)
