"""Prices as text: rounded so that no number promises too much."""

import math

import pytest

from dpgan_tf.claim import pricing
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


def _report(noise_multiplier=2.0):
    run = pricing.Run(
        num_examples=1_000,
        batch_size=20,
        num_groups=1,
        delta=1e-5,
        accountant="rdp",
    )
    solved = {"noise_multiplier": noise_multiplier, "num_steps": 10}
    report = pricing.price(run, **solved)
    report["group"] = pricing.of_group(run, **solved, num_records=3)
    return report


def test_the_risk_of_a_record_and_of_several_is_shown():
    text = account_text.of_run(_report())
    one, several = text.split("epsilon of 3 records, PLD")
    assert "Risk of one record, by PLD:\nfound at 0.1% false alarms" in one
    assert "epsilon of them, RDP         not available: RDP has no" in several
    assert "Risk of 3 records together, by PLD:" in several
    assert text.count("odds change at most by") == 2


def test_a_risk_without_a_distribution_says_where_it_is_from():
    text = account_text.of_run(_report(noise_multiplier=1e-4))
    assert text.count("(PLD has none: from one epsilon and delta") == 2
    assert "mu                           none known" in text
