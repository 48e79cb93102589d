"""The front door: from what a user calls DATA to a whole recipe.

What a recipe says is public, so the number of records and of classes must be
declared: by the user, or by a data set that everybody knows. Neither is ever
counted. What a message proposes is rounded, and for the curator's eyes only.
"""

import os
import pathlib
import re
from typing import NamedTuple

import numpy as np

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.config import wanted as asked
from dpgan_tf.data import datasets
from dpgan_tf.data import persons
from dpgan_tf.data import ready
from dpgan_tf.data import registry
from dpgan_tf.data import sources
from dpgan_tf.data.tables import schema_text
from dpgan_tf.run import auto
from dpgan_tf.run import public_facts

_UNSCORED = "quick"
"""The recipe that takes two minutes; `evaluate` scores it later."""

_FEWEST_ROUNDED = 100
"""Below it, two digits are the number itself."""


class _Declared(NamedTuple):
    """Public numbers.

    Attributes:
      num_records: number of training records; None to keep that of a user's
        own recipe.
      num_classes: number of classes; 0 for labels that are absent or ignored.
    """

    num_records: int | None
    num_classes: int


def read(
    wanted: asked.Wanted, *, data_dir: str | os.PathLike
) -> recipes.Recipe:
    """Return the recipe for a user's data; prepare the data first if needed.

    Args:
      wanted: what is asked for.
      data_dir: folder of named and prepared data sets.

    Raises:
      UserError: naming what must be declared, or what cannot be used.
    """
    made = ready.make(
        wanted.data,
        data_dir=data_dir,
        size=wanted.size,
        labels=wanted.labels,
        units="folders" if wanted.most_records_per_unit else None,
    )
    for line in made.report:
        progress.note(line)
    with progress.waiting(f"reading {made.dataset}"):
        dataset = load(made.dataset, wanted, data_dir=data_dir)
    return recipe_for(dataset, wanted, source=made.dataset)


def load(
    source: str, wanted: asked.Wanted, *, data_dir: str | os.PathLike
) -> datasets.Dataset:
    """Load a data set as the run will, with what is declared of it.

    Args:
      source: the data set's name or path.
      wanted: what is asked for.
      data_dir: folder of named and prepared data sets.

    Raises:
      DatasetError: if it cannot be used.
    """
    return sources.load(
        source,
        data_dir=data_dir,
        first_label=wanted.first_label,
        num_classes=wanted.num_classes or 0,
        largest_count=wanted.largest_count or 1,
        unit_column=wanted.unit_column or "",
        schema=wanted.schema,
        outside=wanted.outside or "refuse",
    )


def recipe_for(
    dataset: datasets.Dataset, wanted: asked.Wanted, *, source: str
) -> recipes.Recipe:
    """Return the recipe for a data set that is loaded.

    Args:
      dataset: the records, of which only the form is used.
      wanted: what is asked for.
      source: name or path of the data set, as the run will load it.

    Raises:
      UserError: naming what must be declared.
    """
    most_records = _most_records(dataset, wanted)
    persons.require_declared(
        dataset.train_units,
        most=most_records or _kept_by(wanted.base),
        source=wanted.data,
    )
    declared = _Declared(
        _num_records(wanted, source, dataset), _num_classes(wanted, dataset)
    )
    changes: dict[str, object] = {
        "data.num_classes": wanted.num_classes,
        "data.first_label": wanted.first_label,
        "data.public_source": wanted.public or "",
    }
    if wanted.largest_count is not None:
        changes["data.largest_count"] = wanted.largest_count
    if most_records is not None:
        changes["data.most_records_per_unit"] = most_records
    if wanted.unit_column is not None:
        changes["data.unit_column"] = wanted.unit_column
    if dataset.schema is not None:
        changes["data.schema"] = schema_text.to_text(dataset.schema)
    if wanted.outside is not None:
        changes["data.outside"] = wanted.outside
    if wanted.base is None:
        recipe = _from_facts(wanted, declared, source, dataset)
    else:
        recipe = wanted.base
        changes |= _changes(wanted, declared, source, recipe)
    return config_text.change(recipe, wanted.settings, beside=changes)


def run_dir(data: str, recipe: recipes.Recipe) -> str:
    """Return the usual folder of a run.

    Args:
      data: what the user calls the data.
      recipe: the run's recipe.
    """
    stem = pathlib.Path(os.path.abspath(data)).name.split(".")[0]
    plain = re.sub(r"[^\w-]+", "_", stem)
    return f"runs/{plain}_{recipe.name}"


