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
  python -m dpgan_tf generate --run_dir=runs/mnist --variety=1.5 \
      --num_samples=60000
  python -m dpgan_tf generate --run_dir=runs/ehr --output=patients.csv
  python -m dpgan_tf generate --run_dir=runs/ehr --format=parquet
  python -m dpgan_tf generate --run_dir=runs/visits --output=visits.csv \
      --where="sex=F,age=50..60"
  python -m dpgan_tf generate --run_dir=runs/mnist --num_samples=1000000 \
      --shards=16 --output=many/digits.tfrecord

--variety multiplies the latent vectors of images, at most by 4. With 1, the
default, images look best; above 1 they are more varied and less typical, and
may teach a classifier more. The model card names the value that the release was
scored at.

In Python, numpy.load("samples.npz")["images"] is uint8 [n, height, width,
channels]; "records" of a table are uint8 [n, columns]. Labels have the numbers
of the records that were trained on; "class_names" are their names, if the
release has any. Records are also written as .csv or .parquet, under the
columns' names. A .tfrecord file holds one tf.train.Example per sample: "image"
(PNG), "label" and "class_name", or "record". PNG files are in a sub-folder for
each class that has a name. --shards=N writes N files,
digits-00000-of-00016.tfrecord and so on. If it was interrupted, the same
command writes the missing shards with the same seed.

Typed columns of a schema keep their order and types in every format. What is
missing is empty in .csv, null in .parquet, without a feature in .tfrecord, and
told in .npz by an array "NAME is missing". --where="sex=F,age=50..60" writes
rows of that group only. A value is a word of a category or of yes and no, a
code that a row has, a number or time, a range of them with both ends in it such
as 50..60, 50.. or ..60, or "missing". All parts hold; a part with a comma
stands in double quotes. Rare groups take long, and for one that is too rare an
error tells its share.
"""

import secrets

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.commands import generate_flags
from dpgan_tf.commands import results
from dpgan_tf.release import groups
from dpgan_tf.release import sample_files
from dpgan_tf.release import sample_shards
from dpgan_tf.release import sample_writers
from dpgan_tf.release import sampling


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    generate_flags.define(flag_values)
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Generate the samples and print where they are.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if there is no release, or the output exists.
    """
    release_dir = generate_flags.release_dir(flag_values)
    columns = sample_files.read_columns(release_dir)
    schema = sample_files.read_schema(release_dir)
    output = generate_flags.output_path(flag_values)
    generate_flags.require_usable(flag_values, schema)
    sample_files.require_writable(
        output,
        is_table=bool(columns),
        overwrite=flag_values.overwrite,
    )
    directory = sampling.generator_directory(release_dir)
    if flag_values.shards is not None:
        _require_file(output)
    generator = sampling.load_generator(directory, schema=schema)
    variety = flag_values.variety
    generator.require(variety)
    names = sample_writers.Names(
        columns=columns,
        schema=schema,
        classes=_classes(release_dir, generator),
        first_label=generator.first_label,
        as_text=generate_flags.as_text(flag_values, output),
    )
    if flag_values.shards is not None:
        _write_shards(flag_values, output, generator, directory, names)
        return
    seed = flag_values.seed
    if seed is None:
        seed = secrets.randbelow(sampling.MAX_SEED + 1)
    num_samples = flag_values.num_samples
    batches = groups.samples(
        generator,
        schema,
        flag_values.where,
        num_samples=num_samples,
        seed=seed,
        variety=variety,
    )
    with progress.bar("generate", total=num_samples, unit="sample") as bar:
        sample_files.write(
            progress.counted(batches, bar),
            output,
            num_samples=num_samples,
            names=names,
        )
    shown = errors.printable(output)
    _show(
        flag_values,
        seed,
        [output],
        f"{shown}: {num_samples:,} samples, {_drawn(flag_values, seed)}",
    )


def _classes(release_dir, generator) -> tuple[str, ...]:
    """Return the names of the generator's classes, if they have names."""
    names = sample_files.read_classes(release_dir)
    if names and len(names) != generator.num_classes:
        raise errors.UserError(
            f"{release_dir}: has {len(names)} names for "
            f"{generator.num_classes} classes; copy the release again."
        )
    return names


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
        variety=flag_values.variety,
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
        f"in {plan.num_shards} files, {_drawn(flag_values, seed)}",
    )


def _drawn(flag_values, seed) -> str:
    """Return the flags that draw the same samples again."""
    if flag_values.variety == 1:
        return f"--seed={seed}"
    return f"--seed={seed} --variety={flag_values.variety:g}"


def _show(flag_values, seed, paths, text):
    name = "run_dir" if flag_values.run_dir else "release_dir"
    results.show(
        flag_values,
        {
            "files": list(map(str, paths)),
            "num_samples": flag_values.num_samples,
            "seed": seed,
            "variety": flag_values.variety,
        },
        text,
        then=[
            results.Next(
                ["verify", f"--{name}={flag_values[name].value}"],
                "check what the samples come from",
            )
        ],
    )


def _require_file(output):
    if output.suffix not in sample_files.FILES:
        raise errors.UserError(
            f"--output={output}: expected FILE.npz, FILE.csv, FILE.parquet or "
            "FILE.tfrecord with --shards."
        )
