"""The records of a run: loaded, split, and checked against its settings."""

import dataclasses
import functools
import os
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.claim import variety
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.data import sources
from dpgan_tf.data.tables import outside as policies
from dpgan_tf.models import networks
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.run import feasibility
from dpgan_tf.run import public_records
from dpgan_tf.run.summary import schemas

DESCRIPTION = untrusted_json.record(
    {
        "example_shape": untrusted_json.of(
            "one or three sizes",
            lambda value: (
                type(value) is list
                and len(value) in (1, 3)
                and not any(map(untrusted_json.POSITIVE.problem_of, value))
            ),
        ),
        "largest": untrusted_json.COUNT,
        "columns": untrusted_json.list_of(untrusted_json.TEXT),
    },
    optional={
        "num_classes": untrusted_json.COUNT,
        "class_names": untrusted_json.list_of(untrusted_json.TEXT),
        "blocks": untrusted_json.list_of(untrusted_json.POSITIVE),
    },
    others=untrusted_json.ANY,
)
"""The file in which a run describes its records."""

_DECLARED_TOLERANCE = 0.1


@dataclasses.dataclass(frozen=True, kw_only=True)
class RunData:
    """The records of a run.

    Attributes:
      dataset: the whole data set; its test part is for scores only.
      public: public records D_pub, None if every record is private.
      private: private records D_pri.
      pixels: private range of pixels in which they are seen, and samples made.
      description: the split and the shape of an example, as JSON values.
    """

    dataset: datasets.Dataset
    public: records.PublicRecords | None
    private: records.PrivateRecords
    description: dict[str, object]
    pixels: pixel_range.PixelRange = pixel_range.WHOLE

    def seen_in(self, pixels: pixel_range.PixelRange) -> "RunData":
        """Return the data with private records that are stretched.

        Args:
          pixels: range of pixels that becomes all of them.
        """
        private = dataclasses.replace(
            self.private, examples=pixels.stretched(self.private.examples)
        )
        return dataclasses.replace(self, private=private, pixels=pixels)


def load(
    recipe: recipes.Recipe,
    *,
    data_dir: str | os.PathLike,
    dataset_path: str | None = None,
    public_path: str | None = None,
) -> RunData:
    """Load the records, public and private ones.

    Args:
      recipe: recipe that names the data set and its public records.
      data_dir: folder of prepared data sets.
      dataset_path: path of the data set; by default the recipe's.
      public_path: path of a public source; by default the recipe's.

    Returns:
      `RunData`.

    Raises:
      DatasetError: if the records cannot be used.
      ConfigError: if they do not fit the configuration.
    """
    dataset = load_dataset(recipe, data_dir=data_dir, dataset_path=dataset_path)
    public, private, description = public_records.part(
        recipe,
        dataset,
        data_dir=data_dir,
        dataset_path=dataset_path,
        public_path=public_path,
    )
    _require_declared_size(recipe, private)
    if recipe.networks.conditional and private.labels is None:
        raise errors.DatasetError(
            f"{recipe.data.source}: has no labels, which "
            "networks.conditional=true needs; add them, or leave it out."
        )
    form = dataset.form
    feasibility.require_declared_classes(recipe, form)
    variety.require(recipe.scoring.variety, is_table=form.is_table)
    if not form.is_table:
        _require_size(recipe, form)
    if dataset.doubt:
        _note_once(dataset.doubt)
    return RunData(
        dataset=dataset,
        public=public,
        private=private,
        description=description
        | {
            "example_shape": list(form.shape),
            "largest": form.largest,
            "blocks": list(form.blocks),
            "num_classes": form.num_classes,
            "columns": list(dataset.columns),
            "class_names": list(dataset.class_names),
        },
    )


