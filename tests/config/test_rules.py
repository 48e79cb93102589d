"""What parts of a recipe must be to each other."""

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes

BASE = presets.get("mnist_quick")
ALONE = {
    "networks.conditional": True,
    "data.public_fraction": 0.0,
    "clipping": "fixed",
    "warm_start.num_steps": 0,
}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"steps.expected_batch_size": 58_801}, "steps.expected_batch_size"),
        ({"budget.target_delta": 1 / 58_800}, "budget.target_delta"),
        ({"steps.num_steps": 61}, "steps.num_steps"),
        ({"data.public_fraction": 0.0}, "data.public_fraction"),
        (
            {"data.public_fraction": 0.0, "clipping": "fixed"},
            "data.public_fraction",
        ),
        ({"loss": "weight_box"}, "clipping"),
        ({"loss": "ppgan"}, "clipping"),
        ({"summary": "class_features"}, "summary.guide_steps"),
        (
            {"summary": "class_moments", "networks.conditional": True},
            "summary",
        ),
        (ALONE | {"summary": "class_moments"}, "summary"),
        (
            ALONE
            | {
                "networks.conditional": False,
                "summary": "class_features",
                "summary.guide_steps": 1,
            },
            "summary.guide_steps",
        ),
        (
            ALONE
            | {
                "summary": "class_moments",
                "warm_start.num_steps": 1,
                "summary.num_surrogates": 63,
            },
            "summary.num_surrogates",
        ),
        (
            ALONE | {"summary": "class_features", "summary.fit_steps": 0},
            "summary.fit_steps",
        ),
        (
            {"scoring.variety": 2.0, "summary": "marginals"},
            "scoring.variety",
        ),
        (
            {"scoring.variety": 2.0, "data.schema": "{"},
            "scoring.variety",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_by_its_key(changes, key):
    with pytest.raises(errors.ConfigError, match=rf"^{key}="):
        recipes.change(BASE, changes)


@pytest.mark.parametrize(
    "name",
    [
        *("mnist\x1b[2J", "../../x", "", "mnist\n", "Mnist", "m\u0131nist"),
        "a" * 101,
    ],
)
def test_a_name_is_of_few_letters_and_shown_without_escapes(name):
    with pytest.raises(errors.ConfigError, match="letters a-z") as error:
        recipes.change(BASE, {"name": name})
    assert "\x1b" not in str(error.value)


def test_without_public_records_nothing_may_need_them():
    changed = recipes.change(BASE, ALONE)
    assert not changed.has_surrogates


def test_records_of_a_summary_stand_for_public_ones():
    changed = recipes.change(
        BASE,
        {
            "networks.conditional": True,
            "summary": "class_moments",
            "data.public_fraction": 0.0,
        },
    )
    assert changed.has_surrogates and changed.warm_start.num_steps


def test_beside_public_records_a_summary_has_no_surrogates_and_needs_no_fit():
    changed = recipes.change(
        BASE,
        {
            "networks.conditional": True,
            "summary": "class_features",
            "summary.fit_steps": 0,
        },
    )
    assert changed.has_features and not changed.has_surrogates
