"""List the presets, or show one and explain every setting.

A preset is a complete configuration. Any of its settings can be replaced with
`train --set KEY=VALUE`; this command says what each key means, and its symbol
in the dp-GAN paper.

Examples:
  python -m dpgan_tf presets
  python -m dpgan_tf presets --preset=mnist
  python -m dpgan_tf presets --preset=mnist --json
"""

import textwrap

from absl import flags

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import kinds


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_string(
        "preset", None, "Name of the preset to show.", flag_values=flag_values
    )
    flags.DEFINE_boolean(
        "json",
        False,
        "Print the preset in the form of a run's config.json.",
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
                "--json: needs a preset; name it with --preset=NAME."
            )
        print("\n".join(_one_line(name) for name in presets.names()))
        print("\nAll settings of one: presets --preset=NAME")
        return
    recipe = presets.get(flag_values.preset)
    print(recipe.to_json() if flag_values.json else _explained(recipe))


def _one_line(name: str) -> str:
    return f"{name:17}{presets.PURPOSES[name]}"


def _explained(recipe: recipes.Recipe) -> str:
    lines = []
    values = kinds.flat(recipe)
    for setting in config_text.explain():
        if setting.key not in values:
            continue
        lines.append(f"{setting.key} = {values[setting.key]}")
        lines += textwrap.wrap(
            f"{setting.meaning} Expected: {setting.expected}.",
            76,
            initial_indent="    ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
    return "\n".join(lines)
