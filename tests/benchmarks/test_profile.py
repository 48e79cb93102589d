"""Milliseconds by type of operation, by hand and of a small critic."""

import pytest

from benchmarks import cases
from benchmarks import profile


def test_operations_of_a_type_are_added_and_others_left_out():
    events = [
        ("critic/dense_1/MatMul:MatMul", 4.0),
        ("critic/dense_2/MatMul:MatMul", 2.0),
        ("noise/Cos:Cos", 10.0),
        ("ExecutorState::Process", 99.0),
        ("a line without a type", 99.0),
    ]
    found = profile.by_type(events, 2)
    assert list(found.items()) == [
        ("Cos", {"ms": 5.0, "count": 0.5}),
        ("MatMul", {"ms": 3.0, "count": 1.0}),
    ]


@pytest.mark.slow
def test_the_operations_of_a_small_step_are_found(monkeypatch):
    tiny = cases.Case(
        name="tiny", image_shape=(4, 4, 1), hidden=(3,), vectorized_ms=1
    )
    monkeypatch.setitem(cases.CASES, "tiny", tiny)
    found = profile.measure(
        case="tiny", batch=4, form="private_ghost", chunk_size=4, num_steps=2
    )
    assert found["ms"] > 0
    # One for each layer's input, at the very least.
    assert found["ops"]["MatMul"]["count"] >= 2
    assert all(op["ms"] > 0 for op in found["ops"].values())
