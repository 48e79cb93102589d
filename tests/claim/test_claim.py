import hashlib
import json
import math
import os
import shutil

import numpy as np
import pytest

from dpgan_tf import images
from dpgan_tf.claim import card_words
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import model_card
from dpgan_tf.claim import text as claim_text
from dpgan_tf.config import presets
from dpgan_tf.config.parts import kinds
from dpgan_tf.data import records
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import chain
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.privacy import ledgers as examples

CONFIG = '{\n  "preset": "test"\n}'
CONFIG_HASH = hashlib.sha256(CONFIG.encode()).hexdigest()
PICTURE = images.png(
    images.make_grid(np.zeros([4, 28, 28, 1], np.uint8), columns=2)
)
FACTS = [
    (key, card_words.shown(kinds.get(presets.get("mnist_quick"), key)))
    for key in card_words.SETTINGS
]

GENERATOR = (
    "saved_model.pb",
    "fingerprint.pb",
    "variables/variables.index",
    "variables/variables.data-00000-of-00001",
)


def make_run(root, **header_changes):
    """Write a run of 30 charged steps with a release, as training does."""
    generator = root / "release" / "generator" / "1"
    (root / "private").mkdir(parents=True)
    (generator / "variables").mkdir(parents=True)
    (root / "config.json").write_text(CONFIG + "\n")
    for name in GENERATOR:
        (generator / name).write_bytes(b"weights")
    (root / "release" / "samples.png").write_bytes(PICTURE)
    header = examples.header(config_hash=CONFIG_HASH, **header_changes)
    ledger = ledgers.Ledger.create(ledger_path(root), header=header)
    ledger.begin_attempt("a" * 64)
    ledger.reserve(30)
    ledger.record_release(25)
    write_card(root)
    write_claim(root)
    return root


def ledger_path(root):
    return root / "private" / "ledger.jsonl"


def card_of(claim, **changes):
    values = {
        "latent_dim": 3,
        "form": records.Form((28, 28, 1)),
        "training_facts": FACTS,
        "scores": [("JS score, released generator", "-", "100 images")],
    }
    return model_card.model_card(claim, **values | changes)


def write_card(root, edit=lambda card: card):
    """Write the card of a run's claim, with changes by hand."""
    release = root / "release"
    claim = claims.build_claim(ledger_path(root), release_dir=release)
    (release / "MODEL_CARD.md").write_text(edit(card_of(claim)))


def write_claim(root):
    """Write the claim of a run anew: its hashes fit again."""
    release = root / "release"
    claim = claims.build_claim(ledger_path(root), release_dir=release)
    claims.write_claim(claim, release)


@pytest.fixture
def run_dir(tmp_path):
    return make_run(tmp_path / "run")


def read(run_dir):
    return json.loads((run_dir / "release" / "privacy.json").read_text())


def alter(run_dir, **changes):
    path = run_dir / "release" / "privacy.json"
    path.write_text(json.dumps({**read(run_dir), **changes}))


def failures(findings):
    return [finding.name for finding in findings if not finding.ok]


def test_a_fresh_run_and_its_release_hold(run_dir):
    assert failures(claim_check.check_run(run_dir)) == []
    assert failures(claim_check.check_release(run_dir / "release")) == []


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
    claim = read(run_dir)
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
    root = make_run(tmp_path / "run", target_delta=1.7e-5)
    assert asked == [("rdp", 30), ("pld", 30)]
    asked.clear()
    accounting._epsilon.cache_clear()
    assert failures(claim_check.check_run(root)) == []
    # All steps that the ledger allows, too.
    assert asked == [("rdp", 30), ("rdp", 100), ("pld", 30)]


def test_a_ledger_that_tells_of_no_release_gets_no_claim(run_dir):
    ledger = ledgers.Ledger.open(ledger_path(run_dir), config_hash=CONFIG_HASH)
    ledger.begin_attempt("b" * 64)
    with pytest.raises(errors.LedgerError, match="no release"):
        write_claim(run_dir)


