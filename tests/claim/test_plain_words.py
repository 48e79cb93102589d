"""The plain words say a claim's risk, and never less than it is."""

import pytest

from dpgan_tf.claim import plain_words
from tests.claim import words


def test_a_risk_is_said_in_numbers_that_are_rounded_up():
    odds, guesses, tests, short, other = plain_words.sentences(words.CLAIM)
    assert "whether a record is among the private ones" in odds
    assert "at most 61.3 times larger or smaller" in odds
    assert "at most 98.4% sure of either" in odds
    assert "a probability of at most delta = 1e-05" in odds
    assert "right in at most 65.7% of cases" in guesses
    assert "at most 1.21%, 6.68% and 20.5% of those that are there" in tests
    assert "wrong about 0.1%, 1% and 5% of those that are not" in tests
    assert "advantage 31.3%" in short and "mu = 0.856" in short
    assert "errors rarer than 1e-06 aside" in short
    assert other == "At delta = 1 / (n ln n) = 1.5e-06, epsilon is 4.413."


def changed(**changes):
    return words.CLAIM | {"risk": words.CLAIM["risk"] | changes}


@pytest.mark.parametrize("factor", [None, 1.1e6])
def test_a_factor_that_says_little_is_said_to(factor):
    odds = plain_words.sentences(changed(odds_factor=factor))[0]
    assert "can exceed 1,000,000: it promises little" in odds


def test_numbers_that_nobody_knows_are_not_shown():
    said = plain_words.sentences(
        changed(mu=None, epsilon_at_natural_delta=None, bound_by="rdp")
    )
    assert "no Gaussian mechanism is as easy to tell" in said[-2]
    assert "follow from one epsilon and delta alone" in said[-1]
    assert "n ln n" not in " ".join(said)


def test_a_person_is_said_to_be_the_unit():
    claim = words.CLAIM | {"most_records_per_unit": 7}
    said = " ".join(plain_words.sentences(claim))
    assert "whether a person is among" in said
    assert "test for a person" in said and "record" not in said
    answers = dict(plain_words.answers(claim))
    assert "any one person is among" in answers["What is protected?"]
    assert "several" not in answers["What is not protected?"]


def test_readers_questions_are_answered():
    answers = dict(plain_words.answers(words.CLAIM))
    assert "any one record" in answers["What is protected?"]
    assert "one record" in answers["What is protected?"]
    assert "several records of one person" in answers["What is not protected?"]
    assert "curator keeps" in answers["Who keeps what?"]
    assert "private/" in answers["What is to be deleted?"]
    assert answers["From whom?"].startswith("Everybody")


def test_without_a_claim_there_is_nothing_to_say():
    assert plain_words.sentences(words.CLAIM | {"risk": None}) == []


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0%"),
        (1e-9, "0.01%"),
        (0.0121, "1.21%"),
        (0.06677, "6.68%"),
        (0.9839, "98.4%"),
        (1 - 2**-16, "99.9985%"),
        (1 - 2**-33, "99.999999989%"),
        (1.0, "100%"),
        (1.2, "100%"),
    ],
)
def test_a_share_is_rounded_up(share, shown):
    assert plain_words.percent(share) == shown
