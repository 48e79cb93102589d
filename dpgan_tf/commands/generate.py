r"""Generate samples from a released generator into files.

Any number of samples costs no privacy beyond the release: they are computed
from the generator and random numbers alone, without the training data. They
are written as they are made, so memory does not limit their number. One seed
gives the same samples on the same kind of machine; a smaller number gives the
first of a larger one.

Examples:
  python -m dpgan_tf generate --run_dir=runs/mnist --num_samples=60000
  python -m dpgan_tf generate --run_dir=runs/mnist --seed=7 --output=pictures
  python -m dpgan_tf generate --release_dir=release --output=here/digits.npz
  python -m dpgan_tf generate --run_dir=runs/ehr --output=patients.csv
  python -m dpgan_tf generate --run_dir=runs/ehr --format=parquet
  python -m dpgan_tf generate --run_dir=runs/mnist --num_samples=1000000 \
      --shards=16 --output=many/digits.tfrecord

In Python, numpy.load("samples.npz")["images"] is uint8 [n, height, width,
channels]; "records" of a table are uint8 [n, columns]. Labels have the numbers
of the records that were trained on; "class_names" are their names, if the
release has any. Records are also written as .csv or .parquet, under the
columns' names. A .tfrecord file holds one tf.train.Example per sample: "image"
(PNG), "label" and "class_name", or "record". PNG files are in a sub-folder for
each class that has a name. --shards=N writes N files,
digits-00000-of-00016.tfrecord and so on. If it was interrupted, the same
command writes the missing shards with the same seed.
"""

import pathlib
import secrets

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.commands import results
from dpgan_tf.release import sample_files
from dpgan_tf.release import sample_shards
from dpgan_tf.release import sample_writers
from dpgan_tf.release import sampling

_ENDINGS = {ending.removeprefix("."): ending for ending in sample_files.FILES}
_ENDINGS["png"] = ""
"""Endings of outputs by format; PNG files are in a folder."""

_MOST_SAMPLES = 2**40
"""More than any disk holds, and far below the range of sample numbers."""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

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
    flags.DEFINE_boolean(
        "overwrite",
        False,
        "Replace an earlier output of the same name.",
        flag_values=flag_values,
    )
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Generate the samples and print where they are.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if there is no release, or the output exists.
    """
    release_dir = _release_dir(flag_values)
    columns = sample_files.read_columns(release_dir)
    output = _output(flag_values)
    sample_files.require_writable(
        output,
        is_table=bool(columns),
        overwrite=flag_values.overwrite,
    )
    directory = sampling.generator_directory(release_dir)
    if flag_values.shards is not None:
        _require_file(output)
    generator = sampling.load_generator(directory)
    names = sample_writers.Names(
        columns=columns,
        classes=_classes(release_dir, generator),
        first_label=generator.first_label,
    )
    if flag_values.shards is not None:
        _write_shards(flag_values, output, generator, directory, names)
        return
    seed = flag_values.seed
    if seed is None:
        seed = secrets.randbelow(sampling.MAX_SEED + 1)
    num_samples = flag_values.num_samples
    with progress.bar("generate", total=num_samples, unit="sample") as bar:
        sample_files.write(
            progress.counted(generator.samples(num_samples, seed), bar),
            output,
            num_samples=num_samples,
            names=names,
        )
    shown = errors.printable(output)
    _show(
        flag_values,
        seed,
        [output],
        f"{shown}: {num_samples:,} samples, --seed={seed}",
    )


def _output(flag_values) -> pathlib.Path:
    """Return the path to write, of the wanted format."""
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


def _classes(release_dir, generator) -> tuple[str, ...]:
    """Return the names of the generator's classes, if they have names."""
    names = sample_files.read_classes(release_dir)
    if names and len(names) != generator.num_classes:
        raise errors.UserError(
            f"{release_dir}: has {len(names)} names for "
            f"{generator.num_classes} classes; copy the release again."
        )
    return names


def _require_file(output):
    if output.suffix not in sample_files.FILES:
        raise errors.UserError(
            f"--output={output}: expected FILE.npz, FILE.csv, FILE.parquet or "
            "FILE.tfrecord with --shards."
        )


def _write_shards(flag_values, output, generator, directory, names):
    seed = flag_values.seed
    goes_on = not flag_values.overwrite or sample_shards.is_unfinished(output)
    if seed is None and goes_on:
        seed = sample_shards.begun_seed(output)
    if seed is None:
        seed = secrets.randbelow(sampling.MAX_SEED + 1)
    plan = sample_shards.Plan(
        num_samples=flag_values.num_samples,
        num_shards=flag_values.shards,
        seed=seed,
        generator=sample_shards.generator_digest(directory),
    )
    sample_shards.write(
        generator,
        output,
        plan,
        names=names,
        overwrite=flag_values.overwrite,
    )
    paths = [
        sample_shards.shard_path(output, number, plan.num_shards)
        for number in range(plan.num_shards)
    ]
    _show(
        flag_values,
        seed,
        paths,
        f"{errors.printable(paths[0])} and so on: {plan.num_samples:,} samples "
        f"in {plan.num_shards} files, --seed={seed}",
    )


def _show(flag_values, seed, paths, text):
    name = "run_dir" if flag_values.run_dir else "release_dir"
    results.show(
        flag_values,
        {
            "files": list(map(str, paths)),
            "num_samples": flag_values.num_samples,
            "seed": seed,
        },
        text,
        then=[
            results.Next(
                ["verify", f"--{name}={flag_values[name].value}"],
                "check what the samples come from",
            )
        ],
    )


def _release_dir(flag_values):
    if (flag_values.run_dir is None) == (flag_values.release_dir is None):
        raise errors.UserError(
            "give exactly one of --run_dir=DIR and --release_dir=DIR."
        )
    if flag_values.release_dir is not None:
        return pathlib.Path(flag_values.release_dir)
    return pathlib.Path(flag_values.run_dir) / "release"