def _most_records(
    dataset: datasets.Dataset, wanted: asked.Wanted
) -> int | None:
    """Return the declared records of a unit, which a schema has itself."""
    if dataset.schema is None:
        return wanted.most_records_per_unit
    return dataset.schema.most_rows_per_unit


def _kept_by(base: recipes.Recipe | None) -> int:
    """Return the records of a unit that a user's own recipe declares."""
    return 1 if base is None else base.data.most_records_per_unit


def is_scored(recipe: recipes.Recipe) -> bool:
    """Return whether a run is scored at its end, by a classifier's training.

    Args:
      recipe: the run's recipe.
    """
    return recipe.name != _UNSCORED


def rounded(number: int) -> int | None:
    """Return a number with two significant digits; None if that says it all.

    Args:
      number: a count of records.
    """
    if number < _FEWEST_ROUNDED:
        return None
    return int(float(f"{number:.1e}"))


def _num_records(
    wanted: asked.Wanted, source: str, dataset: datasets.Dataset
) -> int | None:
    found = wanted.num_records or registry.declared_records(source)
    if found is not None or isinstance(wanted.recipe, recipes.Recipe):
        return found
    units, unit = dataset.train_units, "records"
    num = len(dataset.training_part[0])
    if units is not None:
        unit, num = "persons", len(np.unique(units))
    about = rounded(num)
    proposed = "N" if about is None else about
    raise errors.UserError(
        f"{wanted.data}: declare the number of its {unit}, which the release "
        f"shows: --records={proposed}, if about this number may be known (in "
        f"Python num_records={proposed})."
    )


def _num_classes(wanted: asked.Wanted, dataset: datasets.Dataset) -> int:
    labels = dataset.training_part[1]
    if not wanted.labels or (labels is None and wanted.num_classes is None):
        return 0
    found = wanted.num_classes or dataset.form.num_classes
    if found:
        return found
    first, last = int(np.min(labels)), int(np.max(labels))
    proposed = f"{first}-{last}" if first == 1 else f"{last + 1}"
    raise errors.UserError(
        f"{wanted.data}: has labels; declare how many classes there are, which "
        f"the release shows: --classes={proposed}, if this number may be known "
        f"(in Python num_classes={proposed!r}), or --nolabels to ignore them."
    )


def _from_facts(
    wanted: asked.Wanted,
    declared: _Declared,
    source: str,
    dataset: datasets.Dataset,
) -> recipes.Recipe:
    assert isinstance(wanted.recipe, str)
    assert wanted.epsilon is not None and declared.num_records is not None
    return auto.recipe(
        wanted.recipe,
        public_facts.Facts(
            source=source,
            shape=tuple(dataset.form.shape),
            num_records=declared.num_records,
            num_classes=declared.num_classes,
            epsilon=wanted.epsilon,
            delta=wanted.delta,
            public_fraction=wanted.public_fraction or 0.0,
            public_source=wanted.public or "",
            largest=dataset.form.largest,
            blocks=dataset.form.blocks,
        ),
    )


def _changes(
    wanted: asked.Wanted,
    declared: _Declared,
    source: str,
    base: recipes.Recipe,
) -> dict[str, object]:
    """Return what other records and another budget change in a recipe."""
    fraction = 0.0 if wanted.public else wanted.public_fraction
    if fraction is None:
        _require_public_allowed(wanted, source, base)
        fraction = base.data.public_fraction
    changes: dict[str, object] = {
        "data.source": source,
        "data.public_fraction": fraction,
    }
    if declared.num_records is not None:
        changes["data.num_private_examples"] = round(
            declared.num_records * (1 - fraction)
        )
    if wanted.epsilon is not None:
        changes["budget.target_epsilon"] = wanted.epsilon
    if wanted.delta is not None:
        changes["budget.target_delta"] = wanted.delta
    elif base.budget is not None and declared.num_records is not None:
        changes["budget.target_delta"] = min(
            base.budget.target_delta, public_facts.delta(declared.num_records)
        )
    return changes


def _require_public_allowed(
    wanted: asked.Wanted, source: str, base: recipes.Recipe
) -> None:
    """Refuse to take a user's own records as public without being told."""
    share = base.data.public_fraction
    is_own = registry.declared_records(source) is None
    if share and is_own and isinstance(wanted.recipe, str):
        raise errors.UserError(
            f"--recipe={wanted.recipe}: takes {share:.0%} of the records as "
            "public, without a guarantee; allow that with "
            f"--public_fraction={share}, or use --recipe=auto."
        )
