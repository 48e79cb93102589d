"""Variety is a number in a range, and a knob of images alone."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.claim import variety


@pytest.mark.parametrize("value", [1, 1.5, 4, 1e-9, np.float32(0.5)])
def test_positive_numbers_up_to_four_are_allowed(value):
    variety.require(value, is_table=False)


@pytest.mark.parametrize(
    "value",
    [
        *(float("nan"), float("inf"), -float("inf"), 0, 0.0, -1.5, 4.001),
        *(1e300, 10**400, "1.5", "much\x1b[2J", None, [1.5], np.ones(2)),
    ],
)
def test_other_values_are_named_in_one_line(value):
    with pytest.raises(errors.UserError) as raised:
        variety.require(value, is_table=False)
    said = str(raised.value)
    assert said.startswith("variety=") and said.isprintable()
    assert said.endswith("expected a number > 0 and at most 4.")


def test_rows_have_none():
    variety.require(1.0, is_table=True)
    with pytest.raises(errors.UserError, match="variety=1.5: is a knob of ima"):
        variety.require(1.5, is_table=True)


def test_a_card_names_the_value_that_teaches_best():
    facts = [("scoring.variety", "1.3")]
    assert variety.best_of(facts) == 1.3
    said = variety.words(1.3)
    assert "its recipe names variety 1.3 as the best" in said
    assert "dpgan generate --variety=1.3" in said
    assert "variety=tf.constant(1.3)" in variety.lines(1.3)


def test_a_card_shows_how_even_where_no_value_is_named():
    assert variety.best_of([]) == 1
    assert "Its recipe names no other value." in variety.words(1.0)
    assert "--variety=1.5" in variety.words(1.0)
    assert "variety=tf.constant(1.5)" in variety.lines(1.0)
