import hashlib
import json
import math
import os
import shutil

import pytest

from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import text as claim_text
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import chain
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.claim import releases
from tests.privacy import ledgers as examples


def test_a_fresh_run_and_its_release_hold(run_dir):
    assert releases.failures(claim_check.check_run(run_dir)) == []
    assert (
        releases.failures(claim_check.check_release(run_dir / "release")) == []
    )


def prices_of(**summary):
    plan = plans.NoisePlan(
        sampling_probability=0.01,
        effective_noise_multiplier=1.0,
        num_steps=30,
        **summary,
    )
    return {
        name: accounting.epsilon(plan, delta=1e-5, accountant=name)
        for name in plans.ACCOUNTANTS
    }


def test_the_claim_prices_the_charged_steps(run_dir):
    claim = releases.read(run_dir)
    assert claim["epsilon_by_accountant"] == prices_of()
    assert claim["epsilon"] == claim["epsilon_by_accountant"]["rdp"]
    assert (claim["claim"], claim["delta"]) == ("(epsilon, delta)-DP", 1e-5)
    assert claim["num_steps"] == 30
    assert (claim["num_steps_kept"], claim["num_steps_lost"]) == (25, 5)


def test_prices_are_computed_once_for_a_release_and_once_for_a_check(
    tmp_path, monkeypatch
):
    asked = []
    for name, price in accounting._EPSILONS.items():

        def spy(plan, delta, name=name, price=price):
            asked.append((name, plan.num_steps))
            return price(plan, delta)

        monkeypatch.setitem(accounting._EPSILONS, name, spy)
    root = releases.make_run(tmp_path / "run", target_delta=1.7e-5)
    assert asked == [("rdp", 30), ("pld", 30)]
    asked.clear()
    accounting._epsilon.cache_clear()
    assert releases.failures(claim_check.check_run(root)) == []
    # All steps that the ledger allows, too.
    assert asked == [("rdp", 30), ("rdp", 100), ("pld", 30)]


def test_a_ledger_that_tells_of_no_release_gets_no_claim(run_dir):
    ledger = ledgers.Ledger.open(
        releases.ledger_path(run_dir), config_hash=releases.CONFIG_HASH
    )
    ledger.begin_attempt("b" * 64)
    with pytest.raises(errors.LedgerError, match="no release"):
        releases.write_claim(run_dir)


def test_a_summary_is_priced_stated_and_checked(tmp_path):
    plain = releases.read(releases.make_run(tmp_path / "plain"))
    root = releases.make_run(tmp_path / "run", summary_noise_multiplier=4.0)
    claim = releases.read(root)
    assert claim["summary_noise_multiplier"] == 4.0
    prices = claim["epsilon_by_accountant"]
    assert prices == prices_of(summary_noise_multiplier=4.0)
    for accountant, epsilon in prices.items():
        assert epsilon > plain["epsilon_by_accountant"][accountant] + 0.2
    assert "noise multiplier 4." in claim["statement"]
    assert "summary" not in plain["statement"]
    assert releases.failures(claim_check.check_run(root)) == []


def test_a_summary_cannot_be_kept_quiet(tmp_path):
    root = releases.make_run(tmp_path / "run", summary_noise_multiplier=4.0)
    plain = releases.read(releases.make_run(tmp_path / "plain"))
    claim = releases.read(root)
    del claim["summary_noise_multiplier"]
    (root / "release" / "privacy.json").write_text(json.dumps(claim))
    assert "epsilon" in releases.failures(
        claim_check.check_release(root / "release")
    )
    # Even when all numbers are made to fit, the ledger knows better.
    numbers = ("epsilon", "epsilon_by_accountant", "statement")
    claim |= {name: plain[name] for name in numbers}
    card = root / "release" / "MODEL_CARD.md"
    card.write_text(releases.card_of(claim))
    digest = hashlib.sha256(card.read_bytes()).hexdigest()
    claim["files"]["MODEL_CARD.md"] = digest
    (root / "release" / "privacy.json").write_text(json.dumps(claim))
    assert releases.failures(claim_check.check_release(root / "release")) == []
    assert releases.failures(claim_check.check_run(root)) == [
        "claim and ledger"
    ]


