"""The words of a claim, none of which says less than it costs."""

import fractions
import math
import random

import pytest

from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.claim import releases


def test_the_statement_never_understates_epsilon(run_dir):
    claim = releases.read(run_dir)
    stated = float(claim["statement"].split("(")[1].split(",")[0])
    assert claim["epsilon"] <= stated <= claim["epsilon"] + 1e-3


@pytest.mark.parametrize(
    ("epsilon", "stated"),
    [
        (4.0, "(4, "),
        (100.0, "(100, "),
        (0.98710001, "(0.988, "),
        (1234.5641, "(1234.565, "),
        (math.nextafter(1.234, 2), "(1.235, "),
    ],
)
def test_no_digit_of_the_statement_is_rounded_down(run_dir, epsilon, stated):
    words = claim_text.statement(
        releases.read(run_dir), num_steps=30, num_kept=25, epsilon=epsilon
    )
    assert stated in words


@pytest.mark.parametrize(
    ("epsilon", "decimals", "text"),
    [
        (0.0, 3, "0"),
        (5e-324, 3, "0.001"),
        (0.1, 3, "0.101"),  # The float is a little more than a tenth.
        (0.5, 1, "0.5"),
        (2.0, 4, "2"),
        (20.0, 2, "20"),
        (1.00001, 4, "1.0001"),
        (0.9999, 3, "1"),
        (1e300, 1, f"{int(1e300)}"),
        (math.inf, 3, "inf"),
        (math.nan, 3, "nan"),
    ],
)
def test_an_epsilon_is_rounded_up_from_its_exact_value(epsilon, decimals, text):
    assert claim_text.rounded_up(epsilon, decimals) == text


@pytest.mark.parametrize("decimals", [1, 3, 6])
def test_no_shown_epsilon_is_below_what_is_spent(decimals):
    rng = random.Random(decimals)
    for _ in range(1_000):
        epsilon = 10 ** rng.uniform(-9, 4)
        shown = fractions.Fraction(claim_text.rounded_up(epsilon, decimals))
        exact = fractions.Fraction(epsilon)
        assert exact <= shown < exact + fractions.Fraction(1, 10**decimals)


@pytest.mark.parametrize(
    ("charged", "kept", "said"),
    [
        (1_200, 1_200, "1,200 noisy critic steps are charged, of which 0 were"),
        (12, 11, "of which 1 was lost in a crash and 11 trained the critic"),
        (12, 2, "of which 10 were lost in a crash and 2 trained the critic"),
    ],
)
def test_lost_steps_are_counted_in_words(charged, kept, said):
    assert said in claim_text.steps(num_charged=charged, num_kept=kept)


def test_a_statement_says_the_whole_mechanism(run_dir):
    parameters = ledgers.read(releases.ledger_path(run_dir)).header
    text = claim_text.statement(
        parameters, num_steps=30, num_kept=25, epsilon=1.5
    )
    assert text == (
        "This release is (1.5, 1e-05)-differentially private for adding or "
        "removing any one of the private records (declared number: 1000). "
        "30 noisy critic steps are charged, of which 5 were lost in a crash "
        "and 25 trained the critic, each on a Poisson sample with probability "
        "0.01, clipped in 4 group(s) with noise multiplier 2 each, which is 1 "
        "for the joint release. Epsilon is by the RDP accountant."
    )
    with_summary = claim_text.statement(
        parameters | {"summary_noise_multiplier": 6.5},
        num_steps=30,
        num_kept=25,
        epsilon=1.5,
    )
    assert with_summary == text.replace(
        "joint release.",
        "joint release; and a summary was taken once of all records, by "
        "Gaussian mechanisms that together have noise multiplier 6.5.",
    )


def test_a_claim_about_persons_says_so_wherever_a_unit_is_named(run_dir):
    parameters = ledgers.read(releases.ledger_path(run_dir)).header
    persons = parameters | {"most_records_per_unit": 20}
    numbers = {"num_steps": 30, "num_kept": 25, "epsilon": 1.5}
    assert claim_text.statement(persons, **numbers) == claim_text.statement(
        parameters, **numbers
    ).replace(
        "any one of the private records",
        "any one person with all of their private records, at most 20",
    )
    said = claim_text.fixed(persons)
    assert said["unit_of_privacy"] == (
        "one person (all of their records, at most 20)"
    )
    assert said["adjacency"] == (
        "add or remove one person with all of their records of the private part"
    )
    assert "every person enters" in said["sampling"]
    assert "every other person" in said["threat_model"]
    public = " ".join(said["public_information"])
    assert "declared number of private persons" in public
    assert "whether a person would be" in public
    assert "number of persons within 10%" in public


def test_a_record_is_the_unit_if_nothing_else_is_said(run_dir):
    said = claim_text.fixed(ledgers.read(releases.ledger_path(run_dir)).header)
    assert said["format"] == "dpgan-claim-5"
    assert said["adjacency"] == "add or remove one record of the private part"
    assert said["unit_of_privacy"].startswith("one record; several records")
    assert "person" not in " ".join(said["public_information"])
