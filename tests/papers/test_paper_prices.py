"""The papers' accounting, beside what their settings cost."""

import math

import pytest

from dpgan_tf.claim import pricing
from dpgan_tf.papers import legacy_accounting
from dpgan_tf.papers import paper_prices


@pytest.fixture(scope="module")
def table():
    return paper_prices.table_7()


def test_every_row_of_table_7_has_the_papers_iterations(table):
    assert table["warning"].startswith("UNSOUND")
    found = [(row["dataset"], row["num_groups"]) for row in table["rows"]]
    assert found == [
        (row.dataset, row.num_terms) for row in legacy_accounting.TABLE_7
    ]
    for row in table["rows"]:
        assert row["legacy_iterations"] == row["paper_iterations"]
        assert row["critic_steps"] == 4 * row["paper_iterations"]
        exact = row["legacy_iterations_exact"]
        assert 0 <= row["legacy_iterations"] - exact < 10


def test_the_true_price_of_table_7_is_that_of_one_joint_release(table):
    """k groups of sigma are one of sigma / sqrt(k)."""
    row = table["rows"][0]
    joint = row["noise_multiplier"] / math.sqrt(row["num_groups"])
    assert row["effective_noise_multiplier"] == pytest.approx(joint)
    single = pricing.price(
        pricing.Run(
            num_examples=49_000,
            batch_size=256,
            num_groups=1,
            delta=1e-5,
            accountant="rdp",
        ),
        noise_multiplier=row["effective_noise_multiplier"],
        num_steps=row["critic_steps"],
    )
    assert row["true_epsilon"] == single["epsilon"]
    assert row["true_epsilon"]["pld"] > 3 * row["claimed_epsilon"]


def test_a_legacy_price_is_marked_and_never_above_the_true_one():
    report = pricing.price(
        pricing.Run(
            num_examples=50_000,
            batch_size=250,
            num_groups=4,
            delta=1e-5,
            accountant="rdp",
        ),
        noise_multiplier=3.0,
        num_steps=100,
    )
    found = paper_prices.legacy(report)
    assert found["sound"] is False
    assert found["warning"] == legacy_accounting.WARNING
    assert found["epsilon"] == legacy_accounting.legacy_epsilon(
        sampling_probability=0.005,
        noise_multiplier=3.0,
        num_groups=4,
        num_steps=100,
        delta=1e-5,
    )


def test_equation_21_is_too_little_noise_even_for_one_iteration():
    """2 q sqrt(n_d log(1 / delta)) / epsilon by hand: .0162 / epsilon."""
    report = paper_prices.ppgan_eq21()
    assert report["setting"] == paper_prices.PPGAN_SETTING
    assert report["warning"] == legacy_accounting.PPGAN_WARNING
    assert [row["claimed_epsilon"] for row in report["rows"]] == [20, 10, 5]
    for row in report["rows"]:
        assert row["sigma"] * row["claimed_epsilon"] == pytest.approx(
            0.0161859, rel=1e-4
        )
        steps = [cost["critic_steps"] for cost in row["costs"]]
        assert steps == [5, 5_000, 1_000_000]
        needed = [cost["needed_sigma"] for cost in row["costs"]]
        assert row["sigma"] < needed[0] < needed[1] < needed[2]
        for cost in row["costs"]:
            assert cost["epsilon"] > row["claimed_epsilon"]
