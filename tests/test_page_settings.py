"""Settings and presets that pages name exist."""

import pathlib
import re

import pytest

from dpgan_tf.config import presets
from dpgan_tf.config.parts import kinds

_ROOT = pathlib.Path(__file__).parents[1]
_PAGES = ("README.md", "CONTRIBUTING.md", *sorted(_ROOT.glob("docs/*.md")))


def _found(pattern):
    for page in _PAGES:
        text = (_ROOT / page).read_text()
        text = re.sub(r"\\?\n\s*", " ", text)
        yield from re.findall(pattern, text)


_KEYS = {*kinds.KINDS, *(key for key, _ in kinds.settings())}
_SET = sorted(set(_found(r"--set ([a-z_.]+)=([\w.]+)")))


@pytest.mark.parametrize(("key", "value"), _SET)
def test_a_setting_of_a_page_exists(key, value):
    assert key in _KEYS
    assert key not in kinds.KINDS or value in kinds.KINDS[key]


def test_the_table_of_parts_has_every_setting():
    table = (_ROOT / "docs/recipes.md").read_text()
    table = table.split("\n## Parts\n", 1)[1].split("\n## ", 1)[0]
    named = set(re.findall(r"`(\w+)`", table))
    prefixes = tuple(re.findall(r"`(\w+_)\*`", table))
    for key in sorted(_KEYS):
        leaf = key.rpartition(".")[2]
        assert leaf in named or leaf.startswith(prefixes), key


@pytest.mark.parametrize("name", sorted(set(_found(r"--preset=(\w+)"))))
def test_a_preset_of_a_page_exists(name):
    assert name in presets.names()


def test_the_table_of_presets_has_every_preset():
    table = (_ROOT / "docs/recipes.md").read_text()
    table = table.split("\n## Presets\n", 1)[1].split("\n## ", 1)[0]
    assert set(presets.names()) <= set(
        re.findall(r"^\| `(\w+)` \|", table, re.M)
    )
