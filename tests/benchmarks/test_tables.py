"""Tables of results that were written by hand."""

from benchmarks import tables

MACHINE = {"processor": "Abacus", "cores": 2, "torch": None, "commit": "abc"}


def form(ms, ratio):
    return {
        "ms": ms,
        "ms_quartiles": [ms - 1, ms + 1],
        "ratio": ratio,
        "ratio_quartiles": [ratio, ratio],
    }


def content(cells):
    return {
        "machine": MACHINE,
        "command": "python -m benchmarks.run --quick",
        "date": "2018-01-05",
        "cells": cells,
    }


def test_the_machine_is_named_without_what_is_not_known():
    assert tables.markdown(content({})) == (
        "`python -m benchmarks.run --quick`, 2018-01-05: processor Abacus, "
        "cores 2, commit abc."
    )


def test_a_speed_has_a_line_in_the_summary_and_one_for_each_form():
    result = {
        "reference": "joint_keras",
        "num_rounds": 3,
        "forms": {
            "private_ghost": form(50.0, 1.25),
            "joint_keras": form(40.0, 1.0),
        },
        "left_out": {"private_vectorized": "about 61 s a step, limit 30 s"},
    }
    cell = {"settings": {"case": "mnist", "batch": 64}, "result": result}
    lines = tables.markdown(content({"speed/mnist/64": cell})).splitlines()
    assert "| mnist | 64 | 50 | - | 40 (joint_keras) | 1.25 |" in lines
    assert (
        "| mnist | 64 | private_ghost | 50 | 49 to 51 | 1.25 | 1.25 to 1.25 |"
        in lines
    )
    assert (
        "| mnist | 64 | private_vectorized | "
        "left out: about 61 s a step, limit 30 s |  |  |  |" in lines
    )


def test_memory_iterations_and_checks_have_tables_of_their_own():
    settings = {"case": "mlp", "batch": 256, "form": "private_ghost"}
    memory = {"needed": 12.4, "before": 500.0, "peak": 512.4}
    part = {"ms": 1234.0, "ms_quartiles": [1.0, 2.0], "share": 0.25}
    lines = tables.markdown(
        content(
            {
                "memory/mlp/256/private_ghost": {
                    "settings": settings,
                    "result": memory,
                },
                "iteration/mnist": {"settings": {}, "result": {"fakes": part}},
                "check/jax/mnist": {
                    "settings": {},
                    "result": {"largest_difference": 1.23e-6},
                },
            }
        )
    ).splitlines()
    assert "| mlp | 256 | private_ghost | 12 | 512 |" in lines
    assert "| mnist | fakes | 1,234 | 1 to 2 | 25.0% |" in lines
    assert "| jax | mnist | 1.2e-06 |" in lines


def test_words_begin_at_the_left_and_numbers_end_at_the_right():
    assert tables.table(("a",), ("b",), [("x", "1")]) == (
        "| a | b |\n| --- | ---: |\n| x | 1 |"
    )
