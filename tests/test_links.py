"""Every relative link of a page leads to a file, and to a heading of it."""

import pathlib
import re

import pytest

_ROOT = pathlib.Path(__file__).parents[1]
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_CODE = re.compile(r"```.*?```", re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PAGES = [
    path.relative_to(_ROOT).as_posix()
    for pattern in (
        *("*.md", "docs/*.md", "docs/*.ipynb"),
        *("runs/*.md", "runs/results/*.md"),
    )
    for path in sorted(_ROOT.glob(pattern))
]


def _text(path):
    return _CODE.sub("", path.read_text())


def _anchors(path):
    """Return the anchors that a browser of repositories gives headings."""
    titles = _HEADING.findall(_text(path))
    plain = [re.sub(r"[^\w\- ]", "", title.lower()) for title in titles]
    return {title.strip().replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", _PAGES)
def test_every_relative_link_leads_somewhere(page):
    path = _ROOT / page
    for link in _LINK.findall(_text(path)):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), f"{page}: {link}"
        if anchor:
            assert anchor in _anchors(target), f"{page}: {link}"


def test_every_page_is_reached_from_the_index():
    index = (_ROOT / "docs/README.md").read_text()
    named = {name.partition("#")[0] for name in _LINK.findall(index)}
    docs = _ROOT / "docs"
    pages = {path.name for path in (*docs.glob("*.md"), *docs.glob("*.ipynb"))}
    assert pages - {"README.md"} <= named


def test_every_page_is_in_the_navigation_of_the_site():
    listed = set(
        re.findall(r": docs/(\S+)$", (_ROOT / "mkdocs.yml").read_text(), re.M)
    )
    docs = _ROOT / "docs"
    notebooks = {f"{path.name}.md" for path in docs.glob("*.ipynb")}
    assert {path.name for path in docs.glob("*.md")} | notebooks == listed


def test_the_front_page_is_short():
    text = (_ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 220
    assert len(text.split()) <= 1_800
