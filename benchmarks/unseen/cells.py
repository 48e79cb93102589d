"""What is computed: a recipe on changed records, and where it is kept."""

import dataclasses
import pathlib
from typing import Any

from benchmarks.unseen import changes
from dpgan_tf.papers import kept

_VERSION = 2
"""Raised when cells are scored in another way."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A recipe on changed records.

    Attributes:
      change: name of a change.
      recipe: name of a recipe.
      epsilon: epsilon of the budget.
      num_samples: number of samples that are scored, and most real images.
    """

    change: str
    recipe: str
    epsilon: float
    num_samples: int

    @property
    def name(self) -> str:
        """Name of its folder, and of its file in a record."""
        return f"{self.change}_{self.recipe}_{self.epsilon:g}"

    @property
    def key(self) -> list[Any]:
        """All that its scores depend on but the code, as JSON values."""
        return [_VERSION, *dataclasses.astuple(self)]

    def reference(self, recipe: str) -> "Cell":
        """Return the cell that it is compared with.

        Args:
          recipe: name of the recipe to compare with.
        """
        change = changes.CHANGES[self.change].reference
        return dataclasses.replace(self, change=change, recipe=recipe)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bench:
    """Where cells are computed.

    Attributes:
      folder: folder of records, runs, classifiers and scores.
      data_dir: folder of MNIST.
      command: command to record with a cell.
    """

    folder: pathlib.Path
    data_dir: pathlib.Path
    command: str

    @property
    def records(self) -> pathlib.Path:
        """Folder of changed records."""
        return self.folder / "records"

    def run_dir(self, cell: Cell) -> pathlib.Path:
        """Return the folder of a cell's run.

        Args:
          cell: the cell.
        """
        return self.folder / cell.name / "run"

    def scores(self, cell: Cell) -> pathlib.Path:
        """Return the file of a cell's scores.

        Args:
          cell: the cell.
        """
        return self.folder / cell.name / f"scores_{cell.num_samples}.json"

    def find(self, cell: Cell) -> dict[str, Any] | None:
        """Return the scores of a finished cell as `kept` has them, or None.

        Args:
          cell: the cell.

        Raises:
          UserError: if the file is damaged.
        """
        return kept.find(self.scores(cell), cell.key)

    def state(self, cell: Cell) -> str:
        """Return how far a cell is, in a word.

        Args:
          cell: the cell.
        """
        if self.find(cell) is not None:
            return "finished"
        return "begun" if self.run_dir(cell).exists() else "waiting"
