"""Load and prepare data sets, each by its source in the registry."""

import difflib
import os
import pathlib
from typing import Any

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import hints
from dpgan_tf.data import registry

_OF_TABLES = {
    "largest_count": 1,
    "unit_column": "",
    "schema": "",
    "outside": "refuse",
}
"""Declarations about a user's own table, and what stands for none."""


def load(
    dataset: str,
    *,
    data_dir: str | os.PathLike,
    first_label: int = 0,
    num_classes: int = 0,
    largest_count: int = 1,
    unit_column: str = "",
    schema: str = "",
    outside: str = "refuse",
) -> datasets.Dataset:
    """Read the records of a data set; prepared pictures stay on disk.

    Args:
      dataset: a name, such as `mnist` or that of pictures prepared in
        `data_dir`, or the path of prepared pictures, a prepared table, a
        folder of IDX files, an .npz or .npy file, or a table of counts. For a
        folder with the name of a data set, write `./mnist`.
      data_dir: folder of prepared, named data sets.
      first_label: declared number of the first class in the user's files.
      num_classes: declared number of classes; 0 for the data set's own.
      largest_count: declared largest count of the user's table.
      unit_column: column of that table that names persons; empty for none.
      schema: text of the schema of the user's table; empty for none.
      outside: what becomes of values outside it.

    Returns:
      Images uint8 or float32 [n, height, width, channels] and int64 labels
      [n] from 0 on, or rows uint8 [n, columns].

    Raises:
      errors.DatasetError: naming the data set, file or key, and the remedy.
    """
    for source in registry.every():
        found = source.find(dataset, data_dir=data_dir)
        if source.load and found is not None:
            how = _declared(
                source,
                dataset,
                first_label=first_label,
                num_classes=num_classes,
                largest_count=largest_count,
                unit_column=unit_column,
                schema=schema,
                outside=outside,
            )
            return source.load(found, data_dir=data_dir, **how)
    for source in registry.every():
        if dataset in source.names:
            raise errors.DatasetError(
                f"dataset={dataset}: not in {data_dir}; run `prepare-data "
                f"--dataset={source.name}{source.names[dataset]} "
                f"--data_dir={data_dir}` first."
            )
        if source.prepare and dataset == source.name:
            raise errors.DatasetError(
                f"dataset={dataset}: run `prepare-data --dataset={dataset}`, "
                "and give the file that it makes."
            )
    if os.path.exists(dataset):
        hint = hints.of_folder if os.path.isdir(dataset) else hints.of_file
        raise errors.DatasetError(
            f"dataset={dataset}: {hint(pathlib.Path(dataset))}"
        )
    names = [name for source in registry.every() for name in source.names]
    close = difflib.get_close_matches(dataset, names, n=1)
    nearest = f"; did you mean {close[0]}?" if close else "."
    raise errors.DatasetError(
        f"dataset={dataset}: no such folder, .npz file or name "
        f"({', '.join(names)}){nearest}"
    )


def is_name(dataset: str, *, data_dir: str | os.PathLike) -> bool:
    """Return whether records are found by a name, not by a path.

    Args:
      dataset: a name or a path; see `load`.
      data_dir: folder of prepared, named data sets.
    """
    found = (s.find(dataset, data_dir=data_dir) for s in registry.every())
    return any(one not in (None, pathlib.Path(dataset)) for one in found)


def prepare(
    dataset: str, *, data_dir: str | os.PathLike, **given: Any
) -> registry.Prepared:
    """Prepare a data set that its source cannot load directly.

    Args:
      dataset: a source's name; other data sets need no preparation.
      data_dir: folder of named data sets.
      **given: options of the source, by name; the others have their defaults.

    Returns:
      The name or path for `load`, and lines to show.

    Raises:
      errors.UserError: naming an option that has no effect, or what is missing
        or wrong.
    """
    source = next((s for s in registry.every() if s.name == dataset), None)
    values = {o.name: o.default for o in source.options} if source else {}
    for option, names in registry.takers().items():
        if option.name in given and option.name not in values:
            raise errors.UserError(
                f"--{option.name}: has no effect on --dataset={dataset}; it is "
                f"for {', '.join(names)}."
            )
    if source is None or source.prepare is None:
        return registry.Prepared(dataset)
    return source.prepare(dataset, data_dir=data_dir, **values | given)


def _declared(
    source: registry.Source, dataset: str, **how: Any
) -> dict[str, Any]:
    """Return the declarations that a loader takes; refuse idle ones."""
    if how["first_label"] and "first_label" not in source.declared:
        raise errors.ConfigError(
            f"data.first_label={how['first_label']}; {dataset} numbers its "
            "classes itself, from 0 on: leave it out, as with --classes=K."
        )
    for name, usual in _OF_TABLES.items():
        if how[name] != usual and name not in source.declared:
            shown = errors.printable(how[name], largest=60)
            raise errors.ConfigError(
                f"data.{name}={shown}; {dataset} is no CSV or Parquet table "
                "that it could be about: leave it out."
            )
    return {name: how[name] for name in source.declared}
