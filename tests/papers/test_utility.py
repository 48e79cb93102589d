"""Tables of utility: every rival, one set of settings."""

from dpgan_tf.config import recipe as recipes
from dpgan_tf.papers import utility


def test_tables_of_utility_have_every_rival_and_one_set_of_settings():
    ours = []
    for table in utility.TABLES:
        kinds = [row.kind for row in table.rows]
        assert kinds.count("private") == 18
        assert set(kinds) > {
            *("real", "non_private", "public_only", "public_records")
        }
        assert len({row.name for row in table.rows}) == len(table.rows)
        for row in table.rows:
            if "_alone_" in row.name and "paper" not in row.name:
                ours.append(
                    recipes.change(
                        row.recipe,
                        {
                            "data.source": "",
                            "budget.target_epsilon": 1.0,
                            "steps.expected_batch_size": 512,
                            "steps.num_steps": 999,
                            "summary.guide_steps": 100,
                        },
                    )
                )
    assert len(ours) == 12 and len(set(ours)) == 1


def test_our_rows_and_those_without_privacy_have_both_ends_of_one_run():
    for table in utility.TABLES:
        rows = {row.name: row for row in table.rows}
        shared = [row for row in table.rows if row.run]
        assert len(shared) == 8
        for row in shared:
            first = rows[row.run]
            assert row.name == f"{first.name}_varied"
            assert (first.variety, row.variety) == (1.0, 1.5)
            assert row.variety == row.recipe.scoring.variety
            assert (row.recipe, row.kind) == (first.recipe, first.kind)
            assert row.title == f"{first.title}, variety 1.5"
            names = list(rows)
            assert names.index(row.name) == names.index(first.name) + 1
        alone = {
            row.name
            for row in table.rows
            if row.name not in {one.run for one in shared} and not row.run
        }
        assert all("paper" in n or "real" in n or "public" in n for n in alone)
