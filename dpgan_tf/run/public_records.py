"""The public records of a run: split off, or of a source of their own."""

import dataclasses
import os
from typing import NamedTuple

import numpy as np

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import privacy
from dpgan_tf.data import datasets
from dpgan_tf.data import persons
from dpgan_tf.data import records
from dpgan_tf.data import sources
from dpgan_tf.data import split as splits
from dpgan_tf.privacy import untrusted_json

_DIGEST = "public_sha256"
_DESCRIBED = untrusted_json.record(
    {}, optional={_DIGEST: untrusted_json.DIGEST}, others=untrusted_json.ANY
)


class Parts(NamedTuple):
    """Public and private records.

    Attributes:
      public: public records D_pub, None if every record is private.
      private: private records D_pri.
      description: where the public ones are from, as JSON values.
    """

    public: records.PublicRecords | None
    private: records.PrivateRecords
    description: dict[str, object]


def part(
    recipe: recipes.Recipe,
    dataset: datasets.Dataset,
    *,
    data_dir: str | os.PathLike,
    dataset_path: str | None = None,
    public_path: str | None = None,
) -> Parts:
    """Return the public and the private records of a run.

    Args:
      recipe: the run's recipe.
      dataset: the run's data set.
      data_dir: folder of prepared data sets.
      dataset_path: the data set's path; by default the recipe's.
      public_path: path of the public records; by default the recipe's.

    Raises:
      DatasetError: if the public records are of another form.
      ConfigError: if they are too few, or the data set itself.
    """
    persons.require_declared(
        dataset.train_units,
        most=recipe.data.most_records_per_unit,
        source=recipe.data.source,
    )
    found = _parted(
        recipe,
        dataset,
        data_dir=data_dir,
        dataset_path=dataset_path,
        public_path=public_path,
    )
    _note_left_out(recipe, dataset, found)
    return found


def _parted(
    recipe: recipes.Recipe,
    dataset: datasets.Dataset,
    *,
    data_dir: str | os.PathLike,
    dataset_path: str | None,
    public_path: str | None,
) -> Parts:
    if recipe.data.public_source:
        place = public_path or recipe.data.public_source
        _require_other(dataset_path or recipe.data.source, place)
        found = _with_source(recipe, dataset, place, data_dir=data_dir)
    elif recipe.data.public_fraction:
        public, private, split = splits.split_public_private(
            dataset,
            public_fraction=recipe.data.public_fraction,
            **_of_persons(recipe),
        )
        found = Parts(public, private, dict(split.to_dict()))
    else:
        private = splits.take_private(dataset, **_of_persons(recipe))
        return Parts(None, private, {"public_fraction": 0.0})
    _require_enough(recipe, found.public)
    return found


def _of_persons(recipe: recipes.Recipe) -> dict[str, int]:
    """Return how many records of a person are taken, and the seed of it."""
    return {
        "most_records_per_unit": recipe.data.most_records_per_unit,
        "seed": recipe.data.split_seed,
    }


def _note_left_out(recipe, dataset, found: Parts) -> None:
    """Tell the curator alone how many records of persons do not count."""
    num = len(dataset.training_part[0]) - len(found.private)
    if recipe.data.public_fraction:
        num -= len(found.public)
    if num:
        progress.note(
            f"{recipe.data.source}: {num:,} records are left out, since their "
            f"persons have more than {recipe.data.most_records_per_unit}; do "
            "not publish this number."
        )


def require_same(
    files: run_files.RunFiles, description: dict[str, object]
) -> None:
    """Refuse to go on with other public records than a run began with.

    Those of a split follow from the private ones, whose hash the ledger has.

    Args:
      files: the run's files, with a description of its records.
      description: the present description.

    Raises:
      ConfigError: if a public source was changed.
    """
    begun = run_files.read_json(files.data, _DESCRIBED)
    if begun.get(_DIGEST) != description.get(_DIGEST):
        raise errors.ConfigError(
            f"{files.root}: the records of data.public_source have changed "
            "since the run began; bring them back, or start a new run "
            "directory: their epsilons add up."
        )


