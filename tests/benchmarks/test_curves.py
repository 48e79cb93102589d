"""Curves are drawn from what was measured, in its order."""

from benchmarks import curves
from tests.benchmarks import recorded


def test_points_are_in_the_order_of_their_values():
    found = curves._curves(recorded.content()["cells"])
    assert [value for value, _ in found["num_records"]] == [10_000, 100_000]
    assert found["side"][0][1]["step_ms"] == 150.0


def test_a_picture_is_drawn_of_one_curve_or_several():
    cells = recorded.content()["cells"]
    one = {name: cells[name] for name in list(cells)[:2]}
    for some in (cells, one):
        assert curves.draw(some)[:4] == b"\x89PNG"
