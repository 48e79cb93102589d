"""The registry of data sources, which are defined in `data/known`.

Add a data set by a file there that defines `SOURCES`, a tuple of `Source`; no
other file names it. Sources whose data sets have names come first, the rest
follow in the order of their files.
"""

import dataclasses
import functools
import os
import pathlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from absl import flags

from dpgan_tf import quiet
from dpgan_tf.data import datasets
from dpgan_tf.data import known


@dataclasses.dataclass(frozen=True, eq=False)
class Option:
    """A flag of prepare-data, for the sources that list it.

    Attributes:
      name: name of the flag and of the argument of `Source.prepare`.
      define: function that defines it, such as `flags.DEFINE_integer`.
      default: value for `Source.prepare` if the flag is not given.
      text: help, which is shown after the names of its sources.
      limits: further arguments of `define`, such as `lower_bound`.
    """

    name: str
    define: Callable[..., Any]
    default: Any
    text: str
    limits: Mapping[str, Any] = dataclasses.field(default_factory=dict)


SOURCE = Option(
    "source",
    flags.DEFINE_string,
    None,
    "folder of the files to prepare: pictures, or MIMIC's CSV files.",
)
SEED = Option(
    "seed",
    flags.DEFINE_integer,
    0,
    "seed of what is held out.",
    {"lower_bound": 0},
)


class Prepared(NamedTuple):
    """The result of a preparation.

    Attributes:
      dataset: name or path for `Source.load`.
      report: lines to show, for the curator only.
      schema: path of the schema of a table that has one; else empty.
    """

    dataset: str
    report: Sequence[str] = ()
    schema: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """Data sets with names of their own, or a kind of files.

    The data set that `load` returns declares in public: the number of the
    labels' classes, the form of a record, the names of columns.

    Attributes:
      name: name in prepare-data, or the kind of files in words.
      names: its data sets' names, each with further flags of the prepare-data
        that makes it.
      matches: function that tells whether a path is a data set of this kind.
      is_kept: whether data sets in `data_dir` are found by their names.
      load: reader of a data set, `load(found, data_dir=data_dir)`; None if
        `prepare` makes a data set that another source loads.
      prepare: maker of a data set, `prepare(name, data_dir=data_dir,
        **options)`; None if `load` needs no preparation.
      options: flags that `prepare` takes.
      num_records: number of training records of a named data set, where it is
        publicly known, by name; never counted.
      declared: declarations of a recipe that `load` also takes, for files that
        do not make them: first_label, num_classes, largest_count, unit_column,
        schema, outside.
      hint: function from a file, or a folder and its names, to what to do with
        it if this source can use it in another way; else empty.
    """

    name: str
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    matches: Callable[[pathlib.Path], bool] = lambda path: False
    is_kept: bool = False
    load: Callable[..., datasets.Dataset] | None = None
    prepare: Callable[..., Prepared] | None = None
    options: tuple[Option, ...] = ()
    num_records: Mapping[str, int] = dataclasses.field(default_factory=dict)
    declared: tuple[str, ...] = ()
    hint: Callable[[pathlib.Path, Sequence[str]], str] = lambda path, names: ""

    def find(
        self, dataset: str, *, data_dir: str | os.PathLike
    ) -> str | pathlib.Path | None:
        """Return the name or path for `load`; None if there is none.

        Args:
          dataset: a name or a path.
          data_dir: folder of named data sets.
        """
        if dataset in self.names:
            return dataset
        kept, path = pathlib.Path(data_dir) / dataset, pathlib.Path(dataset)
        if self.is_kept and self.matches(kept):
            return kept
        return path if dataset and self.matches(path) else None


@functools.cache
def every() -> tuple[Source, ...]:
    """Return all sources, in the order of precedence."""
    files = sorted(file.name for file in pkgutil.iter_modules(known.__path__))
    modules = [
        quiet.import_module(f"{known.__name__}.{file}") for file in files
    ]
    sources = [source for module in modules for source in module.SOURCES]
    return tuple(sorted(sources, key=lambda source: not source.names))


def declared_records(dataset: str) -> int | None:
    """Return the public number of training records of a data set.

    Args:
      dataset: a name or a path.

    Returns:
      The number; None if the data set does not declare it.
    """
    for source in every():
        if dataset in source.num_records:
            return source.num_records[dataset]
    return None


def takers() -> dict[Option, list[str]]:
    """Return the names of the sources that take each option."""
    found: dict[Option, list[str]] = {}
    for source in every():
        for option in source.options:
            found.setdefault(option, []).append(source.name)
    return found
