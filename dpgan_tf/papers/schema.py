"""The structure of tables and their rows."""

import dataclasses
from collections.abc import Mapping, Sequence

from dpgan_tf.config import recipe as recipes
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.papers import paper_recipes
from dpgan_tf.run import baselines

_BASELINE_STEPS = 5_000
"""Generator steps without privacy (ours): ten minutes on two CPU cores."""

REAL, PRIVATE, MARGINALS = "real", "private", "marginals"
PUBLIC_RECORDS = "public_records"
INDEPENDENT, CITED = "independent", "cited"
PUBLIC_ONLY, NON_PRIVATE = baselines.KINDS
SMALL_DELTA = "epsilon_at_small_delta"
"""Name of the value that prices a private run at delta 1 / (n ln n)."""

WITHOUT_GENERATOR = (REAL, MARGINALS, PUBLIC_RECORDS, INDEPENDENT, CITED)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """A row: how its generator is trained.

    Attributes:
      name: name of its folder; rows of several tables may share one.
      title: title in the table.
      kind: `REAL`, `PRIVATE`, `PUBLIC_ONLY`, `NON_PRIVATE`, `MARGINALS`,
        `INDEPENDENT` for independent columns without privacy, `PUBLIC_RECORDS`
        for the public records themselves, scored as samples, or `CITED` for
        values of others alone, of which nothing is computed.
      recipe: recipe of the private run, or of the one it is compared with.
      num_generator_steps: number of generator steps of rows without privacy.
      paper: the paper's values by column, or those of others.
      most_seeds: largest number of the table's seeds to compute it with; None
        for all.
      variety: factor of the latents of its samples.
      run: name of the row whose run it shares; empty for a run of its own.
    """

    name: str
    title: str
    kind: str
    recipe: recipes.Recipe
    num_generator_steps: int = _BASELINE_STEPS
    paper: Mapping[str, float] = dataclasses.field(default_factory=dict)
    most_seeds: int | None = None
    variety: float = 1.0
    run: str = ""

    def at(self, variety: float) -> "Row":
        """Return a row of the same run, whose samples have another variety.

        Args:
          variety: factor of the latents.
        """
        return dataclasses.replace(
            self,
            name=f"{self.name}_varied",
            title=f"{self.title}, variety {variety:g}",
            variety=variety,
            run=self.run or self.name,
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    """A table of scores.

    Attributes:
      name: base name of its files, such as "table2".
      title: title of the table.
      rows: rows from top to bottom.
      notes: notes below the table.
    """

    name: str
    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class LabelsTable:
    """A table of classifiers trained on few labels and many samples.

    Attributes:
      name: base name of its files, such as "table6".
      title: title of the table.
      rows: rows whose generators make the samples; columns of the table.
      setting: training settings of the classifiers.
      paper: the paper's accuracies by number of labels, and by the name of a
        row or "supervised".
    """

    name: str
    title: str
    rows: Sequence[Row]
    setting: semi_supervised.Setting
    paper: Mapping[int, Mapping[str, float]]


def private(preset: str, title: str, **paper: float) -> Row:
    """Return the row of a private run.

    Args:
      preset: the preset's name.
      title: title in the table.
      **paper: values for `Row.paper`.
    """
    return Row(
        name=preset,
        title=title,
        kind=PRIVATE,
        recipe=paper_recipes.get(preset),
        paper=paper,
    )
