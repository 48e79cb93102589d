"""Typed rows as a DataFrame: the columns of the schema, in their order."""

import importlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import sampling
from dpgan_tf.release import typed_writers

_NULLABLE = {"b": "boolean", "i": "Int64", "f": "Float64"}
"""Types of pandas that have missing values, by NumPy's kinds."""


def of_batches(
    batches: Iterable[sampling.Samples], schema: schemas.Schema
) -> Any:
    """Return all rows of some batches.

    Args:
      batches: the samples, with places.
      schema: the release's schema.

    Returns:
      A pandas DataFrame of text ("string"), bool, int64, float64 and
      datetime64[s], where a column may be missing "boolean", "Int64" and
      "Float64"; without pandas a dictionary of arrays by name, masked ones of
      columns that may be missing.
    """
    several = list(typed_writers.tables(batches, schema))
    table = {
        name: _joined([one[name] for one in several]) for name in schema.names
    }
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        return {name: _masked(found) for name, found in table.items()}
    return pandas.DataFrame(
        {name: _series(pandas, found) for name, found in table.items()}
    )


def _joined(parts: list[decoding.Values]) -> decoding.Values:
    is_missing = None
    if parts[0].is_missing is not None:
        is_missing = np.concatenate([part.is_missing for part in parts])
    values = np.concatenate([part.values for part in parts])
    return decoding.Values(values=values, is_missing=is_missing)


def _masked(found: decoding.Values) -> np.ndarray:
    if found.is_missing is None:
        return found.values
    return np.ma.MaskedArray(found.values, found.is_missing)


def _series(pandas: Any, found: decoding.Values) -> Any:
    """Return values in their type of pandas."""
    kind = found.values.dtype.kind
    if kind == "M":
        return found.values.astype("datetime64[s]")
    if kind == "O":
        made = pandas.array(found.values, dtype="string")
    elif found.is_missing is None:
        return found.values
    else:
        made = pandas.array(found.values, dtype=_NULLABLE[kind])
    if found.is_missing is not None:
        made[found.is_missing] = pandas.NA
    return made
