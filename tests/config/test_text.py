"""Recipes as text: JSON, command lines, explanations."""

import os

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import kinds

BASE = presets.get("mnist_quick")


def test_text_is_read_as_the_type_of_its_field():
    changed = config_text.change(
        BASE,
        {
            "steps.num_steps": "12",
            "budget.target_epsilon": "2",
            "budget.noise_multiplier": "1.5",
            "budget.noise_seed": "none",
            "data.source": "records.npz",
            "steps.jit_compile": "True",
            "loss": "decoupled",
        },
    )
    assert changed.steps.num_steps == 12
    assert changed.budget.target_epsilon == 2.0
    assert changed.budget.noise_multiplier == 1.5
    assert changed.budget.noise_seed is None
    assert changed.data.source == "records.npz"
    assert changed.steps.jit_compile is True
    assert kinds.kind_of("loss", changed.loss) == "decoupled"


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ({"num_steps": "3"}, r"did you mean .*or steps\.num_steps\?"),
        ({"chunk_sise": "3"}, r"did you mean steps\.chunk_size\?"),
        ({"step.num_steps": "3"}, r"did you mean steps\.num_steps\?"),
        ({"clippin": "fixed"}, r"did you mean clipping\?"),
        ({"qqq": "3"}, "unknown setting 'qqq'; `presets --settings` lists"),
        ({"steps.num_steps": "many"}, "num_steps=many; expected .* int"),
        ({"steps.num_steps": "none"}, "num_steps=none"),
        ({"steps.jit_compile": "maybe"}, "jit_compile=maybe"),
        ({"clipping": "quantile"}, r"clipping=quantile; expected one of"),
        ({"clipping.norm": "2"}, r"clipping.norm: .* of kind adaptive"),
    ],
)
def test_text_that_cannot_be_read_is_one_clear_error(assignment, message):
    with pytest.raises(errors.ConfigError, match=message):
        config_text.change(BASE, assignment)


@pytest.mark.parametrize("name", presets.names())
def test_json_gives_the_same_recipe_back(name):
    recipe = presets.get(name)
    again = config_text.from_json(recipe.to_json())
    assert again == recipe and again.digest() == recipe.digest()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a configuration"),
        ("[1]", "not a configuration"),
        ("{", "not a configuration"),
        ('{"preset": "x", "num_steps": 3}', "cannot continue; train again"),
        ('{"presett": "x"}', "'presett' is unknown|is missing"),
        (BASE.to_json().replace('"name": "mnist_quick"', '"name": 3'), "name"),
        (BASE.to_json().replace('"kind": "adaptive"', '"kind": []'), "kind"),
        (BASE.to_json().replace('"kind": "adaptive"', '"kind": ""'), "clip"),
        (BASE.to_json().replace('"num_steps": 60', '"num_steps": "x"'), "int"),
        (BASE.to_json().replace('"num_steps": 60', '"steps": 60'), "no such"),
    ],
)
def test_json_that_is_no_recipe_raises(text, said):
    with pytest.raises(errors.ConfigError, match=said):
        config_text.from_json(text)


def test_a_source_that_json_cannot_hold_is_refused():
    with pytest.raises(errors.ConfigError, match="UTF-8"):
        config_text.change(
            presets.get("mnist"), {"data.source": os.fsdecode(b"d\xff.npz")}
        )


def test_every_setting_and_every_part_with_kinds_is_explained():
    explained = {item.key: item for item in config_text.explain()}
    keys = [key for key, _ in kinds.settings()]
    assert set(explained) == {"name", *kinds.KINDS, *keys}
    for part, classes in kinds.KINDS.items():
        for kind in classes:
            assert f"{kind}:" in explained[part].meaning
    assert explained["steps.num_steps"].expected == "> 0"


def test_an_explanation_comes_after_its_part():
    keys = [item.key for item in config_text.explain()]
    assert keys.index("loss") < keys.index("loss.objective")


def test_change_is_the_typed_change_of_what_the_texts_mean():
    assert config_text.change(
        BASE, {"summary": "none", "steps.num_steps": "40"}
    ) == recipes.change(BASE, {"steps.num_steps": 40})