def test_an_accountant_that_knows_no_bound_is_left_out(tmp_path):
    """PLD truncates tails, and may know none at so small a delta."""
    root = releases.make_run(
        tmp_path / "run", target_delta=1e-60, target_epsilon=100.0
    )
    claim = releases.read(root)
    assert list(claim["epsilon_by_accountant"]) == ["rdp"]
    assert claim["epsilon"] == claim["epsilon_by_accountant"]["rdp"]
    assert "PLD" not in (root / "release" / "MODEL_CARD.md").read_text()
    assert releases.failures(claim_check.check_run(root)) == []


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


def test_the_claim_holds_no_secrets(run_dir):
    text = (run_dir / "release" / "privacy.json").read_text()
    header = json.loads(
        releases.ledger_path(run_dir).read_text().splitlines()[0]
    )
    for secret in (header["nonce"], examples.FINGERPRINT, "a" * 64):
        assert secret not in text
    for word in ("nonce", "commitment", "data_fingerprint", "noise_seed"):
        assert word not in text


def test_a_seeded_run_makes_no_claim_and_says_why(tmp_path):
    root = releases.make_run(tmp_path / "run", noise_source="seed")
    claim = releases.read(root)
    assert claim["claim"] == "none"
    assert claim["epsilon"] is claim["delta"] is None
    assert "seed" in claim["no_claim_reason"]
    assert "NO privacy claim" in claim["statement"]
    assert releases.failures(claim_check.check_run(root)) == []


def test_a_seeded_run_cannot_be_passed_off_as_private(tmp_path):
    root = releases.make_run(tmp_path / "run", noise_source="seed")
    honest = releases.make_run(tmp_path / "honest")
    claim = releases.read(honest)
    for name in ("ledger_head", "ledger_num_entries"):
        claim[name] = releases.read(root)[name]
    (root / "release" / "privacy.json").write_text(json.dumps(claim))
    shutil.copy(honest / "release" / "MODEL_CARD.md", root / "release")
    assert releases.failures(claim_check.check_run(root)) == [
        "claim and ledger"
    ]


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


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00", "[" * 100_000, "5"])
def test_an_unreadable_claim_is_a_finding(run_dir, content):
    (run_dir / "release" / "privacy.json").write_text(content)
    assert releases.failures(claim_check.check_run(run_dir)) == ["claim"]


def test_a_changed_file_is_found(run_dir):
    path = run_dir / "release" / "generator" / "1" / "saved_model.pb"
    path.write_bytes(b"Weights")
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "file generator/1/saved_model.pb"
    ]


def test_a_missing_file_is_found(run_dir):
    (run_dir / "release" / "MODEL_CARD.md").unlink()
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "file MODEL_CARD.md",
        "card",
    ]


def test_a_card_that_says_less_than_the_claim_is_found(run_dir):
    """A hash is no signature: who changes a file can renew it."""
    card = run_dir / "release" / "MODEL_CARD.md"
    card.write_text(card.read_text().replace("adding or removing", "adding"))
    releases.write_claim(run_dir)
    assert releases.failures(claim_check.check_run(run_dir)) == ["card"]


@pytest.mark.parametrize(
    "name",
    [
        "critic.npz",
        "samples.csv.bak",
        "generator/1/assets/rows.csv",
        "generator/2/saved_model.pb",
    ],
)
def test_a_listed_file_that_is_no_part_of_a_release_is_found(run_dir, name):
    path = run_dir / "release" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("more")
    with pytest.raises(errors.PrivacyError, match="is no part of a release"):
        releases.write_claim(run_dir)
    digest = hashlib.sha256(b"more").hexdigest()
    releases.alter(
        run_dir, files=releases.read(run_dir)["files"] | {name: digest}
    )
    assert releases.failures(claim_check.check_run(run_dir)) == [f"file {name}"]


@pytest.mark.parametrize("name", ["critic.npz", "generator/.hidden"])
def test_an_unlisted_file_is_found(run_dir, name):
    (run_dir / "release" / name).write_text("more")
    assert releases.failures(claim_check.check_run(run_dir)) == [f"file {name}"]


def test_a_link_is_found_and_cannot_be_released(run_dir):
    card = run_dir / "release" / "MODEL_CARD.md"
    outside = run_dir / "card"
    card.rename(outside)
    card.symlink_to(outside)
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "file MODEL_CARD.md",
        "card",
    ]
    with pytest.raises(errors.PrivacyError, match="is a link"):
        releases.write_claim(run_dir)


