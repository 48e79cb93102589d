"""The papers' accounting, beside what their settings cost."""

import json
import math

import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.claim import pricing
from dpgan_tf.commands import account
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
        true = row["true_epsilon"]
        assert 3 * row["claimed_epsilon"] < true["pld"] <= true["rdp"]
    mnist = table["rows"][1]
    assert mnist["true_epsilon"]["pld"] == pytest.approx(13.854, abs=1e-3)


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
    report = paper_prices.ppgan_eq21()
    assert report["setting"] == paper_prices.PPGAN_SETTING
    assert report["warning"] == legacy_accounting.PPGAN_WARNING
    assert [row["claimed_epsilon"] for row in report["rows"]] == [20, 10, 5]
    for row in report["rows"]:
        # 2 q sqrt(n_d log(1 / delta)) / epsilon, with n_d = 5.
        by_hand = 2 * 64 / 60_000 * (5 * 11.512925464970229) ** 0.5
        expected = by_hand / row["claimed_epsilon"]
        assert row["sigma"] == pytest.approx(expected, rel=1e-12)
        steps = [cost["critic_steps"] for cost in row["costs"]]
        assert steps == [5, 5_000, 1_000_000]
        needed = [cost["needed_sigma"] for cost in row["costs"]]
        assert 100 * row["sigma"] < needed[0] < needed[1] < needed[2]
        for cost in row["costs"]:
            assert cost["epsilon"] > 1e4 * row["claimed_epsilon"]


def run(*arguments):
    flag_values = flags.FlagValues()
    account.define_flags(flag_values)
    flag_values(["account", *arguments])
    return account.run(flag_values)


@pytest.mark.parametrize("flag", ["--table7", "--ppgan_eq21"])
def test_the_command_shows_what_is_unsound_as_such(flag, capsys):
    run(flag, "--json")
    assert "UNSOUND" in json.loads(capsys.readouterr().out)["warning"]
    run(flag)
    output = capsys.readouterr().out
    assert "UNSOUND" in output
    assert all(len(line) < 160 for line in output.splitlines())


def test_the_two_papers_are_not_asked_for_together():
    with pytest.raises(errors.UserError, match="has no effect with --table7"):
        run("--ppgan_eq21", "--table7")
