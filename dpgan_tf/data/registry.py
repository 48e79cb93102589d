"""The registry of data sources, of which each file of `data/known` has some.

A data set is added by a file there that defines `SOURCES`, a tuple of `Source`;
no other file names it. Sources whose data sets have names come first, the rest
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
      name: of the flag, and of the argument of `Source.prepare`.
      define: such as `flags.DEFINE_integer`.
      default: what `Source.prepare` is given where the flag is not.
      text: its help, which is shown after the names of its sources.
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
    "folder of the files to prepare, such as pictures, or ADMISSIONS.csv and "
    "DIAGNOSES_ICD.csv.",
)
SEED = Option(
    "seed", flags.DEFINE_integer, 0, "of what is held out.", {"lower_bound": 0}
)


class Prepared(NamedTuple):
    """What a preparation made.

    Attributes:
      dataset: what `Source.load` takes: a name or a path.
      report: lines to show, for the curator's eyes only.
    """

    dataset: str
    report: Sequence[str] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """Data sets with names of their own, or a kind of files that are one.

    How many classes labels have, what a record looks like, what columns are
    called: the data set that `load` returns declares it, in public.

    Attributes:
      name: what prepare-data calls it; of a kind of files, what they are.
      names: of its data sets, each with further flags of the prepare-data that
        makes it.
      matches: whether a file or folder is a data set of this kind.
      is_kept: whether those in `data_dir` are called by their names.
      load: reads a data set, `load(found, data_dir=data_dir)`; None if what
        `prepare` makes is of a kind that another source loads.
      prepare: makes a data set, `prepare(name, data_dir=data_dir, **options)`;
        None if `load` needs nothing.
      options: flags that `prepare` takes.
      hint: what to do with a file, or with a folder that holds the names
        given, if this source can use it in another way; else empty.
    """

    name: str
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    matches: Callable[[pathlib.Path], bool] = lambda path: False
    is_kept: bool = False
    load: Callable[..., datasets.Dataset] | None = None
    prepare: Callable[..., Prepared] | None = None
    options: tuple[Option, ...] = ()
    hint: Callable[[pathlib.Path, Sequence[str]], str] = lambda path, names: ""

    def find(
        self, dataset: str, *, data_dir: str | os.PathLike
    ) -> str | pathlib.Path | None:
        """Return what `load` takes, a name or a path; None if there is none.

        Args:
          dataset: a name or a path.
          data_dir: where named data sets are kept.
        """
        if dataset in self.names:
            return dataset
        kept, path = pathlib.Path(data_dir) / dataset, pathlib.Path(dataset)
        if self.is_kept and self.matches(kept):
            return kept
        return path if dataset and self.matches(path) else None


@functools.cache
def every() -> tuple[Source, ...]:
    """Return all sources, in the order in which they are asked."""
    files = sorted(file.name for file in pkgutil.iter_modules(known.__path__))
    modules = [
        quiet.import_module(f"{known.__name__}.{file}") for file in files
    ]
    sources = [source for module in modules for source in module.SOURCES]
    return tuple(sorted(sources, key=lambda source: not source.names))


def takers() -> dict[Option, list[str]]:
    """Return the names of the sources that take each option."""
    found: dict[Option, list[str]] = {}
    for source in every():
        for option in source.options:
            found.setdefault(option, []).append(source.name)
    return found
