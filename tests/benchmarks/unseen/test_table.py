"""The table of cells whose scores were written by hand."""

from benchmarks.unseen import cells
from benchmarks.unseen import table
from tests.benchmarks.unseen import test_cells


def values(accuracy, real):
    return {
        "num_records": 50_000,
        "num_classes": 10,
        "samples": {
            "downstream_cnn": accuracy,
            "fid_classifier": 30.0,
            "precision": 0.5,
            "recall": 0.75,
        },
        "real": {"downstream_cnn": real},
    }


def cell(change, recipe="auto"):
    return cells.Cell(
        change=change, recipe=recipe, epsilon=2.0, num_samples=30_000
    )


def written(folder, *, reference="mnist_surrogate"):
    rows = [cell(name) for name in ("plain", "inverted", "grey", "few")]
    return table.markdown(
        test_cells.bench(folder), rows, reference=reference
    ).splitlines()


def test_a_row_says_what_was_lost_and_a_missing_one_nothing(tmp_path):
    bench = test_cells.bench(tmp_path)
    best = cell("plain", "mnist_surrogate")
    test_cells.keep(bench, best, values(0.95, 0.99))
    test_cells.keep(bench, cell("plain"), values(0.96, 0.99))
    test_cells.keep(bench, cell("inverted"), values(0.919, 0.98))
    lines = written(tmp_path)
    shown = "0.500 | 0.750"
    assert lines[2] == (
        f"| unchanged | 50,000 | 10 | 0.960 | 30.00 | {shown} | 0.990 | 0.950 "
        "| -1.0 | yes |"
    )
    assert lines[3] == (
        f"| inverted | 50,000 | 10 | 0.919 | 30.00 | {shown} | 0.980 | 0.950 "
        "| 3.1 | no |"
    )
    missing = " | ".join(["-"] * 7)
    assert lines[4] == (
        f"| half the contrast, on grey | {missing} | 0.950 | - | - |"
    )
    assert lines[5] == f"| 5,000 records | {missing} | - | - | - |"
    assert lines[-1].startswith("- Commit ")
    assert lines[-1].endswith("`python -m x`.")


def test_a_cell_is_not_compared_with_itself(tmp_path):
    bench = test_cells.bench(tmp_path)
    test_cells.keep(bench, cell("plain"), values(0.96, 0.99))
    assert written(tmp_path, reference="auto")[2].endswith("| 0.960 | - | - |")


def test_an_undefined_score_is_no_number(tmp_path):
    bench = test_cells.bench(tmp_path)
    found = values(None, 0.99) | {"real": {}}
    test_cells.keep(bench, cell("inverted"), found)
    row = written(tmp_path)[3].split(" | ")
    assert row[3] == row[7] == row[9] == "-"
