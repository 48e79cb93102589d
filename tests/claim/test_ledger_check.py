"""A claim and a configuration that the ledger does not know are found."""

import dataclasses
import json
import shutil

import pytest

from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import schema_check
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.claim import releases
from tests.claim import typed_cards
from tests.claim import typed_releases


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


def test_another_configuration_is_found(run_dir):
    (run_dir / "config.json").write_text("{}")
    assert releases.failures(claim_check.check_run(run_dir)) == ["config"]


def test_a_ledger_that_allows_too_many_steps_is_found(tmp_path):
    root = releases.make_run(tmp_path / "run", max_steps=10**5)
    assert releases.failures(claim_check.check_run(root)) == ["budget"]


def test_the_fields_that_the_ledger_knows_otherwise_are_named(run_dir):
    releases.alter(run_dir, config_hash="0" * 64)
    found = releases.details(claim_check.check_run(run_dir))
    assert found["claim and ledger"] == "config_hash differ from the ledger's"


@pytest.mark.parametrize("name", ["title", "purpose", "contact", "licence"])
def test_words_that_the_run_did_not_have_are_found(run_dir, name):
    said = dataclasses.replace(releases.ABOUT, **{name: "Scans"})
    releases.edit_card(run_dir, lambda card: card, said)
    found = claim_check.check_run(run_dir)
    assert releases.failures(found) == ["claim's words"]
    assert f"data.{name} differs" in releases.details(found)["claim's words"]


def test_a_schema_that_the_configuration_does_not_have_is_found(run_dir):
    """Even if the release is whole, with samples and card of that schema."""
    typed_releases.make(run_dir)
    told = releases.details(claim_check.check_run(run_dir))
    assert told["declared schema"] == "as in the configuration"
    path = run_dir / "release" / "schema.json"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"2020-12-31"', '"2020-12-30"'), "utf-8")
    assert path.read_text("utf-8") != text
    samples = run_dir / "release" / "samples.csv"
    declared = schema_check.read(path.parent).schema
    samples.write_bytes(typed_cards.samples(declared))
    typed_releases.renew(run_dir, schema=declared)
    assert not releases.failures(claim_check.check_release(run_dir / "release"))
    assert releases.failures_of(run_dir) == ["declared schema"]


def test_a_configuration_may_hold_a_schema_of_many_words(run_dir):
    typed_releases.make(run_dir, more={"notes": "x" * 2**21})
    assert releases.failures_of(run_dir) == []
