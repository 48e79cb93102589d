"""Configurations: what they refuse, and how they travel as text."""

import dataclasses
import os

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text

BASE = presets.get("mnist_quick")


@pytest.mark.parametrize(
    "name, value",
    [
        ("target_epsilon", 0.0),
        ("target_epsilon", float("nan")),
        ("target_epsilon", float("inf")),
        ("target_delta", 1 / 58_800),
        ("target_delta", 0.0),
        ("noise_multiplier", 0.0),
        ("noise_multiplier", -1.0),
        ("expected_batch_size", 58_801),
        ("expected_batch_size", 0),
        ("num_steps", 0),
        ("num_steps", 2.5),
        ("num_steps", True),
        ("chunk_size", -1),
        ("chunk_size", 4_097),
        ("public_fraction", 1.0),
        ("public_fraction", -0.1),
        ("adam_beta_1", 1.0),
        ("generator_ema_decay", 1.0),
        ("grouping", "fancy"),
        ("clipping", "none"),
        ("accountant", "moments"),
        ("noise_multiplier", "big"),
        ("noise_seed", 1.5),
        ("dataset", 7),
        ("preset", "mnist\x1b[2J"),
        ("preset", "../../x"),
        ("preset", ""),
        ("preset", "mnist\n"),
        ("preset", "Mnist"),
        ("preset", "m\u0131nist"),
        ("preset", "a" * 101),
    ],
)
def test_a_value_that_cannot_be_used_raises_and_is_named(name, value):
    with pytest.raises(errors.ConfigError, match=name):
        recipes.change(BASE, {**{name: value}})


def test_a_preset_that_is_no_name_is_shown_without_its_escapes():
    with pytest.raises(errors.ConfigError, match=r"x1b.*letters a-z"):
        recipes.change(BASE, {"name": "mnist\x1b[2J"})


@pytest.mark.parametrize(
    "name, value",
    [
        ("latent_dim", 1_000_000_000),
        ("generator_width", 100_000_000),
        ("critic_width", 100_000_000),
        ("critic_width", 65_536),
        ("num_classes", 10**9),
        ("num_groups", 10**6),
        ("num_critic_steps", 10**9),
        ("warm_start_critic_steps", 10**9),
        ("warm_start_batch_size", 10**9),
        ("public_batch_size", 10**9),
        ("summary_batch_size", 10**9),
        ("draws_per_record", 10**9),
        ("largest_shift", 10**9),
        ("summary_side", 10_000),
        ("num_surrogates", 10**12),
        ("feature_directions", 10**9),
        ("num_score_samples", 10**15),
    ],
)
def test_a_size_that_no_memory_holds_is_refused_with_its_bound(name, value):
    with pytest.raises(errors.ConfigError, match=rf"^{name}=.*at most [\d,]+,"):
        recipes.change(BASE, {**{name: value}})


def test_a_batch_that_no_memory_holds_is_refused_with_its_bound():
    with pytest.raises(errors.ConfigError, match="expected at most 1,048,576"):
        recipes.change(
            BASE,
            {
                "data.num_private_examples": 10**9,
                "budget.target_delta": 1e-10,
                "steps.expected_batch_size": 10**8,
            },
        )


def test_without_public_records_nothing_may_need_them():
    with pytest.raises(errors.ConfigError, match="public_fraction"):
        recipes.change(BASE, {"data.public_fraction": 0.0})
    recipes.change(
        BASE,
        {
            "data.public_fraction": 0.0,
            "clipping": "fixed",
            "warm_start.num_steps": 0,
        },
    )


