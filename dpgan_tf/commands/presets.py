"""List the presets, show one, and explain every setting.

A preset is a complete configuration. Any of its settings can be replaced with
`train --set KEY=VALUE`; this command says what each key means and where its
value comes from in the dp-GAN paper.

Examples:
  python -m dpgan_tf presets
  python -m dpgan_tf presets --preset=mnist
  python -m dpgan_tf presets --preset=mnist --json
"""

import dataclasses
import textwrap

from absl import flags

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import settings as configs
from dpgan_tf.config import text as config_text


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: where to define them.
    """
    flags.DEFINE_string(
        "preset", None, "The preset to show.", flag_values=flag_values
    )
    flags.DEFINE_boolean(
        "json",
        False,
        "Print the preset as the config.json of a run.",
        flag_values=flag_values,
    )


def run(flag_values: flags.FlagValues) -> None:
    """Print one preset or all of them.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if there is no such preset, or --json without one.
    """
    if flag_values.preset is None:
        if flag_values.json:
            raise errors.UserError(
                "--json: shows one preset; name it with --preset=NAME."
            )
        print("\n".join(_one_line(presets.get(n)) for n in presets.names()))
        print("\nMore of one: presets --preset=NAME")
        return
    config = presets.get(flag_values.preset)
    print(config.to_json() if flag_values.json else _explained(config))


def _one_line(config: configs.Config) -> str:
    if config.target_epsilon is None:
        budget = "without privacy"
    else:
        budget = (
            f"epsilon {config.target_epsilon:g}, delta {config.target_delta:g}"
        )
    return (
        f"{config.preset:17} {config.dataset}, {config.clipping} clipping, "
        f"{config.grouping} groups, {config.num_steps:,} private steps of "
        f"{config.expected_batch_size}, {budget}"
    )


def _explained(config: configs.Config) -> str:
    meanings = config_text.describe()
    lines = []
    for name, value in dataclasses.asdict(config).items():
        lines.append(f"{name} = {value}")
        lines += textwrap.wrap(
            meanings[name],
            76,
            initial_indent="    ",
            subsequent_indent="    ",
        )
    return "\n".join(lines)
