"""A number or a word that does not follow from a claim's facts is found."""

import json
import math

import pytest

from dpgan_tf.claim import check as claim_check
from tests.claim import releases

NAMED = releases.ABOUT.to_claim()


@pytest.mark.parametrize(
    "changes",
    [
        {"epsilon": 0.1},
        {"epsilon": None},
        {"epsilon": math.nan},
        {"epsilon": 10**400},
        {"epsilon": "0.5"},
        {"epsilon_by_accountant": {"rdp": 0.1, "pld": 0.1}},
        {"delta": 1e-9},
        {"target_delta": 1e-9},
        {"target_delta": 1e-2},
        {"target_epsilon": 0.01},
        {"num_steps": 3},
        {"num_steps": 30.0},
        {"num_steps": 10**9},
        {"num_steps_kept": 30},
        {"num_steps_kept": 0},
        {"num_steps_kept": True},
        {"num_steps_kept": 31},
        {"num_steps_lost": 0},
        {"noise_multiplier": 3.0},
        {"num_groups": 1},
        {"effective_noise_multiplier": 2.0},
        {"sampling_probability": 0.001},
        {"expected_batch_size": 1},
        {"expected_batch_size": 10**400},
        {"num_examples": 10**6},
        {"accountant": "pld"},
        {"adjacency": "replace one"},
        {"statement": "This release is (0.1, 1e-05)-differentially private."},
        {"claim": "none"},
        {"claim": "pure DP"},
        {"no_claim_reason": "none needed"},
        {"selection": "best of ten"},
        {"config_hash": 5},
        {"files": []},
        {"more": 1},
    ],
)
def test_every_altered_number_or_word_is_found(run_dir, changes):
    releases.alter(run_dir, **changes)
    assert releases.failures(claim_check.check_release(run_dir / "release"))


@pytest.mark.parametrize("name", ["epsilon", "epsilon_by_accountant"])
def test_an_epsilon_that_is_a_little_too_small_is_found(run_dir, name):
    value = releases.read(run_dir)[name]
    if isinstance(value, dict):
        less = {key: one * (1 - 1e-4) for key, one in value.items()}
    else:
        less = value * (1 - 1e-4)
    releases.alter(run_dir, **{name: less})
    assert name in releases.failures(
        claim_check.check_release(run_dir / "release")
    )


@pytest.mark.parametrize(
    "name", ["epsilon", "files", "claim", "num_groups", "threat_model"]
)
def test_a_missing_field_is_found(run_dir, name):
    claim = releases.read(run_dir)
    del claim[name]
    path = run_dir / "release" / "privacy.json"
    path.write_text(json.dumps(claim))
    assert releases.failures(claim_check.check_release(run_dir / "release"))


def test_a_claim_of_noise_without_a_tail_is_refused(run_dir):
    releases.alter(run_dir, format="dpgan-claim-1")
    (found,) = [f for f in claim_check.check_run(run_dir) if not f.ok]
    assert found.name == "format"
    assert "5.68" in found.detail


@pytest.mark.parametrize("name", [None, 5, [], "dpgan-claim-0", "other\n"])
def test_a_claim_of_an_unknown_format_is_refused_by_name(run_dir, name):
    releases.alter(run_dir, format=name, epsilon=0.1)
    (found,) = [f for f in claim_check.check_run(run_dir) if not f.ok]
    assert found.name == "format"
    assert "version of this program that wrote it" in found.detail


def test_a_field_that_no_claim_has_is_named(run_dir):
    releases.alter(run_dir, quantile_share=0.5)
    (found,) = [f for f in claim_check.check_run(run_dir) if not f.ok]
    assert (found.name, found.detail) == ("other fields", "quantile_share")


