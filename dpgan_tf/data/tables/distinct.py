"""The distinct values of some rows of a column, as text.

Whatever is done for a value is done once for all rows that have it.
"""

from typing import Any, NamedTuple

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import arrow


class Distinct(NamedTuple):
    """The values of b rows, of which u are distinct.

    Attributes:
      texts: Arrow text [u], without blanks and quotes around it; none is null,
        and "" is no value.
      places: place of each row's value among them, int64 [b].
    """

    texts: Any
    places: np.ndarray


def of(array: Any, *, source: str) -> Distinct:
    """Return a column's distinct values.

    Args:
      array: Arrow array [b] of text, numbers, booleans or times.
      source: file and column, for messages.

    Raises:
      DatasetError: for other types, and times with a time zone.
    """
    pyarrow, compute = arrow.module(), arrow.module("pyarrow.compute")
    types = pyarrow.types
    if types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if types.is_timestamp(array.type):
        if array.type.tz is not None:
            raise errors.DatasetError(
                f"{source}: has times with a time zone ({array.type}); save "
                "them without one."
            )
        array = array.cast(pyarrow.timestamp("s"), safe=False)
    if types.is_nested(array.type):
        raise _other_type(array, source)
    try:
        encoded = array.dictionary_encode()
        texts = encoded.dictionary.cast(pyarrow.string()).fill_null("")
        texts.validate(full=True)
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        raise _other_type(array, source) from error
    places = encoded.indices.fill_null(len(texts)).to_numpy()
    texts = pyarrow.concat_arrays([texts, pyarrow.array([""])])
    return Distinct(_bare(texts, compute), places.astype(np.int64))


def _bare(texts: Any, compute: Any) -> Any:
    """Return texts without blanks around them, and quotes within those."""
    texts = compute.utf8_trim_whitespace(texts)
    if not compute.any(compute.starts_with(texts, '"')).as_py():
        return texts
    inner = compute.replace_substring_regex(texts, '^"(.*)"$', r"\1")
    return compute.utf8_trim_whitespace(inner)


def _other_type(array, source) -> errors.DatasetError:
    return errors.DatasetError(
        f"{source}: is of type {errors.printable(array.type, largest=60)}; "
        "expected text, numbers, booleans or dates."
    )
