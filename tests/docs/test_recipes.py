"""What the page on recipes says of recipes from facts is what they are."""

import dataclasses

import pytest

from dpgan_tf.run import auto
from dpgan_tf.run import public_facts
from tests.docs import pages

_DIGITS = public_facts.Facts(
    source="mnist", shape=(28, 28, 1), num_records=60_000, num_classes=10
)
_COLOUR = public_facts.Facts(source="x", shape=(32, 32, 3), num_records=50_000)


def _row(beginning):
    text = (pages.DOCS / "recipes.md").read_text()
    (row,) = [line for line in text.split("\n") if line.startswith(beginning)]
    return row


@pytest.mark.parametrize(
    ("beginning", "epsilon"),
    [("| 60,000 of 28 x 28 x 1", 4.0), ("| the same at epsilon 1", 1.0)],
)
def test_digits_have_what_the_table_says(beginning, epsilon):
    facts = dataclasses.replace(_DIGITS, epsilon=epsilon)
    recipe, row = auto.recipe("auto", facts), _row(beginning)
    summary, steps = recipe.summary, recipe.steps
    assert f"{summary.feature_directions} directions" in row
    assert f"guide of {summary.guide_steps} steps" in row
    batch = f"{steps.expected_batch_size:,}"
    assert f"{steps.num_steps:,} steps of {batch}" in row


def test_pictures_without_labels_have_what_the_table_says():
    summary = auto.recipe("auto", _COLOUR).summary
    row = _row("| 50,000 of 32 x 32 x 3")
    assert f"moments of {summary.side} x {summary.side} x 3" in row
    assert f"{summary.feature_directions} directions" in row
    assert not summary.guide_steps and "no guide" in row


def test_few_pictures_have_what_the_table_says():
    facts = dataclasses.replace(_COLOUR, num_records=1_400, num_classes=3)
    recipe = auto.recipe("auto", facts)
    assert not recipe.has_features
    assert recipe.steps.num_steps == recipe.steps.num_critic_steps
    assert "moments alone, one round" in _row("| 1,400 of 32 x 32 x 3")
