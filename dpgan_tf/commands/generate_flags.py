"""Flags of `generate`, and what they say together."""

import pathlib
from collections.abc import Callable

from absl import flags

from dpgan_tf import errors
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import formulas
from dpgan_tf.release import sample_files
from dpgan_tf.release import sample_shards
from dpgan_tf.release import sampling

_ENDINGS = {ending.removeprefix("."): ending for ending in sample_files.FILES}
_ENDINGS["png"] = ""
"""Endings of outputs by format; PNG files are in a folder."""

_MOST_SAMPLES = 2**40
"""More than any disk holds, and far below the range of sample numbers."""


def define(flag_values: flags.FlagValues) -> None:
    """Define the flags of `generate`.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "run_dir",
        None,
        "Folder of a finished run, whose release is used.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "release_dir",
        None,
        "Folder of a release, instead of --run_dir.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "num_samples",
        100,
        "Number of samples.",
        lower_bound=1,
        upper_bound=_MOST_SAMPLES,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "seed",
        None,
        "Seed of the samples. Without this flag: a random one, printed.",
        lower_bound=0,
        upper_bound=sampling.MAX_SEED,
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "variety",
        1.0,
        "Factor of the latent vectors of images, at most 4: above 1 they are "
        "more varied and less typical, below 1 the reverse.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "output",
        None,
        "Where to write: FILE.npz, FILE.tfrecord, FILE.csv or FILE.parquet "
        "(for records), or a folder for one PNG file per image. Without this "
        "flag: samples.npz, or samples in another --format.",
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "format",
        None,
        list(_ENDINGS),
        "Format. Without this flag: the ending of --output.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "shards",
        None,
        "Number of files to write. Without this flag: one file, with no number "
        "in its name.",
        lower_bound=1,
        upper_bound=sample_shards.MAX_SHARDS,
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "where",
        "",
        "Condition of the rows to write, such as sex=F,age=50..60, for a "
        "release with typed columns. Without this flag: all rows.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "escape_formulas",
        False,
        "In a .csv file, put an apostrophe before texts that begin with = + - "
        "@, a tab or a carriage return, which spreadsheets would compute. It "
        "changes these values, so that programs read other ones: only for "
        "files that people open in a spreadsheet.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "overwrite",
        False,
        "Replace an earlier output of the same name.",
        flag_values=flag_values,
    )


def release_dir(flag_values: flags.FlagValues) -> pathlib.Path:
    """Return the folder of the release.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: unless exactly one flag names it.
    """
    if (flag_values.run_dir is None) == (flag_values.release_dir is None):
        raise errors.UserError(
            "give exactly one of --run_dir=DIR and --release_dir=DIR."
        )
    if flag_values.release_dir is not None:
        return pathlib.Path(flag_values.release_dir)
    return pathlib.Path(flag_values.run_dir) / "release"


def output_path(flag_values: flags.FlagValues) -> pathlib.Path:
    """Return the path to write, of the wanted format.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if two flags name different formats, or no file can be
        written in shards.
    """
    ending = _ENDINGS.get(flag_values.format)
    if flag_values.output is None:
        return pathlib.Path(f"samples{'.npz' if ending is None else ending}")
    output = pathlib.Path(flag_values.output)
    if ending not in (None, output.suffix):
        raise errors.UserError(
            f"--format={flag_values.format}: --output={output} is of another "
            "format; give one of both flags."
        )
    return output


def require_usable(
    flag_values: flags.FlagValues, schema: schemas.Schema | None
) -> None:
    """Refuse flags for typed columns or text where they say nothing.

    Args:
      flag_values: the parsed flags.
      schema: the release's schema, if it has one.

    Raises:
      UserError: naming the flag.
    """
    if flag_values.where and schema is None:
        raise errors.UserError(
            f"--where={flag_values.where}: the release has no typed columns to "
            "choose by; leave it out."
        )
    for name in ("where", "escape_formulas"):
        if flag_values[name].value and flag_values.shards is not None:
            raise errors.UserError(
                f"--{name}: is not for --shards, whose files may be of several "
                "commands; give one of both flags."
            )


def as_text(
    flag_values: flags.FlagValues, output: pathlib.Path
) -> Callable[[str], str]:
    """Return what becomes of a text in a CSV file.

    Args:
      flag_values: the parsed flags.
      output: path to write.

    Raises:
      UserError: if formulas are to be escaped in another file.
    """
    if not flag_values.escape_formulas:
        return str
    if output.suffix != ".csv":
        raise errors.UserError(
            f"--escape_formulas: --output={output} is no CSV file, and other "
            "formats have no formulas; leave it out."
        )
    return formulas.escaped
