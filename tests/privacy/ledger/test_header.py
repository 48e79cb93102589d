"""A header holds what a claim needs, all of it possible, and nothing else."""

import math
import re

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ledger import header as headers
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.privacy import ledgers as examples


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.jsonl"


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, None, True, "6"])
def test_an_impossible_summary_in_a_header_is_refused(path, value):
    with pytest.raises(errors.LedgerError):
        ledgers.Ledger.create(
            path, header=examples.header(summary_noise_multiplier=value)
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"accountant": "moments"},
        {"config_hash": "short"},
        {"max_steps": -1},
        {"max_steps": 1.0},
        {"noise_sampler": "ziggurat"},
        {"noise_sampler": ["box_muller_64_bits"]},
        {"noise_source": "lava lamp"},
        {"noise_multiplier": 0.0},
        {"num_groups": 0},
        {"sampling_probability": 1.5, "expected_batch_size": 1500},
        {"effective_noise_multiplier": -1.0, "noise_multiplier": -2.0},
        {"target_delta": 0.0},
        {"target_epsilon": -1.0},
        {"data_fingerprint": "short"},
        {"num_examples": 0},
        {"expected_batch_size": 0},
        {"effective_noise_multiplier": 1.01},
        {"expected_batch_size": 11},
        {"more": 1},
        {"quantile_share": 0.5, "effective_noise_multiplier": 2 / 4.5**0.5},
    ],
)
def test_an_impossible_or_inconsistent_header_is_refused(path, changes):
    name, value = next(iter(changes.items()))
    message = f" header {name}={value!r}; expected "
    if name in ("more", "quantile_share"):
        message = "nothing else"
    if changes == {"expected_batch_size": 11}:
        # It is possible, and what follows from it is another.
        message = " header sampling_probability="
    with pytest.raises(errors.LedgerError, match=re.escape(message)):
        ledgers.Ledger.create(path, header=examples.header(**changes))
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize("name", ["noise_multiplier", "target_epsilon"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_header_holds_no_number_that_is_none(path, name, value):
    with pytest.raises(errors.LedgerError, match="Out of range float"):
        ledgers.Ledger.create(path, header=examples.header(**{name: value}))
    with pytest.raises(errors.LedgerError, match=f" header {name}={value}; "):
        headers.require_parameters(
            examples.header(**{name: value}), name="ledger"
        )


def test_an_incomplete_header_is_refused(path):
    incomplete = examples.header()
    del incomplete["target_delta"]
    with pytest.raises(errors.LedgerError, match="target_delta"):
        ledgers.Ledger.create(path, header=incomplete)


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("0123456789abcdef" * 4, True),
        ("0" * 63, False),
        ("0" * 65, False),
        ("A" * 64, False),
        ("0" * 64 + "\n", False),
        ("\u0660" * 64, False),
        (b"0" * 64, False),
        (None, False),
    ],
)
def test_a_digest_is_sixty_four_small_hexadecimal_digits(value, is_one):
    assert headers.is_digest(value) is is_one


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (0, True),
        (10**30, True),
        (-1, False),
        (True, False),
        (1.0, False),
        ("1", False),
        (None, False),
    ],
)
def test_a_count_is_an_integer_and_no_boolean(value, is_one):
    assert headers.is_count(value) is is_one


@pytest.mark.parametrize("parameters", [None, [], "header", 5])
def test_a_header_that_is_no_object_is_refused(parameters):
    with pytest.raises(errors.LedgerError, match="a.jsonl: the header must"):
        headers.require_parameters(parameters, name="a.jsonl")


def test_a_header_with_and_without_a_summary_is_accepted():
    headers.require_parameters(examples.header(), name="a")
    summary = examples.header(summary_noise_multiplier=6.0)
    headers.require_parameters(summary, name="a")


@pytest.mark.parametrize("value", [1, 0, -2, 2.0, True, None, "2"])
def test_a_unit_of_fewer_than_two_records_is_refused(value):
    persons = examples.header(most_records_per_unit=2)
    headers.require_parameters(persons, name="a")
    with pytest.raises(errors.LedgerError, match="most_records_per_unit"):
        headers.require_parameters(
            persons | {"most_records_per_unit": value}, name="a"
        )


def test_a_header_of_an_earlier_sampler_of_noise_says_what_to_do():
    """Even if more is wrong with it."""
    earlier = examples.header(target_delta=-1)
    del earlier["noise_sampler"]
    with pytest.raises(errors.OutdatedLedgerError, match="begin a new run"):
        headers.require_parameters(earlier, name="a")


@pytest.mark.parametrize(
    ("factor", "holds"), [(1 + 1e-10, True), (1.001, False)]
)
def test_derived_numbers_may_differ_by_rounding_alone(factor, holds):
    changed = examples.header(effective_noise_multiplier=factor)
    if holds:
        headers.require_parameters(changed, name="a")
        return
    with pytest.raises(
        errors.LedgerError,
        match="a: header effective_noise_multiplier=1.001; expected 1.0, from",
    ):
        headers.require_parameters(changed, name="a")


@pytest.mark.parametrize(
    ("source", "sampler"),
    [
        ("os_entropy", headers.PHILOX),
        ("os_entropy", headers.CHACHA20),
        ("seed", headers.PHILOX),
    ],
)
def test_old_runs_and_new_ones_have_their_samplers(path, source, sampler):
    made = ledgers.Ledger.create(
        path,
        header=examples.header(noise_source=source, noise_sampler=sampler),
    )
    assert made.header["noise_sampler"] == sampler


def test_a_cipher_of_a_seed_is_refused(path):
    """A seed is for tests, and its draws stay those of Philox."""
    header = examples.header(
        noise_source="seed", noise_sampler=headers.CHACHA20
    )
    with pytest.raises(errors.LedgerError, match="of a seed; expected"):
        ledgers.Ledger.create(path, header=header)
