"""Tables of utility: every rival, one set of settings."""

from dpgan_tf.config import recipe as recipes
from dpgan_tf.papers import utility


def test_tables_of_utility_have_every_rival_and_one_set_of_settings():
    ours = []
    for table in utility.TABLES:
        kinds = [row.kind for row in table.rows]
        assert kinds.count("private") == 12
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
    assert len(ours) == 6 and len(set(ours)) == 1


def test_gans_without_privacy_stand_beside_ours_scaled_and_not():
    rows = {row.name: row for row in utility.TABLES[0].rows}
    for kind in ("non_private", "public_only"):
        scaled = rows[f"mnist_utility_{kind}"]
        unscaled = rows[f"mnist_utility_{kind}_unscaled"]
        assert scaled.recipe.networks.latent_scale == (
            rows["mnist_alone_1"].recipe.networks.latent_scale
        )
        assert unscaled.recipe == recipes.change(
            scaled.recipe, {"networks.latent_scale": 1.0}
        )
        assert "x 1.5" in scaled.title and "x 1" in unscaled.title
