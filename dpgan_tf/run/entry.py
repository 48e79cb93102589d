"""Train in Python: `dpgan_tf.train`, which does what the command does."""

import dataclasses
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import wanted as asked
from dpgan_tf.data.tables import schema_text
from dpgan_tf.evaluation import score_text
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.release import handle
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import front_door
from dpgan_tf.run import outlook
from dpgan_tf.run import own_network_checks
from dpgan_tf.run import own_networks
from dpgan_tf.run import own_records
from dpgan_tf.run import places
from dpgan_tf.run import precision
from dpgan_tf.run import training


@dataclasses.dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
      files: where its files are.
      recipe: all that defines it.
    """

    files: run_files.RunFiles
    recipe: recipes.Recipe

    @property
    def run_dir(self) -> pathlib.Path:
        """The run's folder; only its `release` may be published."""
        return self.files.root

    @property
    def release(self) -> handle.Release:
        """The release."""
        return handle.load(self.files.release)

    @property
    def claim(self) -> handle.Claim:
        """What the release states."""
        return self.release.claim

    @property
    def scores(self) -> dict[str, Any] | None:
        """Scores, which epsilon does not cover; None before `evaluate`."""
        if not self.files.scores.exists():
            return None
        return score_text.read(self.files)["scores"]

    def __repr__(self) -> str:
        """Return the folder and the recipe's name."""
        return f"Run({str(self.run_dir)!r}, recipe={self.recipe.name!r})"


def train(
    data: Any,
    *,
    epsilon: float | None = None,
    delta: float | None = None,
    num_records: int | None = None,
    num_classes: int | str | None = None,
    largest_count: int | None = None,
    public_fraction: float | None = None,
    public: str | os.PathLike | None = None,
    recipe: str | recipes.Recipe = "auto",
    run_dir: str | os.PathLike | None = None,
    data_dir: str | os.PathLike = places.DEFAULT_DATA_DIR,
    size: int | None = None,
    labels: bool = True,
    settings: Mapping[str, Any] | None = None,
    units: Any = None,
    unit_column: str | None = None,
    schema: Any = None,
    outside: str | None = None,
    most_records_per_unit: int | None = None,
    critic: own_networks.Network | None = None,
    generator: own_networks.Network | None = None,
    budget: str | os.PathLike | None = None,
) -> Run:
    """Train a private generator and write its release, or continue a run.

    Args:
      data: a name such as "mnist"; a path; images [n, height, width] or
        [n, height, width, channels], uint8 or floats in [-1, 1]; a pair of
        images and labels [n]; or a pandas DataFrame, of counts or with a
        schema. Arrays and DataFrames are kept in the run's private folder.
      epsilon: epsilon of the budget; a preset has its own.
      delta: delta of the budget; by default a power of ten below
        1 / num_records.
      num_records: declared number of training records, which the release
        shows; of persons, with `most_records_per_unit`.
      num_classes: declared number of classes, or the first and the last label,
        such as "1-26".
      largest_count: declared largest count of a table that is not prepared.
      public_fraction: share of the records that needs no protection.
      public: name or path of public records.
      recipe: "auto", "quick", a preset's name, or a recipe.
      run_dir: the run's folder; needed with arrays.
      data_dir: folder of named and prepared data sets.
      size: height and width to which a folder's pictures are brought.
      labels: whether labels are used, if there are any.
      settings: values by a setting's key or alias, such as
        {"steps.num_steps": 60}.
      units: each record's person, whole numbers or texts [n], beside arrays;
        files name theirs themselves.
      unit_column: column of a table that names them instead.
      schema: declared columns of a table: path of a schema.json, its JSON value
        as a dictionary, or a `Schema`; see docs/schema.md.
      outside: what becomes of a value outside the schema: "refuse", the usual,
        "clip" or "other".
      most_records_per_unit: declared number of records of one person that count
        at most, where there are persons; the guarantee is then for a person.
      critic: a critic of your own, or a function that makes one.
      generator: a generator of your own, or a function that makes one.
      budget: register of one budget for all runs on these records, made by the
        command `budget`; a run that was begun with one is continued with it.

    Returns:
      The finished run.

    Raises:
      UserError: for data or settings that cannot be used.
      PrivacyError: if no privacy claim can be made.
    """
    first_label, num_classes = _classes(num_classes)
    has_path = own_records.is_path(data)
    wanted = asked.Wanted(
        data=os.fspath(data) if has_path else "data",
        recipe=recipe,
        epsilon=epsilon,
        delta=delta,
        num_records=num_records,
        most_records_per_unit=most_records_per_unit,
        unit_column=unit_column if has_path or schema is not None else None,
        schema=""
        if schema is None
        else schema_text.to_text(schema_text.of(schema)),
        outside=outside,
        num_classes=num_classes,
        first_label=first_label,
        largest_count=largest_count,
        public_fraction=public_fraction,
        public=None if public is None else os.fspath(public),
        size=size,
        labels=labels,
        settings={key: str(v) for key, v in (settings or {}).items()},
    )
    assembly.prepare_arithmetic()
    own = {"critic": critic, "generator": generator}
    if has_path:
        _require_no_units(units)
        chosen = front_door.read(wanted, data_dir=data_dir)
        chosen.require_budget()
        chosen = own_networks.put_into(chosen, **own)
        run_dir = run_dir or front_door.run_dir(wanted.data, chosen)
    else:
        run_dir = _require_folder(run_dir)
        named = {"units": units, "unit_column": unit_column}
        chosen = _kept(data, wanted, run_dir, own=own, named=named)
    files = training.train(
        chosen,
        run_dir=run_dir,
        data_dir=data_dir,
        with_scores=front_door.is_scored(chosen),
        register=budget,
    )
    return Run(files, precision.as_begun(chosen, run_dir))


