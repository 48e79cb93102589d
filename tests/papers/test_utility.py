"""Tables of utility: every rival, and one recipe for all that is ours."""

import pytest

from dpgan_tf.config.parts import kinds
from dpgan_tf.papers import utility

_DIGITS = utility.TABLES[:2]


def ours(table):
    """Rows of our recipe that have a run of their own."""
    return [
        row
        for row in table.rows
        if ("_alone_" in row.name or "_beside_" in row.name)
        and "paper" not in row.name
        and not row.run
    ]


@pytest.mark.parametrize("table", _DIGITS, ids=lambda table: table.name)
def test_tables_of_utility_have_every_rival(table):
    kinds_of_rows = [row.kind for row in table.rows]
    assert kinds_of_rows.count("private") == 14
    assert set(kinds_of_rows) > {
        *("real", "non_private", "public_only", "public_records", "cited")
    }
    assert len({row.name for row in table.rows}) == len(table.rows)
    budgets = [row.recipe.budget.target_epsilon for row in ours(table)]
    assert budgets == [0.2, 1.0, 4.0, 10.0, 1.0, 4.0]
    assert kinds_of_rows.count("cited") == 5


def test_data_sets_of_one_shape_have_the_same_recipes():
    for first, second in zip(*map(ours, _DIGITS), strict=True):
        a, b = kinds.flat(first.recipe), kinds.flat(second.recipe)
        assert {key for key in a if a[key] != b[key]} == {"data.source"}


def test_our_rows_and_those_without_privacy_have_both_ends_of_one_run():
    for table in utility.TABLES:
        rows = {row.name: row for row in table.rows}
        shared = [row for row in table.rows if row.run]
        assert len(shared) == len(ours(table)) + 2 * (table in _DIGITS)
        for row in shared:
            first = rows[row.run]
            assert row.name == f"{first.name}_varied"
            assert first.variety == 1.0
            assert row.variety == row.recipe.scoring.variety > 1
            assert (row.recipe, row.kind) == (first.recipe, first.kind)
            assert row.title == f"{first.title}, variety {row.variety:g}"
            names = list(rows)
            assert names.index(row.name) == names.index(first.name) + 1


def test_a_cited_row_states_accuracy_alone():
    cited = [row for row in utility.TABLES[0].rows if row.kind == "cited"]
    assert {row.title: dict(row.paper) for row in cited}[
        "FETA-Pro, last epoch, epsilon 1"
    ] == {"downstream_cnn": 0.964}
