import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import learning
from dpgan_tf.config.parts import privacy


def test_a_kind_is_told_by_its_exact_class():
    assert kinds.kind_of("loss", learning.WeightBox()) == "weight_box"
    assert kinds.kind_of("loss", learning.PPGAN()) == "ppgan"
    assert kinds.kind_of("budget", None) == "none"
    assert kinds.kind_of("data", learning.Data(num_private_examples=1)) == ""


def test_every_key_reads_a_setting_or_a_kind():
    recipe = presets.get("mnist")
    found = kinds.flat(recipe)
    assert found["loss"] == "wgan_gp" and found["summary"] == "none"
    assert found["steps.num_steps"] == 5_000
    assert "summary.share" not in found
    for key, value in found.items():
        assert kinds.get(recipe, key) == value
    assert kinds.get(recipe, "summary.share") is None


@pytest.mark.parametrize(
    ("part", "kind", "fields", "said"),
    [
        ("loss", "fancy", {}, "loss=fancy; expected one of"),
        ("loss", "decoupled", {"weight_clip": 1.0}, "loss.weight_clip: .*dec"),
        ("clipping", "fixed", {"norm": 0.0}, r"^clipping.norm=0.0; expected >"),
        ("steps", "", {}, "steps: .*num_steps"),
        ("summary", "none", {"share": 0.5}, "summary.share: .*none"),
    ],
)
def test_a_part_that_cannot_be_is_refused_by_its_key(part, kind, fields, said):
    with pytest.raises(errors.ConfigError, match=said):
        kinds.build(part, kind, fields)


def test_another_kind_keeps_the_settings_that_both_have():
    before = privacy.Clustered(num_groups=7)
    after = kinds.build("grouping", "weight_bias_clustered", {}, before)
    assert after == privacy.WeightBiasClustered(num_groups=7)
    assert kinds.build("grouping", "single", {}, before) == privacy.Single()


def test_a_value_is_checked_by_its_key():
    kinds.require("steps.num_steps", 4)
    with pytest.raises(errors.ConfigError, match="num_steps=0"):
        kinds.require("steps.num_steps", 0)
