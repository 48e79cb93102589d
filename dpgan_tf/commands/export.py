"""Write a finished run's release again, from its last checkpoint.

`train` does this at its end. Use it when RUN_DIR/release was lost or altered,
or after `evaluate`, to put its scores into the model card of a public
benchmark. A run with steps left is refused: when to stop must not depend on
private numbers.

Examples:
  python -m dpgan_tf export --run_dir=runs/mnist
"""

from absl import flags

from dpgan_tf import errors
from dpgan_tf import quiet
from dpgan_tf import run_files
from dpgan_tf.commands import results
from dpgan_tf.config import text as config_text


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "run_dir", None, "Folder of the finished run.", flag_values=flag_values
    )
    flags.mark_flag_as_required("run_dir", flag_values=flag_values)
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Write the release and print where it is.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if the run is missing or not finished.
    """
    files = run_files.existing(flag_values.run_dir)
    recipe = config_text.read(files.config)
    run_release = quiet.import_module("dpgan_tf.run.stages.release")

    run_release.write_again(recipe, files)
    results.show(
        flag_values,
        {"run_dir": str(files.root), "release_dir": str(files.release)},
        f"Released: {errors.printable(files.release)}",
        then=[
            results.Next(
                ["verify", f"--run_dir={files.root}"], "recompute the claim"
            )
        ],
    )
