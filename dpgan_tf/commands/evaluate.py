"""Score a run by the Inception score, beside the numbers of the paper.

The rows: real images; the generator after its warm start on public data,
before any private training; the released generator. A private run that does
not beat its own warm start has learnt nothing from the private records.
The share of images in every class is printed too, since the Inception score
hides a class that is missing.

The score needs a classifier. It is trained on the real training images at the
first call (about two minutes on two CPU cores) and kept in
<data_dir>/classifiers. It saw private records: the scores, which are written
to <run_dir>/private/scores.json, are not covered by epsilon.

Examples:
  python -m dpgan_tf evaluate --run_dir=runs/mnist
  python -m dpgan_tf evaluate --run_dir=runs/mnist --num_samples=10000
"""

from absl import flags

from dpgan_tf import config as config_lib
from dpgan_tf import config_text
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import sources
from dpgan_tf.evaluation import report


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: where to define them.
    """
    flags.DEFINE_string(
        "run_dir", None, "Folder of a finished run.", flag_values=flag_values
    )
    flags.mark_flag_as_required("run_dir", flag_values=flag_values)
    flags.DEFINE_string(
        "data_dir",
        "data",
        "Folder where named data sets and classifiers are kept.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "num_samples",
        None,
        "Samples of each generator; as the run's configuration says without "
        "it.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "num_splits",
        10,
        "Parts that each score is averaged over.",
        lower_bound=1,
        flag_values=flag_values,
    )


def run(flag_values: flags.FlagValues) -> None:
    """Score the run, write the scores and print them.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if the run is not there or not finished.
    """
    files = run_files.existing(flag_values.run_dir)
    config = _read_config(files)
    num_samples = flag_values.num_samples or config.num_score_samples
    if num_samples < flag_values.num_splits:
        raise errors.UserError(
            f"--num_samples={num_samples}: expected at least --num_splits="
            f"{flag_values.num_splits}."
        )
    scores = report.score_run(
        flag_values.run_dir,
        dataset=sources.load(config.dataset, data_dir=flag_values.data_dir),
        data_dir=flag_values.data_dir,
        num_samples=num_samples,
        num_splits=flag_values.num_splits,
    )
    print(report.format_table(scores))
    print(f"\nWritten to {files.scores}")


def _read_config(files: run_files.RunFiles) -> config_lib.Config:
    try:
        return config_text.from_json(files.config.read_text(encoding="utf-8"))
    except errors.ConfigError as error:
        raise errors.ConfigError(f"{files.config}: {error}") from error