def _classes(num_classes: int | str | None) -> tuple[int, int | None]:
    if isinstance(num_classes, str):
        return asked.classes(num_classes)
    return 0, num_classes


def _require_folder(run_dir: str | os.PathLike | None) -> str | os.PathLike:
    if run_dir is None:
        raise errors.UserError(
            "run_dir: missing; arrays have no name, so say where their run "
            'shall be, such as run_dir="runs/scans".'
        )
    return run_dir


def _require_no_units(units: Any) -> None:
    if units is not None:
        raise errors.UserError(
            "units: are for arrays; a file names its persons itself, an .npz "
            "file in an array units, a table in unit_column, or its schema in "
            "unit."
        )


def _kept(
    data: Any,
    wanted: asked.Wanted,
    run_dir: str | os.PathLike,
    *,
    own: dict[str, own_networks.Network | None],
    named: dict[str, Any],
) -> recipes.Recipe:
    """Return the recipe of records in memory, once they are in the run."""
    if wanted.schema:
        _require_no_units(named["units"])
        written = own_records.written_table(data, run_dir)
    else:
        written = own_records.written(data, run_dir, **named)
    with written as path:
        dataset = front_door.load(path, wanted, data_dir="")
        source = own_records.place(path, run_dir)
        recipe = front_door.recipe_for(dataset, wanted, source=source)
        form = dataclasses.replace(
            dataset.form, num_classes=recipe.data.num_classes or 0
        )
        recipe = own_networks.put_into(recipe, **own)
        # Refused before there is a folder, which would have to be removed.
        own_network_checks.require_fit(recipe, form)
        outlook.require(recipe, form, budgets.build_budget(recipe, form))
        recipe = precision.as_begun(recipe, run_dir)
        recipe = precision.settled(recipe, form)
        with lock.lock(run_files.make_root(run_dir)):
            run_files.enter(run_dir, config_json=recipe.to_json())
            own_records.keep(path, run_dir)
    return recipe
