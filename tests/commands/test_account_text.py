"""Prices as text: rounded so that no number promises too much."""

import math

import pytest

from dpgan_tf.commands import account_text
from dpgan_tf.papers import paper_prices


@pytest.mark.parametrize(
    ("epsilon", "shown"),
    [
        (math.inf, "none known"),
        (0.0, "< 0.000001"),
        (1.0000001, "1.000001"),
        (2.5, "2.500000"),
    ],
)
def test_epsilon_is_rounded_up_or_said_in_words(epsilon, shown):
    assert account_text._priced(epsilon).startswith(shown)


def test_a_table_has_a_line_for_each_setting():
    report = paper_prices.table_7()
    lines = account_text.of_table_7(report).split("\n")
    assert len(lines) == 4 + len(report["rows"])
    assert report["warning"] in lines[0]
