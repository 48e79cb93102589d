"""The persons whose records they are: units of privacy with several records.

A person stands for whatever the unit is: a patient, a household, a device. What
happens to a person's records follows from this person's name and records alone:
another person's records move none of them.
"""

import pathlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import chance

KEY = "units"
"""Key of an .npz file."""

_MISSING = ("", "nan", "nat", "none", "null", "na", "n/a", "<na>")


def names(array: np.ndarray, *, num_records: int, source: str) -> np.ndarray:
    """Return names of persons, checked, as whole numbers or text.

    Args:
      array: names of persons, whole numbers or texts [num_records].
      num_records: number of records.
      source: file and key, for messages.

    Raises:
      DatasetError: naming the source, for anything else, and for names that
        are missing: their records cannot be told apart.
    """
    if array.shape != (num_records,):
        raise errors.DatasetError(
            f"{source}: has shape {list(array.shape)}; expected "
            f"[{num_records}], one person for each record."
        )
    if array.dtype.kind == "O":
        array = _as_text(array, source=source)
    if array.dtype.kind not in "iuU":
        raise errors.DatasetError(
            f"{source}: has {array.dtype}; expected a whole number or a text "
            "for each person, and none missing."
        )
    if array.dtype.kind == "U":
        texts = np.unique(array).tolist()
        if any(text.strip().casefold() in _MISSING for text in texts):
            raise _missing(source)
    return array


def identities(
    array: np.ndarray, *, num_records: int, source: str
) -> np.ndarray:
    """Return numbers that stand for the names of persons.

    Args:
      array: names of persons, whole numbers or texts [num_records].
      num_records: number of records.
      source: file and key, for messages.

    Returns:
      uint64 [num_records]; two names share a number with chance 2**-64.

    Raises:
      DatasetError: see `names`.
    """
    checked = names(array, num_records=num_records, source=source)
    persons, places = np.unique(checked, return_inverse=True)
    numbers = [chance.number_of(str(person)) for person in persons.tolist()]
    return np.array(numbers, np.uint64)[places]


def column(
    columns: Sequence[str],
    values: Iterable[np.ndarray],
    name: str,
    *,
    source: str,
) -> tuple[tuple[str, ...], list[np.ndarray], np.ndarray]:
    """Return the other columns and their values, and this column's values.

    Args:
      columns: the columns' names.
      values: the columns' values, each [n].
      name: name of the column to take out.
      source: the file, for messages.

    Raises:
      DatasetError: unless it is there once.
    """
    others, arrays = list(columns), list(values)
    if others.count(name) != 1:
        shown = ", ".join(map(errors.printable, others[:8]))
        raise errors.DatasetError(
            f"{source}: has {others.count(name)} columns "
            f"{errors.printable(name)}, which shall name the persons; expected "
            f"one of {shown}: give its name with --unit_column."
        )
    place = others.index(name)
    of_persons = np.asarray(arrays.pop(place))
    others.pop(place)
    return tuple(others), arrays, of_persons


def of_arrays(
    arrays: Mapping[str, np.ndarray], *, num_records: int, path: pathlib.Path
) -> np.ndarray | None:
    """Return the persons that an .npz file names, uint64 [n]; None if none.

    Args:
      arrays: the file's arrays.
      num_records: number n of its training records.
      path: the file.

    Raises:
      DatasetError: naming the file and key, and the remedy.
    """
    if KEY not in arrays:
        return None
    return identities(
        arrays[KEY],
        num_records=num_records,
        source=f"{path}: {KEY}",
    )


def numbered(of_records: np.ndarray) -> np.ndarray:
    """Return the number of each record's person, int64 [n], from 0 on.

    Args:
      of_records: uint64 [n], from `identities`.
    """
    return np.unique(of_records, return_inverse=True)[1].astype(np.int64)


def are_chosen(
    of_records: np.ndarray, *, purpose: str, share: float
) -> np.ndarray:
    """Return which records are chosen, all of a person or none: bool [n].

    Args:
      of_records: uint64 [n], from `identities`.
      purpose: text whose hash with the person's number decides.
      share: a person's chance to be chosen.
    """
    persons, places = np.unique(of_records, return_inverse=True)
    chances = [chance.of(f"{purpose} {person}") for person in persons.tolist()]
    return (np.array(chances) < share)[places]


def kept(
    of_records: np.ndarray,
    names: np.ndarray | None,
    *,
    most: int,
    seed: int,
) -> np.ndarray:
    """Return places of at most so many records of each person, ascending.

    The hash of a record's own name decides, or of its number among the person's
    records where it has no name.

    Args:
      of_records: uint64 [n], from `identities`.
      names: whole numbers [n] that stand for the records' names, or None.
      most: number L of records of a person.
      seed: seed of the choice.
    """
    order = np.argsort(of_records, kind="stable")
    firsts = np.flatnonzero(np.diff(numbered(of_records)[order], prepend=-1))
    places = []
    for mine in np.split(order, firsts[1:]):
        if len(mine) > most:
            own = np.arange(len(mine)) if names is None else names[mine]
            person = of_records[mine[0]]
            chances = [
                chance.of(f"kept {seed} {person} {name}")
                for name in own.tolist()
            ]
            mine = mine[np.argsort(chances, kind="stable")[:most]]
        places.append(mine)
    return np.sort(np.concatenate(places))


def require_declared(
    of_records: np.ndarray | None, *, most: int, source: str
) -> None:
    """Refuse persons without a number of records, and a number without persons.

    Args:
      of_records: uint64 [n], from `identities`; None if every record is a unit.
      most: declared number L of records of a person; 1 if none is declared.
      source: name of the data set, for messages.

    Raises:
      ConfigError: naming the flag that is missing or idle.
    """
    if of_records is not None and most == 1:
        raise errors.ConfigError(
            f"{source}: says whose record each is; declare how many records of "
            "one person count at most, which the release shows: "
            "--records_per_person=L, at least 2 (data.most_records_per_unit; "
            "in Python most_records_per_unit=L), or leave the persons out if "
            "each has one record."
        )
    if of_records is None and most > 1:
        raise errors.ConfigError(
            f"data.most_records_per_unit={most}; {source} does not say whose "
            f"record each is: give an .npz file the array {KEY}, name a "
            "table's column with --unit_column=NAME, or prepare folders of "
            "persons with --units=folders."
        )


def _as_text(array: np.ndarray, *, source: str) -> np.ndarray:
    """Return an array of objects, such as a table's column, as text."""
    for value in array:
        is_whole = isinstance(value, int | np.integer)
        if isinstance(value, bool) or not (is_whole or isinstance(value, str)):
            raise _missing(source)
    return array.astype(str)


def _missing(source: str) -> errors.DatasetError:
    return errors.DatasetError(
        f"{source}: some records have no person, or none that is a whole "
        "number or a text; name one for each record, or remove those records."
    )