def test_a_pipe_in_the_release_does_not_block_the_check(run_dir):
    os.mkfifo(run_dir / "release" / "pipe")
    assert releases.failures(claim_check.check_run(run_dir)) == ["file pipe"]


def test_a_pipe_for_a_card_does_not_block_the_check(run_dir):
    card = run_dir / "release" / "MODEL_CARD.md"
    card.unlink()
    os.mkfifo(card)
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "file MODEL_CARD.md",
        "card",
    ]


def test_steps_after_the_release_are_found(run_dir):
    ledger = ledgers.Ledger.open(
        releases.ledger_path(run_dir), config_hash=releases.CONFIG_HASH
    )
    ledger.begin_attempt("b" * 64)
    ledger.reserve(10)
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "claim and ledger"
    ]


def test_a_ledger_cut_back_after_the_release_is_found(run_dir):
    path = releases.ledger_path(run_dir)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "claim and ledger"
    ]


def test_the_ledger_of_another_run_is_found(run_dir, tmp_path):
    """Of the same settings and steps: only its hash is another."""
    other = releases.make_run(tmp_path / "other")
    shutil.copy(releases.ledger_path(other), releases.ledger_path(run_dir))
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "claim and ledger"
    ]


def test_a_claim_of_another_configuration_is_found(run_dir):
    releases.alter(run_dir, config_hash="0" * 64)
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "claim and ledger"
    ]


def test_a_tampered_or_missing_ledger_is_found(run_dir):
    path = releases.ledger_path(run_dir)
    path.write_bytes(
        path.read_bytes().replace(b'"num_steps":30', b'"num_steps":3')
    )
    assert releases.failures(claim_check.check_run(run_dir)) == ["ledger"]
    path.unlink()
    assert releases.failures(claim_check.check_run(run_dir)) == ["ledger"]


def test_another_configuration_is_found(run_dir):
    (run_dir / "config.json").write_text("{}")
    assert releases.failures(claim_check.check_run(run_dir)) == ["config"]


def test_a_ledger_that_allows_too_many_steps_is_found(tmp_path):
    root = releases.make_run(tmp_path / "run", max_steps=10**5)
    assert releases.failures(claim_check.check_run(root)) == ["budget"]


def test_a_run_over_its_budget_cannot_be_released(tmp_path):
    with pytest.raises(errors.BudgetError, match="must not be released"):
        releases.make_run(tmp_path / "run", target_epsilon=0.1)


def test_delta_of_one_over_n_cannot_be_released(tmp_path):
    with pytest.raises(errors.BudgetError, match="1 / num_examples"):
        releases.make_run(tmp_path / "run", target_delta=1e-3)


def test_a_run_that_was_not_released_yet_holds(run_dir):
    for path in sorted((run_dir / "release").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (run_dir / "release").rmdir()
    assert releases.failures(claim_check.check_run(run_dir)) == []


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


def test_a_ledger_of_noise_without_a_tail_is_refused(tmp_path, monkeypatch):
    """Nothing may be drawn on it, and no claim be made of it."""
    header = examples.header(config_hash=releases.CONFIG_HASH)
    del header["noise_sampler"]
    path = tmp_path / "ledger.jsonl"
    with pytest.raises(errors.LedgerError, match="begin a new run"):
        ledgers.Ledger.create(path, header=header)
    with monkeypatch.context() as patched:
        patched.setattr(chain.Chain, "_check", lambda *args: None)
        entry = chain.Chain("before").seal(
            "header", format=chain.FORMAT, nonce="0" * 64, parameters=header
        )
    path.write_text(chain.canonical_json(entry) + "\n")
    with pytest.raises(errors.LedgerError, match="5.68") as caught:
        ledgers.read(path)
    assert "backup" not in str(caught.value)


def test_an_accountant_that_is_blind_at_a_tiny_delta_is_left_out(tmp_path):
    """Its price is infinite, which JSON cannot say."""
    run_dir = releases.make_run(
        tmp_path / "run",
        accountant="rdp",
        target_delta=1e-16,
        target_epsilon=100.0,
    )
    claim = releases.read(run_dir)
    assert set(claim["epsilon_by_accountant"]) == {"rdp"}
    assert claim["epsilon"] == claim["epsilon_by_accountant"]["rdp"]
    assert releases.failures(claim_check.check_run(run_dir)) == []
    assert "PLD" not in (run_dir / "release" / "MODEL_CARD.md").read_text()
