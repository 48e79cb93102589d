"""Every file and function that the map of the papers names exists."""

import ast
import pathlib
import re

import pytest

_ROOT = pathlib.Path(__file__).parents[1]
_PLACE = re.compile(r"`([\w/]+\.py)(?:: ([\w.]+))?`")
_PAGES = ("docs/paper_map.md", "docs/design.md", "CONTRIBUTING.md")


def _places(page):
    text = (_ROOT / page).read_text()
    return sorted({match.groups("") for match in _PLACE.finditer(text)})


def _defined(tree):
    """Yield names as `function`, `Class`, `Class.method` and `CONSTANT`."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.AnnAssign):
            yield node.target.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in _defined(node))


def _file(place):
    for folder in (_ROOT / "dpgan_tf", _ROOT):
        if (folder / place).is_file():
            return folder / place
    raise AssertionError(f"{place}: no such file")


@pytest.mark.parametrize(
    ("page", "place", "name"),
    [(page, *place) for page in _PAGES for place in _places(page)],
)
def test_a_place_that_a_page_names_is_there(page, place, name):
    path = _file(place)
    if name:
        defined = set(_defined(ast.parse(path.read_text())))
        assert name in defined, f"{page}: {place} has no {name}"


def test_the_map_has_every_line_of_the_algorithms():
    """A gap in the numbers of a table would be a line that nobody looked at."""
    text = (_ROOT / "docs/paper_map.md").read_text()
    last = {"Algorithm 1: basic": 15, "Algorithm 2": 5, "Algorithm 3": 27}
    for title, num_lines in last.items():
        section = text.split(title, 1)[1].split("\n## ", 1)[0]
        found = set()
        for cell in re.findall(r"^\| ([\d, -]+) \|", section, re.M):
            for part in cell.split(","):
                first, _, end = part.partition("-")
                found |= set(range(int(first), int(end or first) + 1))
        assert found == set(range(1, num_lines + 1)), title