def _with_source(recipe, dataset, place, *, data_dir) -> Parts:
    """Return all records of the data set as private, others as public."""
    other = sources.load(
        place,
        data_dir=data_dir,
        first_label=recipe.data.first_label,
        num_classes=dataset.form.num_classes,
        largest_count=recipe.data.largest_count,
        unit_column=recipe.data.unit_column,
        schema=recipe.data.schema,
        outside=recipe.data.outside,
    )
    _require_same_kind(recipe, dataset, other, place)
    if not dataset.form.is_table:
        other = dataclasses.replace(other, num_classes=dataset.form.num_classes)
    public = splits.take(records.PublicRecords, other)
    private = splits.take_private(dataset, **_of_persons(recipe))
    _note_overlap(public, private, place)
    return Parts(
        public,
        private,
        {
            "public_fraction": 0.0,
            "public_source": recipe.data.public_source,
            "num_public": len(public),
            _DIGEST: splits.public_sha256(public),
        },
    )


def _require_other(dataset: str, place: str) -> None:
    """Refuse the private records themselves as public ones."""
    is_same = dataset == place or (
        os.path.exists(dataset)
        and os.path.exists(place)
        and os.path.samefile(dataset, place)
    )
    if is_same:
        raise errors.ConfigError(
            f"data.public_source={place}; is data.source itself, whose records "
            "would be used without noise: give another data set, or a share "
            "of this one with data.public_fraction."
        )


def _require_same_kind(recipe, dataset, other, place) -> None:
    """Refuse public records of another form, columns, labels or classes."""
    shapes = [list(each.form.shape) for each in (dataset, other)]
    largest = [each.form.largest for each in (dataset, other)]
    if shapes[0] != shapes[1] or largest[0] != largest[1]:
        raise errors.DatasetError(
            f"{place}: public records have shape {shapes[1]}"
            f"{_up_to(largest[1])}; expected {shapes[0]}{_up_to(largest[0])} "
            f"as in {recipe.data.source}: bring them to one form."
        )
    if dataset.columns != other.columns:
        raise errors.DatasetError(
            f"{place}: its columns have other names than those of "
            f"{recipe.data.source}, or another order: use the same columns."
        )
    if recipe.networks.conditional and other.training_part[1] is None:
        raise errors.DatasetError(
            f"{place}: public records have no labels, which "
            "networks.conditional=true needs; add them, or leave it out."
        )
    numbers = {each.form.num_classes for each in (dataset, other)} - {0}
    names = {each.class_names for each in (dataset, other)} - {()}
    if len(numbers) > 1 or len(names) > 1:
        raise errors.DatasetError(
            f"{place}: public records have other classes than "
            f"{recipe.data.source} declares; expected the same, in the same "
            "order."
        )


def _up_to(largest: int) -> str:
    return f" with counts up to {largest}" if largest else ""


def _note_overlap(public, private, place) -> None:
    """Tell the curator alone if private records are among the public ones.

    They are not refused: whether a run goes on must not depend on whether a
    record that everybody knows is a private one.
    """
    parts = public.examples, private.examples
    if not all(isinstance(examples, np.ndarray) for examples in parts):
        return
    known = {hash(example.tobytes()) for example in public.examples}
    num = sum(hash(example.tobytes()) in known for example in private.examples)
    if num:
        progress.note(
            f"{place}: {num:,} private records are among its public ones, and "
            "have no guarantee there; do not publish this number."
        )


def _require_enough(recipe, public) -> None:
    needed = {}
    if isinstance(recipe.clipping, privacy.AdaptiveBound):
        needed["clipping.batch_size"] = recipe.clipping.batch_size
    if recipe.warm_start.num_steps:
        needed["steps.generator_batch_size"] = recipe.steps.generator_batch_size
    more = (
        "take more public records"
        if recipe.data.public_source
        else "raise data.public_fraction"
    )
    for key, size in needed.items():
        if size > len(public):
            raise errors.ConfigError(
                f"{key}={size}; expected at most {len(public)}, the number of "
                f"public records: lower it with --set {key}={len(public)}, or "
                f"{more}."
            )
