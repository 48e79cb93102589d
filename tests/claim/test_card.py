"""The words about a claim on a card: what it covers, and what not."""

from dpgan_tf.claim import card
from tests.claim import words

WITHOUT = words.CLAIM | {
    "epsilon": None,
    "delta": None,
    "epsilon_by_accountant": None,
    "risk": None,
    "statement": "This release makes NO privacy claim: seeded.",
}


def test_the_statement_comes_first_and_the_limits_after():
    text = card.section(words.CLAIM)
    assert text.startswith(f"**{words.CLAIM['statement']}**\n\n")
    places = [
        text.index(title)
        for title in ("Covered:", "Not covered:", "under these assumptions:")
    ]
    assert places == sorted(places)


def test_every_price_is_rounded_up_and_the_claimed_one_named():
    """3.98765 to four digits; 3.71234 would be 3.7123 by rounding down."""
    text = card.section(words.CLAIM)
    assert "delta = 1e-05 by accountant: PLD 3.7124, RDP 3.9877. " in text
    assert "The claim uses the RDP value." in text


def test_an_accountant_without_a_price_is_not_named():
    alone = words.CLAIM | {"epsilon_by_accountant": {"rdp": 3.98765}}
    assert "by accountant: RDP 3.9877. The" in card.section(alone)
    assert "PLD" not in card.section(alone)


def test_every_assumption_of_the_claim_is_said():
    claim = words.CLAIM | {"public_information": ["one thing", "another"]}
    lines = card.section(claim).splitlines()
    for line in (
        "- Unit of privacy: one record.",
        "- Adjacency: add or remove one record.",
        "- Sampling: Poisson.",
        "- Threat model: central.",
        "- Selection: the last one.",
        "- Taken as public: one thing.",
        "- Taken as public: another.",
    ):
        assert line in lines


def test_a_person_with_several_records_is_covered_where_persons_are_units():
    several = "a person who gave several records: only single records"
    assert several in card.section(words.CLAIM)
    persons = words.CLAIM | {"most_records_per_unit": 3}
    assert several not in card.section(persons)


def test_readers_find_answers_before_numbers():
    text = card.section(words.CLAIM)
    places = [
        text.index(words)
        for words in (
            "For readers without mathematics:",
            "- **What is protected?** Whether any one record",
            "- **What is to be deleted?** ",
            "In plain words:",
            "at most 61.3 times larger or smaller",
        )
    ]
    assert places == sorted(places)


def test_without_a_claim_nothing_but_that_is_said():
    assert card.section(WITHOUT) == f"**{WITHOUT['statement']}**"
