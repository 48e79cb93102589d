"""Commands and flags that pages name exist."""

import importlib
import re

import pytest
from absl import flags

from dpgan_tf import __main__ as program
from tests.docs import pages

_ROOT = pages.DOCS.parent
_PAGES = sorted([*pages.DOCS.glob("*.md"), *_ROOT.glob("[CR]*.md")])
_COMMAND = re.compile(
    r"(?:dpgan|python -m dpgan_tf) ([a-z-]+)((?: +[^\n`|]+)?)"
)


def _named():
    """Yield the page, command and flags of every command in a page."""
    for path in _PAGES:
        text = re.sub(r"\\\n\s*", " ", path.read_text())
        for command, rest in _COMMAND.findall(text):
            if command in program.COMMANDS:
                yield path.name, command, re.findall(r"--(\w+)", rest)


@pytest.mark.parametrize("command", sorted({name for _, name, _ in _named()}))
def test_flags_that_pages_give_a_command_are_its_flags(command):
    module = importlib.import_module(
        f"dpgan_tf.commands.{command.replace('-', '_')}"
    )
    defined = flags.FlagValues()
    module.define_flags(defined)
    for page, name, given in _named():
        if name == command:
            unknown = set(given) - set(defined) - {"help"}
            assert not unknown, f"{page}: {command}: {unknown}"
