"""What could not be computed is refused before anything is charged."""

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import budgets

FEATURES = recipes.change(
    presets.get("mnist_surrogate"), {"summary.num_surrogates": 128}
)
MOMENTS = recipes.change(FEATURES, {"summary": "class_moments"})


def test_a_summary_of_another_kind_of_data_is_refused():
    with pytest.raises(errors.ConfigError, match="summary=class_moments"):
        budgets.build_budget(MOMENTS, records.Form((20,), 1))


@pytest.mark.parametrize(
    ("shape", "changes", "name"),
    [
        ((28, 28, 1), {"summary.side": 29}, "summary.side=29"),
        (
            (256, 256, 3),
            {"summary.num_surrogates": 20_000},
            "summary.num_surrogates=20000",
        ),
    ],
)
def test_what_images_do_not_allow_is_refused(shape, changes, name):
    form = records.Form(shape, num_classes=10)
    with pytest.raises(errors.ConfigError, match=name):
        budgets.build_budget(recipes.change(MOMENTS, changes), form)


def _chosen(**changes):
    return recipes.change(
        presets.get("dpgan_ehr"), {"summary": "chosen"} | changes
    )


def test_pairs_are_chosen_of_a_schemas_columns_only():
    with pytest.raises(errors.ConfigError, match="without a schema"):
        budgets.build_budget(_chosen(), records.Form((6,), 1))


def test_no_more_pairs_are_chosen_than_there_are():
    form = records.Form((6,), 1, blocks=(2, 1, 3))
    found = budgets.build_budget(_chosen(**{"summary.num_pairs": 3}), form)
    assert len(found.summary_noise_multipliers) == 1 + 2 * 3
    with pytest.raises(errors.ConfigError, match="summary.num_pairs=4.*most 3"):
        budgets.build_budget(_chosen(**{"summary.num_pairs": 4}), form)


def test_each_class_needs_a_surrogate():
    form = records.Form((28, 28, 1), num_classes=129)
    with pytest.raises(errors.ConfigError, match="summary.num_surrogates=128"):
        budgets.build_budget(MOMENTS, form)


def test_moments_too_many_for_memory_are_refused():
    form = records.Form((256, 256, 3), num_classes=1_000)
    large = recipes.change(
        MOMENTS, {"summary.side": 64, "summary.num_surrogates": 1_000}
    )
    with pytest.raises(errors.ConfigError, match="summary.side=64"):
        budgets.build_budget(large, form)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        (
            {"summary.feature_directions": 10**8},
            "summary.feature_directions=100000000",
        ),
        (
            {
                "summary.feature_directions": 16_384,
                "data.num_private_examples": 6_000_000,
                "budget.target_delta": 1e-8,
            },
            "summary.feature_directions=16384",
        ),
        ({"summary.fit_batch_size": 18}, "summary.fit_batch_size=18"),
    ],
)
def test_what_would_fail_after_the_charge_is_refused_before(changes, name):
    with pytest.raises(errors.ConfigError, match=name):
        budgets.build_budget(recipes.change(FEATURES, changes))


@pytest.mark.parametrize("shape", [(64, 64, 3), (128, 128, 1), (200, 256, 3)])
def test_images_of_any_size_and_colour_have_features(shape):
    form = records.Form(shape, num_classes=10)
    small = recipes.change(FEATURES, {"summary.side": 8})
    assert budgets.build_budget(small, form).max_steps > 0
