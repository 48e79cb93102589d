"""An executable trial of a layer of one's own: do records meet in it?

A trial is no proof: a layer can hide what it does. It is made of what goes
wrong by mistake: means, sums, sorting and normalization over a batch, a state,
random draws. What it cannot see is bounded by the vectorized engine, in which a
critic is shown one record at a time, with the fakes of that record: there,
records could meet only through a state that one call leaves to the next.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy import vectorized

_NUM_RECORDS = 9
_BATCH_SIZES = (1, 2, 5, 8)
_TOLERANCE = 1e-4
"""Of batches of another size, whose products round in another order."""

_AROUND = ("Exception encountered when calling", "in user code", "File ")

Call = Callable[[Any], Any]


def problem_of(layer: Any, shape: tuple[int, ...]) -> str | None:
    """Return what is wrong with a layer, in words after its name, or None.

    Args:
      layer: a built layer. Its weights are other ones during the trial: zeros
        could hide a branch in which records meet.
      shape: shape of one record's input.
    """
    rng = np.random.default_rng(0)
    before = [variable.numpy() for variable in layer.variables]
    try:
        for variable in layer.trainable_variables:
            variable.assign(rng.normal(size=variable.shape))
        return next(filter(None, _problems(layer, shape, rng)), None)
    finally:
        for variable, value in zip(layer.variables, before, strict=True):
            variable.assign(value)


def _problems(layer, shape, rng) -> Iterator[str | None]:
    """Yield the problem of each trial in turn, or None."""
    records = rng.normal(size=(_NUM_RECORDS, *shape)).astype("float32")
    for training in (False, True):

        def call(rows, training=training):
            outputs = layer(tf.convert_to_tensor(rows), training=training)
            return outputs if tf.is_tensor(outputs) else tf.constant(np.nan)

        try:
            yield _of_form(call, records)
            yield _of_state(layer, call, records, rng)
            yield _of_changes(call, records)
            yield _of_order(call, records, rng)
            yield _of_gradients(layer, call, records)
        except Exception as error:  # Anything may happen in such a call.
            yield f"fails on {records.shape} ({said_by(error)})."


def _of_form(call: Call, records: np.ndarray) -> str | None:
    outputs = call(records)
    if outputs.dtype != tf.float32 or outputs.shape[:1] != (_NUM_RECORDS,):
        return (
            f"gives {outputs.dtype.name} {tuple(outputs.shape)} for "
            f"{_NUM_RECORDS} records; wanted is one float32 tensor with the "
            "records first."
        )
    return None


def _of_state(layer: Any, call: Call, records, rng) -> str | None:
    """Call with the same, with other, and with the same records again."""
    attributes = dict(vars(layer))
    weights = [variable.numpy() for variable in layer.variables]
    first = call(records).numpy()
    if not _are_same(first, call(records).numpy()):
        return (
            "gives other numbers for the same records: it draws random "
            "numbers, or has a state that a call changes."
        )
    call(rng.normal(size=records.shape).astype("float32"))
    if not _are_same(first, call(records).numpy()):
        return "gives other numbers after other records: it has a state."
    if not all(map(_are_same, weights, map(np.asarray, layer.variables))):
        return "changes its weights when it is called: that is a state."
    for name, value in vars(layer).items():
        if attributes.get(name) is not value:
            return f"sets self.{name} when it is called: that is a state."
    return None


def _of_changes(call: Call, records: np.ndarray) -> str | None:
    """Change one record, and compare the outputs of all others to the bit."""
    before = call(records).numpy()
    for which in (0, _NUM_RECORDS // 2, _NUM_RECORDS - 1):
        others = np.arange(_NUM_RECORDS) != which
        for name, value in _changed(records, which):
            rows = records.copy()
            rows[which] = value
            after = call(rows).numpy()
            if not _are_same(before[others], after[others]):
                return (
                    f"lets records meet: {name} in place of record {which} "
                    "changed the output of another."
                )
    return None


def _changed(records, which) -> Iterator[tuple[str, Any]]:
    yield "another", -3 * records[which]
    yield "a duplicate", records[which - 1]
    yield "zeros", 0.0
    for number in (1e30, -1e30, np.inf, -np.inf, np.nan):
        yield f"{number}", number


def _of_order(call: Call, records: np.ndarray, rng) -> str | None:
    """Give the records in another order, and in smaller batches."""
    before = call(records).numpy()
    order = rng.permutation(_NUM_RECORDS)
    if not _are_close(before[order], call(records[order]).numpy()):
        return "lets records meet: their order changed their outputs."
    for size in _BATCH_SIZES:
        if not _are_close(before[:size], call(records[:size]).numpy()):
            return (
                f"lets records meet: in a batch of {size} they have other "
                "outputs."
            )
    return None


def _of_gradients(layer: Any, call: Call, records) -> str | None:
    """Differentiate one record's output, with others beside it, and alone."""
    variables = [v.value for v in layer.trainable_variables]
    found = [_gradients(call, variables, records)]
    other = records.copy()
    other[1:] *= -3
    found.append(_gradients(call, variables, other))
    for to_rows, _ in found:
        if np.any(to_rows[1:]):
            return "lets records meet in its gradient by the inputs."
    if not all(map(_are_close, found[0][1], found[1][1])):
        return "lets records meet in its gradient by the weights."
    return _of_vectorized(layer, call, tf.constant(records[:3]))


def _of_vectorized(layer: Any, call: Call, records: tf.Tensor) -> str | None:
    """Compare the engine's gradients with those of one record at a time."""
    _, found = vectorized.differentiate_unjudged(
        lambda rows: _summed(call, rows)[None], layer, records
    )
    variables = [v.value for v in layer.trainable_variables]
    for i, row in enumerate(records):
        _, alone = _gradients(call, variables, row[None])
        together = [gradient.numpy()[i] for gradient in found.gradients]
        if not all(map(_are_close, together, alone)):
            return "has another gradient under the vectorized engine."
    return None


def _gradients(call: Call, variables, records):
    rows = tf.convert_to_tensor(records)
    with tf.GradientTape() as tape:
        tape.watch(rows)
        output = _summed(call, rows)
    found = tape.gradient(
        output,
        [rows, *variables],
        unconnected_gradients=tf.UnconnectedGradients.ZERO,
    )
    to_rows, *to_weights = (tf.convert_to_tensor(x).numpy() for x in found)
    return to_rows, to_weights


def _summed(call, rows):
    """Return a sum of the first record's outputs, each with its own weight."""
    first = tf.reshape(call(rows)[0], [-1])
    return tf.reduce_sum(first * tf.linspace(0.5, 1.5, tf.size(first)))


def said_by(error: Exception) -> str:
    """Return the line of an error that says what happened.

    Args:
      error: an error from Keras, which puts others around it.
    """
    text = re.sub(r"\x1b\[\d*m", "", str(error))
    lines = [line.strip() for line in text.splitlines()]
    said = [x for x in lines if x and not x.startswith(_AROUND)]
    return said[0] if said else type(error).__name__


def _are_same(first: np.ndarray, second: np.ndarray) -> bool:
    return np.array_equal(first, second, equal_nan=True)


def _are_close(first: np.ndarray, second: np.ndarray) -> bool:
    if first.shape != second.shape:
        return False
    scale = np.max(np.abs(first), initial=1e-6)
    return bool(np.allclose(first, second, _TOLERANCE, _TOLERANCE * scale))
