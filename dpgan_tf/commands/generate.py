"""Generate images from a released generator, as .npz or PNG files.

Any number of images costs no privacy beyond the release: they are computed
from the generator and random numbers alone, without the data it was trained
on. Images are written while they are made, so that memory does not limit
their number. The same seed gives the same images on the same kind of machine,
and fewer images of a seed are the first of more.

Examples:
  python -m dpgan_tf generate --run_dir=runs/mnist --num_samples=60000
  python -m dpgan_tf generate --run_dir=runs/mnist --seed=7 --output=pictures
  python -m dpgan_tf generate --release_dir=release --output=here/digits.npz

In Python, numpy.load("samples.npz")["images"] is uint8
[n, height, width, channels].
"""

import pathlib
import secrets

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import sample_files
from dpgan_tf import sampling


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: where to define them.
    """
    flags.DEFINE_string(
        "run_dir",
        None,
        "Folder of a finished run; its release is used.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "release_dir",
        None,
        "Folder of a release, in place of --run_dir.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "num_samples",
        100,
        "Number of images.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "seed",
        None,
        "Seed of the images; a fresh one is drawn and printed without it.",
        lower_bound=0,
        upper_bound=sampling.MAX_SEED,
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "output",
        "samples.npz",
        "FILE.npz, or a folder that gets one PNG file for each image.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "overwrite",
        False,
        "Replace an earlier output of the same name.",
        flag_values=flag_values,
    )


def run(flag_values: flags.FlagValues) -> None:
    """Generate the images and print where they are.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if there is no release, or the output exists.
    """
    release_dir = _release_dir(flag_values)
    sample_files.require_writable(
        flag_values.output, overwrite=flag_values.overwrite
    )
    generator = sampling.load_generator(
        sampling.generator_directory(release_dir)
    )
    seed = flag_values.seed
    if seed is None:
        seed = secrets.randbelow(sampling.MAX_SEED + 1)
    num_samples = flag_values.num_samples
    with progress.bar("generate", total=num_samples, unit="image") as bar:
        sample_files.write(
            progress.counted(generator.samples(num_samples, seed), bar),
            flag_values.output,
            num_samples=num_samples,
            image_shape=generator.image_shape,
        )
    print(f"{flag_values.output}: {num_samples:,} images, --seed={seed}")


def _release_dir(flag_values):
    if (flag_values.run_dir is None) == (flag_values.release_dir is None):
        raise errors.UserError(
            "expected one of --run_dir=DIR and --release_dir=DIR."
        )
    if flag_values.release_dir is not None:
        return pathlib.Path(flag_values.release_dir)
    return pathlib.Path(flag_values.run_dir) / "release"
