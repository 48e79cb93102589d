r"""Make a private generator of MNIST at epsilon 4 in two minutes.

This is the whole way, from the records to a release that anybody can verify:
MNIST is fetched, a private summary of its 60,000 training images is taken, a
generator is fitted to the summary, and a few private steps follow. No record is
public. It is the same as

  python -m dpgan_tf train mnist --epsilon=4 --recipe=quick --run_dir=runs/quick

and so it can be stopped and goes on where it was. Scores are left out, since
they need a classifier that takes minutes to train; `evaluate` computes them.

Examples:
  python -m dpgan_tf quick
  python -m dpgan_tf quick --epsilon=1 --run_dir=runs/quick_1
  python -m dpgan_tf train mnist --epsilon=4
"""

from absl import flags

from dpgan_tf.commands import results
from dpgan_tf.commands import train

_DATA = "mnist"


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_float(
        "epsilon", 4.0, "Epsilon of the budget.", flag_values=flag_values
    )
    flags.DEFINE_string(
        "run_dir", "runs/quick", "Folder of the run.", flag_values=flag_values
    )
    flags.DEFINE_string(
        "data_dir",
        "data",
        "Folder of named data sets, where MNIST is or will be.",
        flag_values=flag_values,
    )
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> int | None:
    """Train with recipe quick, as `train` does.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if MNIST cannot be fetched, or the folder is another run's.
    """
    given = flags.FlagValues()
    train.define_flags(given)
    json = ["--json"] if flag_values.json else []
    given(
        [
            "train",
            f"--data={_DATA}",
            "--recipe=quick",
            f"--epsilon={flag_values.epsilon}",
            f"--run_dir={flag_values.run_dir}",
            f"--data_dir={flag_values.data_dir}",
            *json,
        ]
    )
    return train.run(given)
