"""The flags of `train`, and the recipe that they describe."""

import functools
import os
import pathlib
import sys
from collections.abc import Callable
from typing import Any

from absl import flags

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import quiet
from dpgan_tf import run_files
from dpgan_tf.commands import door_flags
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import learning

_FLAGS: tuple[tuple[Callable[..., Any], str, Any, str], ...] = (
    (
        flags.DEFINE_string,
        "preset",
        None,
        f"Recipe of the run: one of {', '.join(presets.names())}.",
    ),
    (
        flags.DEFINE_string,
        "config",
        None,
        "File config.json of a run with the wanted settings, instead of "
        "--preset.",
    ),
    (
        flags.DEFINE_string,
        "run_dir",
        None,
        "Folder of the run. Without this flag: runs/PRESET. Without --preset "
        "and --config, the run in this folder continues.",
    ),
    (
        flags.DEFINE_string,
        "data_dir",
        None,
        "Folder of named data sets and classifiers. Without this flag: where "
        "the run found them, or data for a new run.",
    ),
    (
        flags.DEFINE_string,
        "dataset",
        None,
        "Path of the records of a continued run, if they were moved. For a new "
        "run use --set data.source=PATH.",
    ),
    (
        flags.DEFINE_float,
        "target_epsilon",
        None,
        "Another name of --epsilon.",
    ),
    (
        flags.DEFINE_string,
        "budget",
        None,
        "Register of one budget for all runs on these records, made with "
        "`budget FILE --create`. The run's whole budget is charged there "
        "before anything is spent; a run that does not fit is refused. A run "
        "remembers its register: give the flag again only if the file moved.",
    ),
    (
        functools.partial(flags.DEFINE_enum, enum_values=learning.ENGINES),
        "engine",
        None,
        "Engine that clips and sums gradients, instead of the preset's: "
        "vectorized computes each record's gradient, ghost only the norms and "
        "the sum; auto is ghost if it supports every layer of the critic.",
    ),
    (
        functools.partial(flags.DEFINE_enum, enum_values=learning.PRECISIONS),
        "precision",
        None,
        "Precision of products where no private record is used, instead of "
        "the recipe's: float32, as private gradients always have; bfloat16, "
        "with fewer bits; auto measures for a second whether bfloat16 is "
        "clearly faster on this machine. A run keeps what it began with.",
    ),
    (
        functools.partial(
            flags.DEFINE_enum, enum_values=["none", "mirrored", "multi_worker"]
        ),
        "strategy",
        "none",
        "Strategy to share the work of each private step; what is charged and "
        "released is the same. mirrored: several devices of this machine. "
        "multi_worker: the machines in the environment variable TF_CONFIG; "
        "start the same command on each. The first holds the run directory.",
    ),
    (
        flags.DEFINE_boolean,
        "trusted_network",
        False,
        "Confirm that this machine's port is closed to all but the other "
        "machines; needed with --strategy=multi_worker. TensorFlow's server "
        "listens on all interfaces, whatever TF_CONFIG says, and lets anyone "
        "who connects read and write files as you.",
    ),
    (
        flags.DEFINE_list,
        "devices",
        [],
        "Devices for --strategy=mirrored, such as GPU:0,GPU:1. Without this "
        "flag: all GPUs.",
    ),
    (
        flags.DEFINE_multi_string,
        "set",
        [],
        "Setting KEY=VALUE that replaces the preset's",
    ),
    (
        flags.DEFINE_boolean,
        "plan",
        False,
        "Choose expected_batch_size and num_steps for the budget, so that as "
        "many records are seen as with the preset's, or fewer if noise would "
        "dominate; and guide_steps, if there is a guide. These override --set. "
        "Give this flag again with --preset when the run continues.",
    ),
)


def define(flag_values: flags.FlagValues) -> None:
    """Define the flags.

    Args:
      flag_values: the object to define them in.
    """
    door_flags.define(flag_values)
    for define_one, name, default, text in _FLAGS:
        define_one(name, default=default, help=text, flag_values=flag_values)


def read_recipe(flag_values: flags.FlagValues) -> recipes.Recipe:
    """Return the configuration that the flags describe.

    Args:
      flag_values: the parsed flags.

    Returns:
      A validated configuration.

    Raises:
      UserError: for an unknown preset or key, or a value out of range.
    """
    settings = _settings(flag_values)
    if flag_values.data is not None:
        return _for_data(flag_values, settings)
    door_flags.require_none(flag_values)
    epsilon = door_flags.epsilon(flag_values)
    budget = {
        "budget.target_epsilon": epsilon,
        "budget.target_delta": flag_values.delta,
    }
    settings |= {k: str(v) for k, v in budget.items() if v is not None}
    return config_text.change(_begun_with(flag_values), settings)


def _settings(flag_values: flags.FlagValues) -> dict[str, str]:
    """Return the settings that flags change, by key or alias."""
    settings = door_flags.aliases(flag_values)
    for text in flag_values["set"].value:
        name, separator, value = text.partition("=")
        if not separator:
            raise errors.UserError(f"--set={text}; expected KEY=VALUE.")
        settings[name.strip()] = value.strip()
    if flag_values.engine is not None:
        settings["steps.engine"] = flag_values.engine
    if flag_values.precision is not None:
        settings["networks.precision"] = flag_values.precision
    return settings


def _for_data(
    flag_values: flags.FlagValues, settings: dict[str, str]
) -> recipes.Recipe:
    """Return the recipe of `train DATA`."""
    given = [
        f"--{name}"
        for name in ("recipe", "preset", "config")
        if flag_values[name].value is not None
    ]
    if len(given) > 1:
        raise errors.UserError(f"{', '.join(given)}: give one of them.")
    base = _begun_with(flag_values) if given == ["--config"] else None
    wanted = door_flags.wanted(flag_values, base=base, settings=settings)
    if "tensorflow" not in sys.modules:
        progress.note("starting TensorFlow")
    front_door = quiet.import_module("dpgan_tf.run.front_door")
    places = quiet.import_module("dpgan_tf.run.places")
    data_dir = flag_values.data_dir or places.DEFAULT_DATA_DIR
    return front_door.read(wanted, data_dir=data_dir)


def _begun_with(flag_values: flags.FlagValues) -> recipes.Recipe:
    """Return a preset, or a configuration from a file."""
    preset, path = flag_values.preset, flag_values.config
    if preset is not None and path is not None:
        raise errors.UserError(
            "--preset, --config: give one of them, not both."
        )
    if preset is not None:
        return presets.get(preset)
    if path is None:
        path = _config_of_run(flag_values.run_dir)
        if flag_values.plan:
            raise errors.UserError(
                f"--plan: {path} is planned already; leave it out."
            )
    if not os.path.isfile(path):
        raise errors.UserError(
            f"--config={path}: no such file; expected the config.json of a run."
        )
    return config_text.read(pathlib.Path(path))


def _config_of_run(run_dir: str | None) -> str:
    files = run_files.RunFiles(pathlib.Path(run_dir or ""))
    if run_dir is None or not files.config.is_file():
        where = "" if run_dir is None else f", and no run is in {run_dir}"
        raise errors.UserError(
            f"DATA: missing{where}; name the records, such as `train mnist "
            "--epsilon=4`, or give --preset=NAME or --config=FILE, to start a "
            "run; --run_dir=DIR alone continues one."
        )
    return str(files.config)
