"""Code of the pages: what a reader would run."""

import pathlib
import re
from typing import NamedTuple

DOCS = pathlib.Path(__file__).parents[2] / "docs"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """Code of one language: `console`, `python`, `text`."""

    language: str
    text: str


def blocks(name):
    """Return a page's blocks of code, in order."""
    return [
        Block(*found) for found in _BLOCK.findall((DOCS / name).read_text())
    ]


def commands(text):
    """Return the commands of a console's text, without what they print."""
    joined = text.replace("\\\n", " ")
    return [
        line.removeprefix("$ ")
        for line in joined.splitlines()
        if line.startswith("$ ")
    ]
