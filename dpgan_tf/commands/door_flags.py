"""Flags of the front door, `train DATA`, and what they ask for."""

import functools
from collections.abc import Callable
from typing import Any

from absl import flags

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import wanted as asked
from dpgan_tf.config.parts import learning
from dpgan_tf.data.tables import schema_text

_integer = functools.partial(flags.DEFINE_integer, lower_bound=1)
_FLAGS: tuple[tuple[Callable[..., Any], str, Any, str], ...] = (
    (
        flags.DEFINE_string,
        "data",
        None,
        "The records, also without the flag's name: `train scans.npz`. A name "
        "such as mnist, an .npz file, a folder of pictures, prepared pictures "
        "or a prepared table.",
    ),
    (
        flags.DEFINE_float,
        "epsilon",
        None,
        "Epsilon of the budget: how much the release may tell about one "
        "record. 1 is strict, 4 usual for pictures, 10 loose.",
    ),
    (
        flags.DEFINE_float,
        "delta",
        None,
        "Delta of the budget. Without this flag: a power of ten below one over "
        "the number of records, 1e-5 at most.",
    ),
    (
        _integer,
        "records",
        None,
        "Number of training records that you declare, public ones included. "
        "The release shows it, so it is never counted; known data sets have "
        "theirs. With --records_per_person: number of persons.",
    ),
    (
        _integer,
        "records_per_person",
        None,
        "Number of records of one person that count at most, which you declare "
        "where persons have several: the guarantee is then for a person. The "
        "data say whose record each is: an array units in an .npz file, "
        "--unit_column of a table, the folder that a picture lies in "
        "(CLASS/PERSON/FILE, or PERSON/FILE with --nolabels). Of a person with "
        "more, so many are chosen by a hash.",
    ),
    (
        flags.DEFINE_string,
        "unit_column",
        None,
        "Column of a CSV or Parquet table that names each row's person; it is "
        "not learnt from.",
    ),
    (
        flags.DEFINE_string,
        "classes",
        None,
        "Number of classes that you declare, such as 10, for data that do not "
        "declare it; or the first and the last label, such as 1-26.",
    ),
    (
        _integer,
        "largest_count",
        None,
        "Largest count in a CSV or Parquet table that you declare. Without "
        "this flag: 1, for yes and no.",
    ),
    (
        flags.DEFINE_string,
        "schema",
        None,
        "File that declares the columns of a CSV or Parquet table of any "
        "columns; `schema FILE` drafts one. It is published. Without this "
        "flag: a table of counts.",
    ),
    (
        functools.partial(
            flags.DEFINE_enum, enum_values=list(learning.OUTSIDE)
        ),
        "outside",
        None,
        "What becomes of a value outside the schema: refuse is an error, clip "
        "takes the nearest bound for a number or date, other does that, takes "
        "a category's declared other, and leaves out a code. Without this "
        "flag: refuse.",
    ),
    (
        flags.DEFINE_boolean,
        "labels",
        True,
        "Whether labels are used, if there are any.",
    ),
    (
        flags.DEFINE_float,
        "public_fraction",
        None,
        "Share of the records, chosen at random, that is used without noise "
        "and without a guarantee. Without this flag: none.",
    ),
    (
        flags.DEFINE_string,
        "public",
        None,
        "Data set of public records, a name or a path, instead of "
        "--public_fraction.",
    ),
    (
        flags.DEFINE_string,
        "recipe",
        None,
        f"Recipe for the records: {', '.join(asked.names())}. auto, which is "
        "used without this flag, chooses by what is publicly known of the "
        "records; quick takes two minutes; the others are presets.",
    ),
    (
        _integer,
        "size",
        None,
        "Height and width to which a folder's pictures are brought. Without "
        "this flag: 32.",
    ),
    (
        flags.DEFINE_float,
        "epochs",
        None,
        "Number of times that each record is drawn, on average: sets "
        "steps.num_steps.",
    ),
    (
        flags.DEFINE_float,
        "learning_rate",
        None,
        "Learning rate of the critic's private steps; the generator's is "
        "scaled with it.",
    ),
    (
        functools.partial(flags.DEFINE_integer, lower_bound=0),
        "seed",
        None,
        "Seed of the first weights, of public draws and of the choice of "
        "public records: data.split_seed. Noise is secret, and never follows "
        "from it.",
    ),
)
_ALIASES = ("epochs", "learning_rate", "seed")
_OF_DATA = (
    "records",
    "records_per_person",
    "unit_column",
    "classes",
    "largest_count",
    "schema",
    "outside",
    "labels",
    "public",
    "public_fraction",
    "recipe",
    "size",
)


def define(flag_values: flags.FlagValues) -> None:
    """Define the flags.

    Args:
      flag_values: the object to define them in.
    """
    for define_one, name, default, text in _FLAGS:
        define_one(name, default=default, help=text, flag_values=flag_values)


def aliases(flag_values: flags.FlagValues) -> dict[str, str]:
    """Return the settings whose aliases are flags, as texts.

    Args:
      flag_values: the parsed flags.
    """
    values = {name: flag_values[name].value for name in _ALIASES}
    return {name: str(v) for name, v in values.items() if v is not None}


def require_none(flag_values: flags.FlagValues) -> None:
    """Refuse flags that say something about DATA where there is none.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: naming the flag.
    """
    for name in _OF_DATA:
        if flag_values[name].present:
            raise errors.UserError(
                f"--{name}: is for `train DATA`, and no DATA is given: name "
                "the records, such as `train scans.npz` or `train mnist`."
            )


def wanted(
    flag_values: flags.FlagValues,
    *,
    base: recipes.Recipe | None,
    settings: dict[str, str],
) -> asked.Wanted:
    """Return what the flags ask for.

    Args:
      flag_values: the parsed flags, with DATA.
      base: recipe of a file; None if it has a name.
      settings: texts by a setting's key or alias.

    Raises:
      UserError: for a value that cannot be.
    """
    first, num_classes = asked.classes(flag_values.classes)
    return asked.Wanted(
        data=flag_values.data,
        recipe=base or flag_values.recipe or flag_values.preset or "auto",
        epsilon=epsilon(flag_values),
        delta=flag_values.delta,
        num_records=flag_values.records,
        most_records_per_unit=flag_values.records_per_person,
        unit_column=flag_values.unit_column,
        schema=_schema(flag_values.schema),
        outside=flag_values.outside,
        num_classes=num_classes,
        first_label=first,
        largest_count=flag_values.largest_count,
        public=flag_values.public,
        public_fraction=flag_values.public_fraction,
        size=flag_values.size,
        labels=flag_values.labels,
        settings=settings,
    )


def _schema(path: str | None) -> str:
    """Return the text of the schema in a file; empty if there is no file."""
    if path is None:
        return ""
    return schema_text.to_text(schema_text.read(path))


def epsilon(flag_values: flags.FlagValues) -> float | None:
    """Return epsilon, by either of its names.

    Args:
      flag_values: the parsed flags.
    """
    both = flag_values.epsilon, flag_values.target_epsilon
    if None not in both:
        raise errors.UserError(
            "--epsilon, --target_epsilon: are the same; give one of them."
        )
    return both[1] if both[0] is None else both[0]
