"""Finished cells stay, and numbers of two machines are not mixed."""

import json

import pytest

from benchmarks import plan
from benchmarks import store as stores
from dpgan_tf import errors

CELL = plan.Cell("speed/mnist/16", {"batch": 16, "chunk_size": 128})


def open_store(path, commit="abc"):
    return stores.Store(
        path, machine={"commit": commit}, command="run", date="today"
    )


def test_resuming_keeps_finished_cells(tmp_path):
    path = tmp_path / "results" / "full.json"
    open_store(path).add(CELL, {"ms": 1.5})
    again = open_store(path)
    assert again.has(CELL)
    other = plan.Cell("speed/mnist/64", {"batch": 64, "chunk_size": 128})
    assert not again.has(other)
    again.add(other, {"ms": 2.5})
    content = json.loads(path.read_text())
    assert content["cells"][CELL.name]["result"] == {"ms": 1.5}
    assert content["cells"][other.name]["result"] == {"ms": 2.5}
    assert content["machine"] == {"commit": "abc"}


def test_a_cell_with_other_settings_is_not_finished(tmp_path):
    path = tmp_path / "full.json"
    open_store(path).add(CELL, {"ms": 1.5})
    changed = plan.Cell(CELL.name, CELL.settings | {"chunk_size": 256})
    assert not open_store(path).has(changed)


def test_numbers_of_another_commit_are_refused(tmp_path):
    path = tmp_path / "full.json"
    open_store(path).add(CELL, {"ms": 1.5})
    with pytest.raises(errors.UserError, match="commit 'abc', now it is 'xyz'"):
        open_store(path, commit="xyz")


@pytest.mark.parametrize("text", ["", "[]", '{"cells": {}}'])
def test_a_file_of_anything_else_is_refused(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(errors.UserError, match="not a file of results"):
        open_store(path)
    assert path.read_text() == text
