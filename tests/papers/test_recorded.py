"""Recorded tables and pages: what was trained with the cut noise says so."""

import json
import pathlib
import re

import pytest

_ROOT = pathlib.Path(__file__).parents[2]
_RESULTS = _ROOT / "runs" / "results"
_MARK = "(old noise)"
_WHOLE_TAIL = {
    *("8ec647f", "0bf833e", "0445632", "ad108f8"),
    *("c78d178", "8ed4c54"),
}
"""Commits of recorded cells whose noise has its whole tail."""

_WITHOUT_NOISE = re.compile(
    "real|non_private|independent|public_only|public_records|infinity"
)


def _rows(path):
    rows = json.loads(path.read_text()).get("rows", [])
    return [row for row in rows if isinstance(row, dict) and "commits" in row]


_TABLES = [path for path in sorted(_RESULTS.glob("*.json")) if _rows(path)]


@pytest.mark.parametrize("path", _TABLES, ids=lambda path: path.stem)
def test_no_row_of_the_cut_noise_stands_under_an_epsilon_unmarked(path):
    text = path.with_suffix(".md").read_text()
    for row in _rows(path):
        commits = {commit[:7] for commit in row["commits"]}
        is_old = not commits <= _WHOLE_TAIL
        title = row["title"]
        if path.stem != "table6":  # Its columns are generators.
            is_marked = is_old and not _WITHOUT_NOISE.search(row["name"])
            assert title.endswith(_MARK) == is_marked, title
        assert f"| {title} |" in text
    assert ("Old noise: " in text) == (_MARK in text)


def test_columns_of_the_cut_noise_are_marked():
    columns = json.loads((_RESULTS / "table6.json").read_text())["columns"]
    for name, title in columns.items():
        is_private = name in ("mnist", "mnist_decoupled")
        assert title.endswith(_MARK) == is_private


@pytest.mark.parametrize(
    "name",
    [
        "docs/results.md",
        *("runs/README.md", "runs/LOG.md"),
    ],
)
def test_a_page_that_has_the_mark_says_what_it_means(name):
    text = " ".join((_ROOT / name).read_text().split())
    assert _MARK in text
    assert "true delta is larger than stated" in text or (
        "true delta of these runs is larger than stated" in text
    )


def test_no_recorded_claim_is_of_a_format_that_is_refused():
    assert not list(_RESULTS.rglob("privacy.json"))