def test_a_summary_is_priced_stated_and_checked(tmp_path):
    plain = read(make_run(tmp_path / "plain"))
    root = make_run(tmp_path / "run", summary_noise_multiplier=4.0)
    claim = read(root)
    assert claim["summary_noise_multiplier"] == 4.0
    prices = claim["epsilon_by_accountant"]
    assert prices == prices_of(summary_noise_multiplier=4.0)
    for accountant, epsilon in prices.items():
        assert epsilon > plain["epsilon_by_accountant"][accountant] + 0.2
    assert "noise multiplier 4." in claim["statement"]
    assert "summary" not in plain["statement"]
    assert failures(claim_check.check_run(root)) == []


def test_a_summary_cannot_be_kept_quiet(tmp_path):
    root = make_run(tmp_path / "run", summary_noise_multiplier=4.0)
    plain = read(make_run(tmp_path / "plain"))
    claim = read(root)
    del claim["summary_noise_multiplier"]
    (root / "release" / "privacy.json").write_text(json.dumps(claim))
    assert "epsilon" in failures(claim_check.check_release(root / "release"))
    # Even when all numbers are made to fit, the ledger knows better.
    numbers = ("epsilon", "epsilon_by_accountant", "statement")
    claim |= {name: plain[name] for name in numbers}
    card = root / "release" / "MODEL_CARD.md"
    card.write_text(card_of(claim))
    digest = hashlib.sha256(card.read_bytes()).hexdigest()
    claim["files"]["MODEL_CARD.md"] = digest
    (root / "release" / "privacy.json").write_text(json.dumps(claim))
    assert failures(claim_check.check_release(root / "release")) == []
    assert failures(claim_check.check_run(root)) == ["claim and ledger"]


def test_an_accountant_that_knows_no_bound_is_left_out(tmp_path):
    """PLD truncates tails, and may know none at so small a delta."""
    root = make_run(tmp_path / "run", target_delta=1e-60, target_epsilon=100.0)
    claim = read(root)
    assert list(claim["epsilon_by_accountant"]) == ["rdp"]
    assert claim["epsilon"] == claim["epsilon_by_accountant"]["rdp"]
    assert "PLD" not in (root / "release" / "MODEL_CARD.md").read_text()
    assert failures(claim_check.check_run(root)) == []


def test_the_statement_never_understates_epsilon(run_dir):
    claim = read(run_dir)
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
        read(run_dir), num_steps=30, num_kept=25, epsilon=epsilon
    )
    assert stated in words


def test_the_claim_holds_no_secrets(run_dir):
    text = (run_dir / "release" / "privacy.json").read_text()
    header = json.loads(ledger_path(run_dir).read_text().splitlines()[0])
    for secret in (header["nonce"], examples.FINGERPRINT, "a" * 64):
        assert secret not in text
    for word in ("nonce", "commitment", "data_fingerprint", "noise_seed"):
        assert word not in text


def test_a_seeded_run_makes_no_claim_and_says_why(tmp_path):
    root = make_run(tmp_path / "run", noise_source="seed")
    claim = read(root)
    assert claim["claim"] == "none"
    assert claim["epsilon"] is claim["delta"] is None
    assert "seed" in claim["no_claim_reason"]
    assert "NO privacy claim" in claim["statement"]
    assert failures(claim_check.check_run(root)) == []


def test_a_seeded_run_cannot_be_passed_off_as_private(tmp_path):
    root = make_run(tmp_path / "run", noise_source="seed")
    honest = make_run(tmp_path / "honest")
    claim = read(honest)
    for name in ("ledger_head", "ledger_num_entries"):
        claim[name] = read(root)[name]
    (root / "release" / "privacy.json").write_text(json.dumps(claim))
    shutil.copy(honest / "release" / "MODEL_CARD.md", root / "release")
    assert failures(claim_check.check_run(root)) == ["claim and ledger"]


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
    alter(run_dir, **changes)
    assert failures(claim_check.check_release(run_dir / "release"))


