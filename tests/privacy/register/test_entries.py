"""Entries of a register that nobody may write, even with fitting hashes."""

import dataclasses

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.register import entries
from tests.privacy.register import examples

_PLAN = entries.plan_fields(examples.plan(summary=5.0))
_RESERVE = {"run": examples.name(1), "date": "2026-03-31", "plan": _PLAN}
_SETTLE = {"run": examples.name(1), "num_steps": 40, "has_summary": True}


def begun():
    chain = entries.Entries("r")
    add(
        chain,
        "header",
        format=entries.Entries.FORMAT,
        salt="a" * 64,
        policy=examples.policy().parameters,
    )
    return chain


def add(chain, kind, **fields):
    chain.append(chain.seal(kind, **fields))


def reserved():
    chain = begun()
    add(chain, "data", data_fingerprint=examples.RECORDS)
    add(chain, "reserve", **_RESERVE)
    return chain


def test_a_run_counts_with_its_whole_plan_until_it_is_settled():
    chain = reserved()
    whole = examples.plan(summary=5.0)
    assert chain.charged == [whole]
    add(chain, "settle", **_SETTLE)
    assert chain.charged == [whole.after(40)]
    (run,) = chain.runs.values()
    assert (run.reserved, run.settled) == (whole, whole.after(40))


def test_a_summary_that_was_not_drawn_is_given_back():
    chain = reserved()
    add(chain, "settle", **_SETTLE | {"has_summary": False})
    assert chain.charged == [examples.plan(40)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"run": "1"},
        {"run": 1},
        {"date": "today"},
        {"date": "2026-03-31\n"},
        {"plan": {}},
        {"plan": _PLAN | {"num_steps": -1}},
        {"plan": _PLAN | {"num_steps": 1.0}},
        {"plan": _PLAN | {"num_steps": 10**9}},
        {"plan": _PLAN | {"sampling_probability": 0}},
        {"plan": _PLAN | {"sampling_probability": 1.5}},
        {"plan": _PLAN | {"effective_noise_multiplier": True}},
        {"plan": _PLAN | {"effective_noise_multiplier": "2"}},
        {"plan": _PLAN | {"summary_noise_multiplier": None}},
        {"plan": _PLAN | {"summary_noise_multiplier": -5.0}},
        {"plan": _PLAN | {"more": 1}},
        {"more": 1},
    ],
)
def test_a_reservation_of_no_plan_is_refused(wrong):
    chain = begun()
    add(chain, "data", data_fingerprint=examples.RECORDS)
    with pytest.raises(errors.PrivacyError):
        chain.seal("reserve", **_RESERVE | wrong)


def test_a_run_reserves_once_and_on_known_records():
    with pytest.raises(errors.LedgerError, match="unknown records"):
        begun().seal("reserve", **_RESERVE)
    with pytest.raises(errors.LedgerError, match="a second time"):
        reserved().seal("reserve", **_RESERVE)
    with pytest.raises(errors.LedgerError, match="repeats"):
        reserved().seal("data", data_fingerprint=examples.RECORDS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"run": examples.name(2)},
        {"run": ["a"]},
        {"num_steps": 101},
        {"num_steps": -1},
        {"num_steps": True},
        {"has_summary": 1},
        {"has_summary": None},
    ],
)
def test_a_settlement_never_exceeds_a_reservation(wrong):
    with pytest.raises(errors.LedgerError):
        reserved().seal("settle", **_SETTLE | wrong)


def test_a_summary_that_was_not_reserved_is_not_settled():
    chain = begun()
    add(chain, "data", data_fingerprint=examples.RECORDS)
    add(
        chain,
        "reserve",
        **_RESERVE | {"plan": entries.plan_fields(examples.plan())},
    )
    with pytest.raises(errors.LedgerError, match="summary"):
        chain.seal("settle", **_SETTLE)


def test_a_run_is_settled_once():
    chain = reserved()
    add(chain, "settle", **_SETTLE)
    with pytest.raises(errors.LedgerError, match="no open reservation"):
        chain.seal("settle", **_SETTLE | {"num_steps": 0})


@pytest.mark.parametrize(
    "wrong",
    [
        {"salt": "a"},
        {"policy": {}},
        {"policy": {"epsilon": 1.0, "delta": 2.0}},
        {"policy": {"epsilon": "1", "delta": 1e-5}},
        {"policy": {"epsilon": 1.0, "delta": 1e-5, "order": 0.5}},
        {
            "policy": {
                "epsilon": 1.0,
                "delta": 1e-5,
                "most_records_per_unit": 1,
            }
        },
    ],
)
def test_a_header_without_a_policy_is_refused(wrong):
    good = {"format": entries.Entries.FORMAT, "salt": "a" * 64}
    good["policy"] = examples.policy().parameters
    with pytest.raises(errors.PrivacyError):
        entries.Entries("r").seal("header", **good | wrong)


def test_the_fields_of_a_plan_are_the_plan():
    for plan in (examples.plan(), examples.plan(summary=5.0)):
        again = dataclasses.replace(plan, **entries.plan_fields(plan))
        assert again == plan
    assert "summary_noise_multiplier" not in entries.plan_fields(
        examples.plan()
    )


def test_a_plan_of_several_records_is_not_reserved_as_one_of_one():
    several = dataclasses.replace(examples.plan(), records_per_unit=2)
    with pytest.raises(errors.LedgerError, match="records_per_unit=2"):
        entries.plan_fields(several)
