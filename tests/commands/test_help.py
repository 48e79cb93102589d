"""What a command's help says can be read and typed."""

import importlib
import re
import shlex

import pytest
from absl import flags

from dpgan_tf import __main__ as main
from dpgan_tf.config import presets
from dpgan_tf.config import text as config_text

WIDTH = 80


def flags_of(name):
    command = importlib.import_module(
        f"dpgan_tf.commands.{name.replace('-', '_')}"
    )
    flag_values = flags.FlagValues()
    command.define_flags(flag_values)
    return command, flag_values


def examples(text):
    """Return the commands of a help text, one line each."""
    joined = re.sub(r"\\\n\s*", "", text)
    found = re.findall(r"python -m dpgan_tf (\S+)((?: +[^\n]*)?)", joined)
    return [(name, shlex.split(rest)) for name, rest in found]


@pytest.mark.parametrize("name", main.COMMANDS)
def test_help_fits_a_terminal_and_breaks_no_line(name):
    command, flag_values = flags_of(name)
    lines = main._command_help(name, command, flag_values).split("\n")
    assert [line for line in lines if len(line) > WIDTH] == []
    # A backslash at the end of a docstring's line would join it to the next.
    assert [line for line in lines if re.search(r"\S {3,}--?\w", line)] == []
    assert [line for line in lines if "\t" in line] == []


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_example_of_a_help_has_flags_that_exist(name):
    command, _ = flags_of(name)
    keys = {setting.key for setting in config_text.explain()}
    shown = examples(command.__doc__)
    for other, arguments in shown:
        assert other in main.COMMANDS
        asked, flag_values = flags_of(other)
        main._parse(other, asked, flag_values, arguments)
        if "set" in flag_values:
            for text in flag_values["set"].value:
                assert text.partition("=")[0] in keys
        if "preset" in flag_values and flag_values["preset"].value:
            assert flag_values["preset"].value in presets.names()
    assert shown or name in ("figure", "table", "presets")
