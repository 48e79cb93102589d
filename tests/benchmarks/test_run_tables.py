"""Tables of whole runs and of operations, from results written by hand."""

from benchmarks import tables
from tests.benchmarks import recorded


def lines(cells):
    return tables.markdown(recorded.content() | {"cells": cells}).splitlines()


def test_runs_that_differ_in_their_seed_are_one_line():
    cells = recorded.run(seed=0, seconds=100.0, accuracy=0.95)
    cells |= recorded.run(seed=1, seconds=120.0, accuracy=0.9525)
    found = lines(cells)
    assert (
        "| . (abc) | mnist | quick | 4 | 2 | 110 | 100 to 120 | 220 | "
        "95.00% to 95.25% | 1,234 | float32 |" in found
    )
    assert "| . (abc) | quick | fit | 82.5 | 75.0% |" in found
    assert "| . (abc) | quick | release | 27.5 | 25.0% |" in found


def test_stages_of_no_length_are_left_out():
    found = lines(recorded.run(seed=0, seconds=0.3, accuracy=0.95))
    assert "| . (abc) | quick | fit | 0.2 | 75.0% |" in found
    assert not any("| release |" in line for line in found)


def test_packages_have_lines_of_their_own_and_rows_no_accuracy():
    cells = recorded.run(seed=0, seconds=100.0, accuracy=0.95)
    cells |= recorded.run(seed=0, seconds=50.0, accuracy=None, package="other")
    assert (
        "| other (abc) | mnist | quick | 4 | 1 | 50 | 50 | 100 | - | 1,234 "
        "| float32 |" in lines(cells)
    )


def test_small_operations_are_added_up():
    result = {
        "ms": 1000.0,
        "ops": {
            "Conv2D": {"ms": 800.0, "count": 6.0},
            "Mul": {"ms": 4.0, "count": 30.0},
            "Sub": {"ms": 3.0, "count": 10.0},
        },
    }
    settings = {"case": "mnist", "batch": 64, "form": "private_ghost"}
    name = "profile/mnist/64/private_ghost"
    found = lines({name: {"settings": settings, "result": result}})
    begin = "| mnist | 64 | private_ghost |"
    assert f"{begin} whole step | 1,000 |  |  |" in found
    assert f"{begin} `Conv2D` | 800 | 6 | 80.0% |" in found
    assert f"{begin} others | 7 | 40 | 0.7% |" in found
    assert not any("Mul" in line for line in found)


def test_changed_settings_and_another_precision_are_told():
    cells = recorded.run(seed=0, seconds=100.0, accuracy=0.95)
    (cell,) = cells.values()
    cell["settings"]["changes"] = {"networks.precision": "auto"}
    cell["result"]["recipe"]["networks"]["precision"] = "bfloat16"
    (line,) = (
        text for text in lines(cells) if "MiB" not in text and "mnist" in text
    )
    assert "| quick networks.precision=auto |" in line
    assert line.endswith("| bfloat16 |")
