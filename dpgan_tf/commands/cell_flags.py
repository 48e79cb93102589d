"""Flags of the commands that compute cells: tables and figures."""

import pathlib

from absl import flags

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds

_QUICK_LABELS_STEPS = 30


def define(flag_values: flags.FlagValues) -> None:
    """Define the flags that these commands share.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_list(
        "seeds",
        ["0", "1", "2"],
        "Seeds of every cell; each seed costs as much as the first.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "quick",
        False,
        "Tiny networks and one seed, to see that everything runs.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "data_dir",
        "data",
        "Folder of prepared data sets.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "runs_dir",
        None,
        "Folder of the cells' runs. Without this flag: runs/tables, or "
        "runs/tables_quick with --quick.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "results_dir",
        None,
        "Folder of the results. Without this flag: runs/results, or "
        "runs/tables_quick/results with --quick.",
        flag_values=flag_values,
    )


def workshop(flag_values: flags.FlagValues, asked: str, seeds: list[int]):
    """Return the workshop that the flags ask for.

    Args:
      flag_values: the parsed flags.
      asked: the command without the seeds, for the record.
      seeds: the cells' seeds.
    """
    from dpgan_tf.evaluation import semi_supervised
    from dpgan_tf.papers import workshop as workshops

    places = {
        "runs_dir": folder(flag_values, "runs_dir"),
        "data_dir": pathlib.Path(flag_values.data_dir),
    }
    if not flag_values.quick:
        listed = ",".join(map(str, seeds))
        return workshops.Workshop(command=f"{asked} --seeds={listed}", **places)
    return workshops.Workshop(
        command=f"{asked} --quick",
        shrink=_tiny,
        baseline_steps=2,
        few_labels=semi_supervised.Setting(num_steps=_QUICK_LABELS_STEPS),
        **places,
    )


def _tiny(recipe: recipes.Recipe) -> recipes.Recipe:
    few = {
        "summary.fit_steps": 20,
        "warm_start.num_steps": 2,
        "clipping.batch_size": 16,
    }
    at_most = {
        key: min(found, most)
        for key, most in few.items()
        if (found := kinds.get(recipe, key)) is not None
    }
    return recipes.change(
        recipe,
        {
            **at_most,
            "networks.critic_width": 4,
            "networks.generator_width": 8,
            "steps.expected_batch_size": 32,
            "steps.chunk_size": 32,
            "steps.generator_batch_size": 16,
            "steps.num_steps": 2 * recipe.steps.num_critic_steps,
            "scoring.num_samples": 1_200,
        },
    )


def seeds(flag_values: flags.FlagValues) -> list[int]:
    """Return the chosen seeds; a single one with --quick.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: unless they are distinct whole numbers.
    """
    if flag_values.quick:
        return [0]
    try:
        found = [int(text) for text in flag_values.seeds]
    except ValueError:
        found = []
    if not found or min(found) < 0 or len(set(found)) < len(found):
        raise errors.UserError(
            f"--seeds={','.join(flag_values.seeds)}: expected different whole "
            "numbers >= 0, such as 0,1,2."
        )
    return found


def folder(flag_values: flags.FlagValues, name: str) -> pathlib.Path:
    """Return the folder that a flag names, or its default.

    Args:
      flag_values: the parsed flags.
      name: "runs_dir" or "results_dir".
    """
    defaults = {
        ("runs_dir", False): "runs/tables",
        ("runs_dir", True): "runs/tables_quick",
        ("results_dir", False): "runs/results",
        ("results_dir", True): "runs/tables_quick/results",
    }
    chosen = flag_values[name].value
    return pathlib.Path(chosen or defaults[name, flag_values.quick])
