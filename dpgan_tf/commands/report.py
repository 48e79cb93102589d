"""Write one HTML page about a run: claim, samples, curves, scores.

The page needs no other file, has a light and a dark side, and can be read on a
phone and on paper; a click enlarges a picture. By default it is for the
curator: what depends on private records (losses, clipping, scores, samples next
to their nearest training images) is marked with a red bar, and the page is
written to <run_dir>/private/report.html. With --for_release these parts and
paths are left out, except for scores of MNIST and FashionMNIST, whose records
are public, and the page may be published with the release.

Examples:
  python -m dpgan_tf report --run_dir=runs/mnist
  python -m dpgan_tf report --run_dir=runs/mnist --for_release --output=dp.html
"""

import dataclasses
import pathlib

from absl import flags

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.commands import results
from dpgan_tf.config import shown
from dpgan_tf.config import text as config_text
from dpgan_tf.privacy import durable
from dpgan_tf.release import release
from dpgan_tf.report import page
from dpgan_tf.report import settings


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "run_dir", None, "Folder of the finished run.", flag_values=flag_values
    )
    flags.mark_flag_as_required("run_dir", flag_values=flag_values)
    flags.DEFINE_boolean(
        "for_release",
        False,
        "Leave out everything that depends on private records.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "output",
        None,
        "Where to write: FILE.html. Needed with --for_release. Without this "
        "flag: <run_dir>/private/report.html.",
        flag_values=flag_values,
    )
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Write the page and print where it is.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if the run is missing, not finished or damaged.
    """
    files = run_files.existing(flag_values.run_dir)
    recipe = config_text.read(files.config)
    rows, variety = _settings(recipe), recipe.scoring.variety
    release.require_complete(files)
    output = _output(flag_values, files)
    if flag_values.for_release:
        text = page.build_for_release(files, rows, variety=variety)
    else:
        text = page.build(files, rows, variety=variety)
    output.parent.mkdir(parents=True, exist_ok=True)
    durable.create(output, text.encode())
    results.show(
        flag_values,
        {"output": str(output), "for_release": flag_values.for_release},
        f"{errors.printable(output)}: open it in a browser",
        then=[
            results.Next(
                ["verify", f"--run_dir={files.root}"], "recompute the claim"
            )
        ],
    )


def _settings(recipe) -> list[settings.Setting]:
    return [
        settings.Setting(**dataclasses.asdict(one))
        for one in shown.rows(recipe)
    ]


def _output(flag_values, files) -> pathlib.Path:
    if flag_values.output is None:
        if flag_values.for_release:
            raise errors.UserError(
                "--output: missing; --for_release needs --output=FILE.html."
            )
        return files.private / "report.html"
    path = pathlib.Path(flag_values.output)
    if path.suffix != ".html":
        raise errors.UserError(f"--output={path}: expected FILE.html.")
    inside = path.resolve().is_relative_to(files.release.resolve())
    if inside:
        raise errors.UserError(
            f"--output={path}: lies in the release, which may hold only what "
            "its claim covers; choose another place."
        )
    return path
