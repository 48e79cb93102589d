"""Tables of scales and machines, from results written by hand."""

from benchmarks import tables
from tests.benchmarks import recorded


def test_a_scale_has_a_line_for_each_value():
    found = tables.markdown(recorded.content()).splitlines()
    assert "| records n | 100,000 | 3.5 | 51 | 950 | 0.1 |" in found
    assert "| side of a picture | 48 | 4 | 150 | 1,000 | 0.1 |" in found


def test_two_machines_are_compared_with_one():
    result = {"ms_one": [300.0, 310.0, 320.0], "ms_two": [155.0, 150.0, 160.0]}
    cells = {"workers/mnist": {"settings": {}, "result": result}}
    content = recorded.content() | {"cells": cells}
    found = tables.markdown(content).splitlines()
    assert "| 1 | 310 | 1.00 |" in found
    assert "| 2 | 155 | 2.00 |" in found
