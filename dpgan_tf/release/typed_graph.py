"""Typed columns in a graph: what `data.tables.decoding` does, in TensorFlow.

A released generator gives a tensor for each column, and needs none of this
package for it. Tables of words, numbers and months are constants of the graph.
Columns of a kind are computed together: the graph has a few operations for a
kind, and one for a column.
"""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import output_names
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import time_graph


def specs(schema: schemas.Schema, num: int) -> dict[str, tf.TensorSpec]:
    """Return the form of what `picked` returns.

    Args:
      schema: the table's schema.
      num: number of rows.
    """
    num_codes = len(_numbers_of(schema, columns_lib.Codes))
    num_places = len(decoding.ordered(schema))
    return {
        "cells": tf.TensorSpec([num, len(schema.columns)], tf.int32),
        "places": tf.TensorSpec([num, num_places], tf.float64),
        "codes": tf.TensorSpec([num, num_codes], tf.string),
    }


def picked(
    schema: schemas.Schema, rows: tf.Tensor, places: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Return what rows have in each column, in few numbers.

    Args:
      schema: the table's schema.
      rows: uint8 [n, num_cells], 1 in a row's cells.
      places: float64 [n, k], see `decoding.decode`.

    Returns:
      "cells", int32 [n, columns], counted from each column's first cell, and
      of no meaning for codes; "places"; "codes", string [n, columns of codes].
    """
    sizes = [len(column.cells) for column in schema.columns]
    numbers = np.concatenate([np.arange(size) for size in sizes])
    cells = tf.math.segment_sum(
        tf.transpose(tf.cast(rows, tf.int32) * tf.constant(numbers, tf.int32)),
        np.repeat(np.arange(len(sizes)), sizes),
    )
    joined = [tf.zeros([rows.shape[0], 0], tf.string)]
    for i in _numbers_of(schema, columns_lib.Codes):
        first = schema.starts[i]
        part = rows[:, first : first + sizes[i]]
        joined.append(_joined(schema.columns[i], part)[:, None])
    return {
        "cells": tf.transpose(cells),
        "places": places,
        "codes": tf.concat(joined, axis=1),
    }


def _joined(column: columns_lib.Codes, rows: tf.Tensor) -> tf.Tensor:
    """Return the codes of each row, joined: string [n]."""
    further = [column.separator + code for code in column.codes]
    before = tf.cumsum(tf.cast(rows, tf.int32), axis=1, exclusive=True)
    named = tf.where(before > 0, further, list(column.codes))
    return tf.strings.reduce_join(tf.where(rows > 0, named, ""), axis=1)


def columns(
    schema: schemas.Schema, found: Mapping[str, tf.Tensor]
) -> dict[str, tf.Tensor]:
    """Return the values of each column by its name.

    Args:
      schema: the table's schema.
      found: result of `picked`, of n rows.

    Returns:
      For each column a tensor [n]: string, bool, int64 or float32. For each
      that may be missing another one, bool [n], that says where it is.
    """
    codes = _numbers_of(schema, columns_lib.Codes)
    made = _by_name([schema.names[i] for i in codes], found["codes"])
    ordered = _numbers_of(schema, *decoding.ORDERED)
    for kind, make in _MAKERS.items():
        chosen = [
            i for i, one in enumerate(schema.columns) if type(one) is kind
        ]
        if not chosen:
            continue
        places = [ordered.index(i) for i in chosen if i in ordered]
        values = make(
            [schema.columns[i] for i in chosen],
            tf.gather(found["cells"], chosen, axis=1),
            tf.gather(found["places"], np.array(places, int), axis=1),
        )
        made |= _by_name([schema.names[i] for i in chosen], values)
    return made | _flags(schema, found["cells"])


def _numbers_of(schema: schemas.Schema, *kinds: type) -> list[int]:
    """Return the numbers of a schema's columns of some kinds."""
    return [i for i, one in enumerate(schema.columns) if isinstance(one, kinds)]


def _by_name(names: Sequence[str], values: tf.Tensor) -> dict[str, tf.Tensor]:
    return dict(zip(names, tf.unstack(values, axis=1), strict=True))


def _flags(schema, cells) -> dict[str, tf.Tensor]:
    several = [i for i, column in enumerate(schema.columns) if column.missing]
    last = [schema.columns[i].num_values for i in several]
    names = [output_names.flag(schema.names[i]) for i in several]
    is_missing = tf.gather(cells, np.array(several, int), axis=1) == last
    return _by_name(names, is_missing)


# Each of these takes columns of one kind, their cells, int32 [n, k], and the
# places of numbers in them, float64 [n, k], and returns values [n, k].


def _words(several, cells, places) -> tf.Tensor:
    del places
    tables = [[*one.values, *[""] * one.missing] for one in several]
    words = list(itertools.chain.from_iterable(tables))
    return tf.gather(words, cells + _starts(tables))


def _booleans(several, cells, places) -> tf.Tensor:
    del several, places
    return tf.equal(cells, 1)


def _numbers(several, cells, places) -> tf.Tensor:
    grids = [decoding.grid(column) for column in several]
    cells += _starts([grid.first for grid in grids])
    first, count = (
        tf.gather(np.concatenate([getattr(g, name) for g in grids]), cells)
        for name in ("first", "count")
    )
    beyond = places * count
    is_whole = tf.constant([grid.is_whole for grid in grids])
    beyond = tf.where(is_whole, tf.floor(beyond), beyond)
    return (first + beyond) / np.array([grid.scale for grid in grids])


def _integers(several, cells, places) -> tf.Tensor:
    return tf.cast(_numbers(several, cells, places), tf.int64)


def _reals(several, cells, places) -> tf.Tensor:
    return tf.cast(_numbers(several, cells, places), tf.float32)


def _dates(several, cells, places) -> tf.Tensor:
    days = _integers(several, cells, places)
    first = min(int(one.least) for one in several)
    last = max(int(one.most) for one in several)
    texts = time_graph.dates(days, first=first, last=last)
    return _unless_missing(several, cells, texts)


def _moments(several, cells, places) -> tf.Tensor:
    seconds = _integers(several, cells, places)
    first = min(int(one.least) for one in several)
    last = max(int(one.most) for one in several)
    texts = time_graph.moments(seconds, first=first, last=last)
    return _unless_missing(several, cells, texts)


def _unless_missing(several, cells, texts) -> tf.Tensor:
    """Return texts, empty ones where a value is missing."""
    has_value = cells < [column.num_values for column in several]
    return tf.where(has_value, texts, "")


def _starts(tables) -> np.ndarray:
    """Return where each of some tables begins, put one after another."""
    sizes = [len(table) for table in tables]
    return np.cumsum([0, *sizes[:-1]]).astype(np.int32)


_MAKERS = {
    columns_lib.Category: _words,
    columns_lib.Boolean: _booleans,
    columns_lib.Integer: _integers,
    columns_lib.Number: _reals,
    columns_lib.Date: _dates,
    columns_lib.DateTime: _moments,
}
