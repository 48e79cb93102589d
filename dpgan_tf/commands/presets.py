"""List the presets, show one, or explain every setting.

A preset is a complete configuration. Any of its settings can be replaced with
`train --set KEY=VALUE`; this command says what each key means, and its symbol
in the dp-GAN paper.

Examples:
  python -m dpgan_tf presets
  python -m dpgan_tf presets --preset=mnist
  python -m dpgan_tf presets --preset=mnist --json
  python -m dpgan_tf presets --settings
"""

import json
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
        "settings",
        False,
        "Explain every setting of every kind, and its range.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "json",
        False,
        "Print the list, or the preset in the form of a run's config.json.",
        flag_values=flag_values,
    )


def run(flag_values: flags.FlagValues) -> None:
    """Print one preset, a list of them, or what every setting means.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: if there is no such preset, or for flags that do not go
        together.
    """
    if flag_values.settings:
        if flag_values.preset or flag_values.json:
            raise errors.UserError(
                "--settings: shows no preset; leave out --preset and --json."
            )
        print("\n".join(map(_every_setting, config_text.explain())))
    elif flag_values.preset:
        recipe = presets.get(flag_values.preset)
        print(recipe.to_json() if flag_values.json else _explained(recipe))
    elif flag_values.json:
        print(json.dumps({"presets": dict(presets.PURPOSES)}, indent=2))
    else:
        print("\n".join(map(_one_line, presets.names())))
        print("\nOne of them: --preset=NAME. All settings: --settings")


def _one_line(name: str) -> str:
    return f"{name:17}{presets.PURPOSES[name]}"


def _every_setting(setting: config_text.Explanation) -> str:
    return f"{setting.key}\n{_meaning(setting)}"


def _explained(recipe: recipes.Recipe) -> str:
    values = kinds.flat(recipe)
    return "\n".join(
        f"{setting.key} = {values[setting.key]}\n{_meaning(setting)}"
        for setting in config_text.explain()
        if setting.key in values
    )


def _meaning(setting: config_text.Explanation) -> str:
    return textwrap.fill(
        f"{setting.meaning} Expected: {setting.expected}.",
        76,
        initial_indent="    ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
