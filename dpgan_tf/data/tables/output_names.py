"""Names under which typed columns are given to programs.

A column that may be missing has a second array, of yes and no, that says where
it is. Its name is the column's with a few words.
"""

from collections.abc import Iterable

from dpgan_tf import errors
from dpgan_tf.data.tables import columns as columns_lib


def flag(name: str) -> str:
    """Return the name of the array that says where a column is missing.

    Args:
      name: the column's name.
    """
    return f"{name} is missing"


def require_distinct(
    columns: Iterable[columns_lib.Column], *, source: str
) -> None:
    """Refuse columns of which one has the name of another one's second array.

    Args:
      columns: a schema's columns.
      source: the schema's file or setting, for the message.

    Raises:
      DatasetError: naming the column and the remedy.
    """
    several = tuple(columns)
    names = {column.name for column in several}
    for column in several:
        if column.missing and flag(column.name) in names:
            shown = errors.printable(flag(column.name), largest=60)
            raise errors.DatasetError(
                f"{source}: column {shown}: is the name under which samples say"
                f" where column {errors.printable(column.name, largest=60)} is "
                "missing; rename one of them."
            )