@pytest.mark.parametrize("name", ["epsilon", "epsilon_by_accountant"])
def test_an_epsilon_that_is_a_little_too_small_is_found(run_dir, name):
    value = read(run_dir)[name]
    if isinstance(value, dict):
        less = {key: one * (1 - 1e-4) for key, one in value.items()}
    else:
        less = value * (1 - 1e-4)
    alter(run_dir, **{name: less})
    assert name in failures(claim_check.check_release(run_dir / "release"))


@pytest.mark.parametrize(
    "name", ["epsilon", "files", "claim", "num_groups", "threat_model"]
)
def test_a_missing_field_is_found(run_dir, name):
    claim = read(run_dir)
    del claim[name]
    path = run_dir / "release" / "privacy.json"
    path.write_text(json.dumps(claim))
    assert failures(claim_check.check_release(run_dir / "release"))


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00", "[" * 100_000, "5"])
def test_an_unreadable_claim_is_a_finding(run_dir, content):
    (run_dir / "release" / "privacy.json").write_text(content)
    assert failures(claim_check.check_run(run_dir)) == ["claim"]


def test_a_changed_file_is_found(run_dir):
    path = run_dir / "release" / "generator" / "1" / "saved_model.pb"
    path.write_bytes(b"Weights")
    assert failures(claim_check.check_run(run_dir)) == [
        "file generator/1/saved_model.pb"
    ]


def test_a_missing_file_is_found(run_dir):
    (run_dir / "release" / "MODEL_CARD.md").unlink()
    assert failures(claim_check.check_run(run_dir)) == [
        "file MODEL_CARD.md",
        "card",
    ]


def test_a_card_that_says_less_than_the_claim_is_found(run_dir):
    """A hash is no signature: who changes a file can renew it."""
    card = run_dir / "release" / "MODEL_CARD.md"
    card.write_text(card.read_text().replace("adding or removing", "adding"))
    write_claim(run_dir)
    assert failures(claim_check.check_run(run_dir)) == ["card"]


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
    with pytest.raises(
        errors.PrivacyError, match="does not belong to a release"
    ):
        write_claim(run_dir)
    digest = hashlib.sha256(b"more").hexdigest()
    alter(run_dir, files=read(run_dir)["files"] | {name: digest})
    assert failures(claim_check.check_run(run_dir)) == [f"file {name}"]


@pytest.mark.parametrize("name", ["critic.npz", "generator/.hidden"])
def test_an_unlisted_file_is_found(run_dir, name):
    (run_dir / "release" / name).write_text("more")
    assert failures(claim_check.check_run(run_dir)) == [f"file {name}"]


def test_a_link_is_found_and_cannot_be_released(run_dir):
    card = run_dir / "release" / "MODEL_CARD.md"
    outside = run_dir / "card"
    card.rename(outside)
    card.symlink_to(outside)
    assert failures(claim_check.check_run(run_dir)) == [
        "file MODEL_CARD.md",
        "card",
    ]
    with pytest.raises(errors.PrivacyError, match="is a link"):
        write_claim(run_dir)


def test_a_pipe_in_the_release_does_not_block_the_check(run_dir):
    os.mkfifo(run_dir / "release" / "pipe")
    assert failures(claim_check.check_run(run_dir)) == ["file pipe"]


def test_a_pipe_for_a_card_does_not_block_the_check(run_dir):
    card = run_dir / "release" / "MODEL_CARD.md"
    card.unlink()
    os.mkfifo(card)
    assert failures(claim_check.check_run(run_dir)) == [
        "file MODEL_CARD.md",
        "card",
    ]


def test_steps_after_the_release_are_found(run_dir):
    ledger = ledgers.Ledger.open(ledger_path(run_dir), config_hash=CONFIG_HASH)
    ledger.begin_attempt("b" * 64)
    ledger.reserve(10)
    assert failures(claim_check.check_run(run_dir)) == ["claim and ledger"]


def test_a_ledger_cut_back_after_the_release_is_found(run_dir):
    path = ledger_path(run_dir)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert failures(claim_check.check_run(run_dir)) == ["claim and ledger"]


def test_the_ledger_of_another_run_is_found(run_dir, tmp_path):
    """Of the same settings and steps: only its hash is another."""
    other = make_run(tmp_path / "other")
    shutil.copy(ledger_path(other), ledger_path(run_dir))
    assert failures(claim_check.check_run(run_dir)) == ["claim and ledger"]


def test_a_claim_of_another_configuration_is_found(run_dir):
    alter(run_dir, config_hash="0" * 64)
    assert failures(claim_check.check_run(run_dir)) == ["claim and ledger"]


def test_a_tampered_or_missing_ledger_is_found(run_dir):
    path = ledger_path(run_dir)
    path.write_bytes(
        path.read_bytes().replace(b'"num_steps":30', b'"num_steps":3')
    )
    assert failures(claim_check.check_run(run_dir)) == ["ledger"]
    path.unlink()
    assert failures(claim_check.check_run(run_dir)) == ["ledger"]


def test_another_configuration_is_found(run_dir):
    (run_dir / "config.json").write_text("{}")
    assert failures(claim_check.check_run(run_dir)) == ["config"]


def test_a_ledger_that_allows_too_many_steps_is_found(tmp_path):
    root = make_run(tmp_path / "run", max_steps=10**5)
    assert failures(claim_check.check_run(root)) == ["budget"]


def test_a_run_over_its_budget_cannot_be_released(tmp_path):
    with pytest.raises(errors.BudgetError, match="must not be released"):
        make_run(tmp_path / "run", target_epsilon=0.1)


def test_delta_of_one_over_n_cannot_be_released(tmp_path):
    with pytest.raises(errors.BudgetError, match="1 / num_examples"):
        make_run(tmp_path / "run", target_delta=1e-3)


def test_a_run_that_was_not_released_yet_holds(run_dir):
    for path in sorted((run_dir / "release").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (run_dir / "release").rmdir()
    assert failures(claim_check.check_run(run_dir)) == []


def test_a_claim_of_noise_without_a_tail_is_refused(run_dir):
    alter(run_dir, format="dpgan-claim-1")
    (found,) = [f for f in claim_check.check_run(run_dir) if not f.ok]
    assert found.name == "format"
    assert "5.68" in found.detail


@pytest.mark.parametrize("name", [None, 5, [], "dpgan-claim-0", "other\n"])
def test_a_claim_of_an_unknown_format_is_refused_by_name(run_dir, name):
    alter(run_dir, format=name, epsilon=0.1)
    (found,) = [f for f in claim_check.check_run(run_dir) if not f.ok]
    assert found.name == "format"
    assert "version of this program that wrote it" in found.detail


def test_a_field_that_no_claim_has_is_named(run_dir):
    alter(run_dir, quantile_share=0.5)
    (found,) = [f for f in claim_check.check_run(run_dir) if not f.ok]
    assert (found.name, found.detail) == ("other fields", "quantile_share")


def test_a_ledger_of_noise_without_a_tail_is_refused(tmp_path, monkeypatch):
    """Nothing may be drawn on it, and no claim be made of it."""
    header = examples.header(config_hash=CONFIG_HASH)
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
    run_dir = make_run(
        tmp_path / "run",
        accountant="rdp",
        target_delta=1e-16,
        target_epsilon=100.0,
    )
    claim = read(run_dir)
    assert set(claim["epsilon_by_accountant"]) == {"rdp"}
    assert claim["epsilon"] == claim["epsilon_by_accountant"]["rdp"]
    assert failures(claim_check.check_run(run_dir)) == []
    assert "PLD" not in (run_dir / "release" / "MODEL_CARD.md").read_text()
