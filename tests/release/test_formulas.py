"""No text begins a formula."""

import pytest

from dpgan_tf.release import formulas


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "="]
)
def test_a_formula_is_escaped(text):
    assert formulas.escaped(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-1", "'=1", " =1"])
def test_another_text_stays_as_it_is(text):
    assert formulas.escaped(text) == text
