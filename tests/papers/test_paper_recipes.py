import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.papers import paper_recipes


@pytest.mark.parametrize(
    ("name", "grouping", "clipping", "is_warm"),
    [
        ("mnist_none", "single", "fixed", False),
        ("mnist_s1", "weight_bias", "fixed", False),
        ("mnist_s3", "single", "adaptive", False),
        ("mnist_s1_s3", "weight_bias", "adaptive", False),
        ("mnist_s2_s3", "clustered", "adaptive", False),
        ("mnist_s1_s3_s4", "weight_bias", "adaptive", True),
    ],
)
def test_the_rows_of_table_8_differ_in_their_strategies_alone(
    name, grouping, clipping, is_warm
):
    assert paper_recipes.get(name) == recipes.change(
        presets.get("mnist"),
        {
            "name": name,
            "grouping": grouping,
            "clipping": clipping,
            "warm_start.num_steps": 300 if is_warm else 0,
        },
    )


def test_every_row_carries_its_name():
    for name in paper_recipes._RECIPES:
        assert paper_recipes.get(name).name == name


def test_a_preset_is_found_too_and_nothing_else():
    assert paper_recipes.get("mnist") == presets.get("mnist")
    with pytest.raises(errors.ConfigError, match="unknown preset"):
        paper_recipes.get("mnist_s9")