@pytest.mark.parametrize(
    "changes",
    [
        {"library_versions": None},
        {"library_versions": []},
        {"library_versions": "all"},
        {"library_versions": {}},
        {"library_versions": {"dp-accounting": "0.4"}},
        {"library_versions": {"dp-accounting": 4, "tensorflow-privacy": "1"}},
        {
            "library_versions": {
                "dp-accounting": "0.4",
                "tensorflow-privacy": "",
            }
        },
        *(
            {
                "library_versions": {
                    "dp-accounting": "0.4",
                    "tensorflow-privacy": version,
                }
            }
            for version in (
                "0epsilon.1",
                "0.1delta.1e.9",
                "\u0660.\u0661",
                "0.9-epsilon",
                "1+dp.0",
                "1.",
                "v1",
                "1a",
                "1.0post1",
            )
        ),
        {
            "library_versions": {
                "dp-accounting": "0.4",
                "tensorflow-privacy": "0.9 (epsilon is 0.1)",
            }
        },
        {
            "library_versions": {
                "dp-accounting": "0.4",
                "tensorflow-privacy": "0.9",
                "epsilon": "0.1",
            }
        },
        {"about": None},
        {"about": {}},
        {"about": NAMED | {"title": "a\n\n# Epsilon is 0.1"}},
        {"about": NAMED | {"data": "other"}},
        {"about": NAMED | {"released_on": "today"}},
        {"about": NAMED | {"epsilon": "0.1"}},
        {"ledger_head": None},
        {"ledger_head": "epsilon is 0.1"},
        {"ledger_head": "0" * 63},
        {"ledger_head": "A" * 64},
        {"ledger_head": ["0" * 64]},
        {"ledger_num_entries": None},
        {"ledger_num_entries": "3"},
        {"ledger_num_entries": -1},
        {"ledger_num_entries": 0},
        {"ledger_num_entries": 2},
        {"ledger_num_entries": 3.0},
        {"ledger_num_entries": True},
        {"config_hash": None},
        {"config_hash": "the usual one"},
        {"config_hash": "0" * 64 + "\n"},
        {"config_hash": {}},
        {"files": {"MODEL_CARD.md": 5}},
        {"files": None},
    ],
)
def test_a_value_that_no_claim_has_is_found_in_the_release(run_dir, changes):
    releases.alter(run_dir, **changes)
    found = claim_check.check_release(run_dir / "release")
    assert "numbers" in releases.failures(found)


def test_a_number_that_was_altered_stands_beside_the_right_one(run_dir):
    epsilon = releases.read(run_dir)["epsilon"]
    releases.alter(run_dir, epsilon=0.125)
    found = releases.details(claim_check.check_release(run_dir / "release"))
    assert found["epsilon"] == f"claimed 0.125, recomputed {epsilon}"


@pytest.mark.parametrize(
    "changes",
    [
        {"advantage": 0.01},
        {"mu": 0.01},
        {"mu": None},
        {"bound_by": "rdp"},
        {"detected": {"0.001": 0.001, "0.01": 0.01, "0.05": 0.05}},
        {"detected": {}},
        {"odds_factor": 1.0},
        {"odds_factor": None},
        {"sure_at_even_odds": 0.5},
        {"right_at_even_odds": 0.5},
        {"natural_delta": 1e-5},
        {"epsilon_at_natural_delta": 0.1},
        {"more": 1},
    ],
)
def test_every_altered_number_of_the_risk_is_found(run_dir, changes):
    risk = releases.read(run_dir)["risk"]
    releases.alter(run_dir, risk=risk | changes)
    found = claim_check.check_release(run_dir / "release")
    assert "risk" in releases.failures(found)


@pytest.mark.parametrize("risk", [None, {}, [], "none", 0.1])
def test_a_risk_that_is_none_is_found(run_dir, risk):
    releases.alter(run_dir, risk=risk)
    found = claim_check.check_release(run_dir / "release")
    assert "risk" in releases.failures(found)


@pytest.mark.parametrize(
    ("change", "failures"), [(5e-7, []), (-2e-6, ["risk", "other fields"])]
)
def test_a_risk_may_differ_by_a_millionth_between_machines(
    run_dir, change, failures
):
    risk = releases.read(run_dir)["risk"]
    risk["mu"] *= 1 + change
    releases.alter(run_dir, risk=risk)
    found = claim_check.check_release(run_dir / "release")
    assert releases.failures(found) == failures


@pytest.mark.parametrize(
    "name", ["dpgan-claim-2", "dpgan-claim-3", "dpgan-claim-4"]
)
def test_an_earlier_format_says_what_to_do(run_dir, name):
    releases.alter(run_dir, format=name)
    found = releases.details(claim_check.check_run(run_dir))
    assert "write the release again with `export`" in found["format"]


def test_a_claim_of_the_last_format_is_one_line(run_dir):
    claim = releases.read(run_dir)
    del claim["risk"]
    claim |= {"format": "dpgan-claim-4"}
    path = run_dir / "release" / "privacy.json"
    path.write_text(json.dumps(claim))
    found = claim_check.check_release(run_dir / "release")
    assert releases.failures(found) == ["format"]
    assert "does not state the risk" in releases.details(found)["format"]
