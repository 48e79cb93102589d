"""A table's schema: its columns in order, and who its unit of privacy is.

A schema is public. It is declared, and never learnt from the rows, but for
bounds that were learnt with noise, which costs privacy.
"""

import dataclasses
import functools

from dpgan_tf.data.tables import columns as columns_lib


@dataclasses.dataclass(frozen=True, kw_only=True)
class Schema:
    """The declared columns of a table.

    Attributes:
      columns: the columns that are released, in the file's order.
      unit: name of the column that says whose row it is, which is not released;
        empty if every row is a unit of privacy.
      most_rows_per_unit: declared number of rows of a unit that count at most.
      learnt_noise_multiplier: noise multiplier of what showed the rows' bounds,
        with which every run on these rows is charged; None if all bounds are
        declared.
    """

    columns: tuple[columns_lib.Column, ...]
    unit: str = ""
    most_rows_per_unit: int = 1
    learnt_noise_multiplier: float | None = None

    @functools.cached_property
    def blocks(self) -> tuple[int, ...]:
        """Sizes of the blocks of cells, in order; one is a code's."""
        return tuple(size for each in self.columns for size in each.blocks)

    @property
    def num_cells(self) -> int:
        """Number of cells of all columns: length of an encoded row."""
        return sum(self.blocks)

    @functools.cached_property
    def starts(self) -> tuple[int, ...]:
        """Number of each column's first cell, in an encoded row."""
        sizes = [len(each.cells) for each in self.columns]
        return tuple(sum(sizes[:i]) for i in range(len(sizes)))

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(each.name for each in self.columns)

    @property
    def names_in_files(self) -> tuple[str, ...]:
        """Names of the columns that a file has, that of the unit last."""
        return self.names + (self.unit,) * bool(self.unit)

    @functools.cached_property
    def cells(self) -> tuple[str, ...]:
        """Names of all cells, such as "sex=F", in the order of a row."""
        return tuple(
            f"{each.name}={cell}"
            for each in self.columns
            for cell in each.cells
        )
