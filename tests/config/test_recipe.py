import json

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import learning

BASE = presets.get("mnist_quick")


def test_a_kind_and_its_settings_change_together():
    changed = recipes.change(
        BASE, {"loss.weight_clip": 0.1, "loss": "ppgan", "clipping": "fixed"}
    )
    assert changed.loss == learning.PPGAN(weight_clip=0.1)
    assert changed.data == BASE.data


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"qqq": 1}, "unknown setting 'qqq'"),
        ({"steps.qqq": 1}, "steps.qqq: part steps has no such setting"),
        ({"steps": "fast"}, "unknown setting 'steps'"),
        ({"loss.draws_per_record": 2, "loss": "decoupled"}, "kind decoupled"),
        ({"budget": "none", "budget.target_epsilon": 1.0}, "kind none"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(changes, said):
    with pytest.raises(errors.ConfigError, match=said):
        recipes.change(BASE, changes)


def test_without_a_budget_nothing_is_released():
    without = recipes.change(BASE, {"budget": "none"})
    with pytest.raises(errors.ConfigError, match="--set budget=dp"):
        without.require_budget()
    # The remedy works.
    again = recipes.change(without, {"budget": "dp"})
    assert again.require_budget().target_epsilon == 4.0
    assert BASE.require_budget().target_epsilon == 4.0


def test_json_is_nested_and_names_the_kinds():
    values = json.loads(BASE.to_json())
    assert set(values) == {"name", *kinds.PARTS}
    assert values["clipping"]["kind"] == "adaptive"
    assert values["summary"] == {"kind": "none"}
    assert "kind" not in values["steps"]


NO_PUBLIC = {"clipping": "fixed", "warm_start.num_steps": 0}


def test_a_recipe_of_before_a_setting_has_the_same_json_and_goes_on():
    values = json.loads(BASE.to_json())
    assert set(values["data"]) == {
        *("source", "public_fraction", "split_seed"),
        *("num_private_examples", "num_classes"),
    }
    assert text.from_json(BASE.to_json()) == BASE
    named = recipes.change(BASE, {"data.title": "Scans"})
    assert json.loads(named.to_json())["data"]["title"] == "Scans"
    assert text.from_json(named.to_json()) == named
    assert "precision" not in values["networks"]
    assert "target" not in values["scoring"]
    rounded = recipes.change(BASE, {"networks.precision": "bfloat16"})
    assert text.from_json(rounded.to_json()) == rounded


@pytest.mark.parametrize(
    "key",
    sorted(set(kinds.flat(BASE)) - {"data.public_source", "data.outside"}),
)
def test_the_digest_changes_with_every_setting(key):
    value = kinds.flat(BASE)[key]
    others = {
        "loss": "decoupled",
        "optimizer": "rmsprop",
        "clipping": "fixed",
        "grouping": "single",
        "summary": "pairs",
        "budget": "none",
        "data.source": "fashion_mnist",
        "data.num_classes": 3,
        "networks.generator": "resized",
        "networks.precision": "bfloat16",
        "data.unit_column": "patient",
        "data.schema": "{}",
        "data.title": "scans",
        "data.purpose": "teaching",
        "data.contact": "data@example.org",
        "data.licence": "CC BY 4.0",
        "loss.objective": "bce",
        "scoring.target": "died",
        "steps.engine": "ghost",
        "budget.accountant": "pld",
        "budget.noise_multiplier": 1.0,
        "budget.noise_seed": 1,
        "budget.target_delta": 1e-6,
        "data.num_private_examples": 50_000,
        "steps.num_critic_steps": 2,
        "name": "other",
    }
    other = others.get(key)
    if other is None:
        other = not value if isinstance(value, bool) else value / 2
        if isinstance(value, int) and not isinstance(value, bool):
            other = 2 * value or 1
    changed = recipes.change(BASE, {key: other})
    assert changed.digest() != BASE.digest()


def test_a_schema_is_all_that_is_said_of_its_table():
    declared = recipes.change(BASE, {"data.schema": "{}"})
    clipped = recipes.change(declared, {"data.outside": "clip"})
    assert clipped.digest() != declared.digest()
    for changes in (
        {"data.unit_column": "patient"},
        {"data.largest_count": 3},
        {"data.schema": "", "data.outside": "clip"},
        {"data.schema": "schema.json"},
        {"data.outside": "nearest"},
    ):
        with pytest.raises(
            errors.ConfigError, match=next(reversed(changes))[5:]
        ):
            recipes.change(declared, changes)


def test_public_records_come_from_a_split_or_from_a_source_of_their_own():
    split_off = {"data.public_fraction": 0.02}
    separate = {"data.public_fraction": 0.0, "data.public_source": "public.npz"}
    changed = recipes.change(BASE, separate)
    assert changed.has_public and recipes.change(BASE, split_off).has_public
    assert not recipes.change(
        BASE, separate | NO_PUBLIC | {"data.public_source": ""}
    ).has_public
    with pytest.raises(errors.ConfigError, match="public_source=public.npz"):
        recipes.change(BASE, separate | split_off)


def test_a_public_source_changes_the_digest():
    first, second = (
        recipes.change(
            BASE, {"data.public_fraction": 0.0, "data.public_source": name}
        )
        for name in ("a.npz", "b.npz")
    )
    assert first.digest() != second.digest()


def test_the_sampling_probability_is_m_over_the_declared_n():
    assert presets.get("dpgan_mnist").sampling_probability == 64 / 58_800


def test_the_most_public_records_of_a_step_are_those_of_its_largest_batch():
    few = recipes.change(BASE, {"clipping.batch_size": 3})
    assert few.most_public == BASE.steps.generator_batch_size
    many = recipes.change(BASE, {"clipping.batch_size": 1_000})
    assert many.most_public == 1_000