def test_a_decoupled_loss_refuses_what_has_no_effect_on_it():
    decoupled = recipes.change(BASE, {"loss": "decoupled"})
    with pytest.raises(errors.ConfigError, match="decoupled"):
        recipes.change(decoupled, {"loss.draws_per_record": 2})


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"loss.objective": "bce", "loss": "wasserstein"}, "objective"),
        ({"loss.objective": "least_squares"}, "objective"),
        ({"critic_accuracy": 0.6}, "critic_accuracy"),
        ({"critic_accuracy": 1.0, "loss.objective": "bce"}, "critic_accuracy"),
        ({"learning_rate_decay": "sometimes"}, "learning_rate_decay"),
        ({"summary": "class_moments", "data.public_fraction": 0.0}, "summary"),
        ({"summary": "class_moments", "networks.conditional": True}, "summary"),
        ({"summary.side": 0}, "summary_side"),
        ({"largest_shift": 1}, "largest_shift"),
        ({"networks.latent_scale": 0.0}, "latent_scale"),
        (
            {
                "networks.conditional": True,
                "data.public_fraction": 0.0,
                "summary": "class_moments",
                "warm_start.num_steps": 0,
            },
            "summary",
        ),
        (
            {
                "critic_accuracy": 0.6,
                "loss.objective": "bce",
                "loss": "decoupled",
                "learning_rate_decay": "linear",
            },
            "learning_rate_decay",
        ),
        (
            {"networks.latent_scale": 2.0, "summary": "marginals"},
            "latent_scale",
        ),
        ({"summary_epsilon_limit": 0.0}, "summary_epsilon_limit"),
        ({"summary.guide_share": 0.75}, "guide_share"),
        ({"summary.feature_products": 801}, "feature_products"),
        ({"summary.guide_steps": 0}, "guide_steps"),
        (
            {
                "networks.conditional": True,
                "data.public_fraction": 0.0,
                "summary": "class_features",
                "summary.fit_steps": 0,
            },
            "summary_fit_steps",
        ),
        (
            {
                "networks.conditional": True,
                "data.public_fraction": 0.0,
                "summary": "class_moments",
                "summary.num_surrogates": 63,
            },
            "num_surrogates",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(changes, name):
    with pytest.raises(errors.ConfigError, match=f"^{name}="):
        recipes.change(BASE, {**{"clipping": "fixed"} | changes})


def test_records_of_a_summary_stand_for_public_ones():
    settings = recipes.change(
        BASE,
        {
            "networks.conditional": True,
            "summary": "class_moments",
            "data.public_fraction": 0.0,
        },
    )
    assert settings.has_surrogates and settings.warm_start_steps


def test_beside_public_records_a_summary_has_no_surrogates_and_needs_no_fit():
    settings = recipes.change(
        BASE,
        {
            "networks.conditional": True,
            "summary": "class_features",
            "summary.fit_steps": 0,
        },
    )
    assert settings.summarizes_classes and not settings.has_surrogates


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
def test_the_presets_of_table_8_differ_in_their_strategies_alone(
    name, grouping, clipping, is_warm
):
    settings = presets.get(name)
    assert settings == recipes.change(
        presets.get("mnist"),
        {
            "name": name,
            "grouping": grouping,
            "clipping": clipping,
            "warm_start.num_steps": 300 if is_warm else 0,
        },
    )


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
        },
    )
    assert changed.steps.num_steps == 12
    assert changed.budget.target_epsilon == 2.0
    assert changed.budget.noise_multiplier == 1.5
    assert changed.budget.noise_seed is None
    assert changed.data.source == "records.npz"
    assert changed.steps.jit_compile is True


@pytest.mark.parametrize(
    "assignment, message",
    [
        ({"num_step": "3"}, "did you mean num_steps"),
        ({"qqq": "3"}, "unknown configuration key 'qqq'"),
        ({"steps.num_steps": "many"}, "num_steps=many"),
        ({"steps.num_steps": "none"}, "num_steps=none"),
        ({"steps.jit_compile": "maybe"}, "jit_compile=maybe"),
    ],
)
def test_text_that_cannot_be_read_is_one_clear_error(assignment, message):
    with pytest.raises(errors.ConfigError, match=message):
        config_text.change(BASE, assignment)


def test_json_gives_the_same_configuration_back():
    assert config_text.from_json(BASE.to_json()) == BASE


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"preset": "x"}', '{"presett": "x"}', "{"]
)
def test_json_that_is_no_configuration_raises(text):
    with pytest.raises(errors.ConfigError):
        config_text.from_json(text)


def test_the_digest_changes_with_every_field():
    other = recipes.change(BASE, {"data.split_seed": 1})
    assert BASE.digest() != other.digest()
    assert BASE.digest() == config_text.from_json(BASE.to_json()).digest()


def test_every_field_is_explained():
    names = [field.name for field in dataclasses.fields(recipes.Recipe)]
    meanings = config_text.describe()
    assert list(meanings) == names
    assert all(len(meaning) > 10 for meaning in meanings.values())


def test_the_sampling_probability_is_m_over_the_declared_n():
    assert presets.get("dpgan_mnist").sampling_probability == 64 / 58_800


def test_presets_carry_their_own_names_and_the_numbers_of_table_1():
    for name in presets.names():
        assert presets.get(name).name == name
    paper = presets.get("dpgan_mnist")
    assert (paper.critic_learning_rate, paper.adam_beta_1) == (0.002, 0.5)
    assert (paper.target_epsilon, paper.target_delta) == (4.0, 1e-5)
    assert (paper.num_groups, paper.warm_start_steps) == (5, 300)
    assert (paper.num_critic_steps, paper.expected_batch_size) == (4, 64)
    assert paper.gradient_penalty_weight == 10.0


def test_an_unknown_preset_is_answered_with_the_nearest():
    with pytest.raises(errors.ConfigError, match="did you mean mnist"):
        presets.get("mnits")


def test_a_path_that_config_json_cannot_hold_is_refused():
    with pytest.raises(errors.ConfigError, match="UTF-8"):
        config_text.change(
            presets.get("mnist"), {"data.source": os.fsdecode(b"d\xff.npz")}
        )
