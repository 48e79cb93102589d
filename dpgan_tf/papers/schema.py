"""What a table is made of: rows, and how each is had."""

import dataclasses
from collections.abc import Mapping, Sequence

from dpgan_tf.config import recipe as recipes
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.papers import paper_recipes
from dpgan_tf.run import baselines

_BASELINE_STEPS = 5_000
"""Generator steps without privacy, ours: ten minutes on two CPU cores."""

REAL, PRIVATE, MARGINALS = "real", "private", "marginals"
PUBLIC_RECORDS = "public_records"
PUBLIC_ONLY, NON_PRIVATE = baselines.KINDS
WITHOUT_GENERATOR = (REAL, MARGINALS, PUBLIC_RECORDS)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One row: how its generator is trained.

    Attributes:
      name: of its folder; rows of several tables may share one.
      title: what a reader sees.
      kind: `REAL`, `PRIVATE`, `PUBLIC_ONLY`, `NON_PRIVATE`, `MARGINALS` or
        `PUBLIC_RECORDS`, the public records themselves as if they were samples.
      recipe: of the private run, or of the one that it stands beside.
      num_generator_steps: of the rows without privacy.
      paper: the paper's value of a column, by the column's name.
    """

    name: str
    title: str
    kind: str
    recipe: recipes.Recipe
    num_generator_steps: int = _BASELINE_STEPS
    paper: Mapping[str, float] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    """A table of scores.

    Attributes:
      name: of its files, such as "table2".
      title: what it shows.
      rows: from top to bottom.
      notes: what a reader must know.
    """

    name: str
    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class LabelsTable:
    """A table of classifiers that learn from few labels and many samples.

    Attributes:
      name: of its files, such as "table6".
      title: what it shows.
      rows: whose samples they learn from; columns of the table.
      setting: how they are trained.
      paper: by the number of labels, the paper's accuracies by the name of a
        row, or "supervised".
    """

    name: str
    title: str
    rows: Sequence[Row]
    setting: semi_supervised.Setting
    paper: Mapping[int, Mapping[str, float]]


def private(preset: str, title: str, **paper: float) -> Row:
    """Return the row of a private run.

    Args:
      preset: its name.
      title: what a reader sees.
      **paper: as `Row.paper`.
    """
    return Row(
        name=preset,
        title=title,
        kind=PRIVATE,
        recipe=paper_recipes.get(preset),
        paper=paper,
    )