def load_dataset(
    recipe: recipes.Recipe,
    *,
    data_dir: str | os.PathLike,
    dataset_path: str | None = None,
) -> datasets.Dataset:
    """Load a run's data set, with its declared number of classes.

    Args:
      recipe: recipe that names the data set, and may declare the number of the
        labels' classes.
      data_dir: folder of prepared data sets.
      dataset_path: path of the data set; by default the recipe's.

    Raises:
      DatasetError: if the data set cannot be used, or has labels of more
        classes.
      ConfigError: if there are no labels, or the data set declares another
        number.
    """
    _require_outside(recipe)
    dataset = sources.load(
        dataset_path or recipe.data.source,
        data_dir=data_dir,
        first_label=recipe.data.first_label,
        num_classes=recipe.data.num_classes or 0,
        largest_count=recipe.data.largest_count,
        unit_column=recipe.data.unit_column,
        schema=recipe.data.schema,
        outside=recipe.data.outside,
    )
    if dataset.schema is not None and not recipe.data.schema:
        raise errors.ConfigError(
            f"data.schema: is empty, and {recipe.data.source} has a schema of "
            f"its own; train with `train {recipe.data.source} --recipe=NAME`, "
            "which puts it into the recipe."
        )
    _require_declared_persons(recipe, dataset)
    if recipe.data.num_classes is None:
        return dataset
    if dataset.training_part[1] is None:
        raise errors.ConfigError(
            f"data.num_classes={recipe.data.num_classes}; {recipe.data.source} "
            "has no labels that it could be about: leave it out."
        )
    if dataset.form.num_classes not in (0, recipe.data.num_classes):
        raise errors.ConfigError(
            f"data.num_classes={recipe.data.num_classes}; {recipe.data.source} "
            f"declares {dataset.form.num_classes} itself: leave the setting "
            "out."
        )
    return dataclasses.replace(dataset, num_classes=recipe.data.num_classes)


@functools.cache
def _note_once(text: str) -> None:
    """Write a line to the curator's terminal once, even if data is reloaded."""
    progress.note(text)


def columns_of(description: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the columns of a run's rows; empty for images.

    Args:
      description: description from `RunData`, as it was written.
    """
    return tuple(description["columns"])


def classes_of(
    recipe: recipes.Recipe, description: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the names of the generator's classes; empty if they have none.

    Args:
      recipe: the run's recipe.
      description: description from `RunData`, as it was written.
    """
    if not recipe.networks.conditional:
        return ()
    return tuple(description.get("class_names", ()))


def form_of(description: Mapping[str, Any]) -> records.Form:
    """Return the form of a run's examples.

    Args:
      description: description from `RunData`, as it was written.
    """
    return records.Form(
        tuple(description["example_shape"]),
        description["largest"],
        description.get("num_classes", 0),
        tuple(description.get("blocks", ())),
    )


def _require_outside(recipe: recipes.Recipe) -> None:
    """Refuse to make it a fact of the rows whether any is outside."""
    if (
        schemas.learnt_noise_multiplier(recipe) is not None
        and recipe.data.outside == policies.REFUSE
    ):
        raise errors.ConfigError(
            "data.outside=refuse; the schema's bounds were learnt with noise, "
            "and rows may lie beyond them: give --outside=clip or other."
        )


def _require_declared_persons(
    recipe: recipes.Recipe, dataset: datasets.Dataset
) -> None:
    """Refuse another number of rows of a person than the schema declares."""
    schema, declared = dataset.schema, recipe.data.most_records_per_unit
    if schema is not None and schema.most_rows_per_unit != declared:
        raise errors.ConfigError(
            f"data.most_records_per_unit={declared}; the schema declares "
            f"{schema.most_rows_per_unit} (unit: most_rows), and both are "
            "published: expected the same."
        )


def _require_size(recipe: recipes.Recipe, form: records.Form) -> None:
    try:
        networks.num_halvings((form.shape[0], form.shape[1], form.shape[2]))
    except ValueError as error:
        raise errors.DatasetError(
            f"{recipe.data.source}: images of {form.shape[0]} x "
            f"{form.shape[1]} pixels; networks take sides of "
            f"{networks.SIDES[0]} to {networks.SIDES[1]}: bring them to a size "
            "with prepare-data "
            "--dataset=folder --size=N."
        ) from error


def _require_declared_size(
    recipe: recipes.Recipe, private: records.PrivateRecords
) -> None:
    """Refuse a declared n that clearly belongs to other data.

    This is the curator's check before anything is trained or released; the
    claim uses only the declared number.
    """
    declared, num_private = recipe.data.num_private_examples, private.num_units
    unit = "records" if private.units is None else "persons"
    if abs(num_private - declared) > _DECLARED_TOLERANCE * declared:
        raise errors.ConfigError(
            f"data.num_private_examples={declared}; more than 10% off the "
            f"private part of {recipe.data.source}, which has {num_private} "
            f"{unit}: declare a size that is publicly known anyway with --set "
            "data.num_private_examples=N; do not copy this number."
        )
