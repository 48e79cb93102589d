"""A run and its release are checked: what does not fit is named."""

import dataclasses
import hashlib
import json
import math
import os
import pathlib
import shutil
import tempfile

import pytest

from dpgan_tf.claim import check as claim_check
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.claim import releases
from tests.privacy import odd_files

NAMED = releases.ABOUT.to_claim()


def test_a_fresh_run_and_its_release_hold(run_dir):
    assert releases.failures(claim_check.check_run(run_dir)) == []
    assert (
        releases.failures(claim_check.check_release(run_dir / "release")) == []
    )


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


@pytest.mark.parametrize("name", ["samples.png", "generator/1/fingerprint.pb"])
def test_a_release_without_one_of_its_files_is_found(run_dir, name):
    (run_dir / "release" / name).unlink()
    releases.edit_card(run_dir, lambda card: card)
    assert releases.failures_of(run_dir) == ["card"]


@pytest.mark.parametrize(
    "old, new",
    [
        ('"epsilon": ', '"epsilon": 0.01, "epsilon": '),
        ('"statement": ', '"statement": "none", "statement": '),
        ('"delta": ', '"d\\u0065lta": 1e-9, "delta": '),
        ('"files": {', '"files": {"MODEL_CARD.md": "", '),
        ('"num_steps": 30', '"num_steps": 3, "num_steps": 30'),
    ],
)
def test_a_key_that_stands_twice_in_a_claim_is_found(run_dir, old, new):
    path = run_dir / "release" / "privacy.json"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert releases.failures_of(run_dir) == ["claim"]


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


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_a_run_that_the_checker_may_not_read_is_a_finding():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        run_dir = releases.make_run(pathlib.Path(folder) / "run")
        (run_dir / "private").chmod(0o700)
        with releases.somebody_else():
            assert releases.failures_of(run_dir) == ["ledger"]
        (run_dir / "private").chmod(0o755)
        releases.ledger_path(run_dir).chmod(0o644)
        (run_dir / "config.json").chmod(0o600)
        with releases.somebody_else():
            assert releases.failures_of(run_dir) == ["config"]


@pytest.mark.parametrize("make", [os.mkfifo, odd_files.socket, os.mkdir])
@pytest.mark.parametrize(
    "path, found",
    [
        ("release/privacy.json", "claim"),
        ("private/ledger.jsonl", "ledger"),
        ("config.json", "config"),
        ("release/samples.png", "file samples.png"),
        ("release/MODEL_CARD.md", "card"),
    ],
)
def test_nothing_that_is_no_file_is_waited_for(run_dir, make, path, found):
    (run_dir / path).unlink()
    make(run_dir / path)
    assert found in releases.failures_of(run_dir)


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/tty"])
@pytest.mark.parametrize(
    "path, found",
    [
        ("release/privacy.json", "claim"),
        ("private/ledger.jsonl", "ledger"),
        ("config.json", "config"),
    ],
)
def test_a_device_is_not_read(run_dir, target, path, found):
    (run_dir / path).unlink()
    (run_dir / path).symlink_to(target)
    assert releases.failures_of(run_dir) == [found]


@pytest.mark.parametrize(
    "path, found",
    [
        ("release/privacy.json", "claim"),
        ("private/ledger.jsonl", "ledger"),
        ("config.json", "config"),
        ("release/samples.png", "file samples.png"),
        (
            "release/generator/1/saved_model.pb",
            "file generator/1/saved_model.pb",
        ),
        ("release/more.bin", "file more.bin"),
    ],
)
def test_a_file_without_end_is_not_read(run_dir, path, found):
    with open(run_dir / path, "ab") as file:
        file.truncate(2**43)  # It takes no place on the disk.
    assert releases.failures_of(run_dir) == [found]


def details(findings):
    return {finding.name: finding.detail for finding in findings}


def test_what_was_checked_is_told_with_its_values(run_dir):
    found = details(claim_check.check_run(run_dir))
    assert found["ledger"].startswith("4 entries, 1 attempt(s), 30 noisy")
    assert found["budget"].endswith("after max_steps")
    assert found["config"] == "hash matches the ledger"
    assert found["format"] == "dpgan-claim-4"
    assert found["statement"] == "as recomputed"
    assert found["file samples.png"] == "sha256 matches"
    assert found["card"] == "as made from the claim"
    head = ledgers.read(releases.ledger_path(run_dir)).head
    assert found["claim and ledger"] == f"head {head[:12]}"


def test_a_number_that_was_altered_stands_beside_the_right_one(run_dir):
    epsilon = releases.read(run_dir)["epsilon"]
    releases.alter(run_dir, epsilon=0.125)
    found = details(claim_check.check_release(run_dir / "release"))
    assert found["epsilon"] == f"claimed 0.125, recomputed {epsilon}"


def test_the_fields_that_the_ledger_knows_otherwise_are_named(run_dir):
    releases.alter(run_dir, config_hash="0" * 64)
    found = details(claim_check.check_run(run_dir))
    assert found["claim and ledger"] == "config_hash differ from the ledger's"


@pytest.mark.parametrize("name", ["dpgan-claim-2", "dpgan-claim-3"])
def test_an_earlier_format_says_what_to_do(run_dir, name):
    releases.alter(run_dir, format=name)
    found = details(claim_check.check_run(run_dir))
    assert "write the release again with `export`" in found["format"]


def test_a_claim_of_the_last_format_is_one_line(run_dir):
    claim = releases.read(run_dir)
    del claim["about"]
    claim |= {"format": "dpgan-claim-3", "library_versions": {}}
    path = run_dir / "release" / "privacy.json"
    path.write_text(json.dumps(claim))
    found = claim_check.check_release(run_dir / "release")
    assert releases.failures(found) == ["format"]
    assert "does not say what its data are" in details(found)["format"]


def test_a_title_that_the_run_did_not_have_is_found(run_dir):
    said = dataclasses.replace(releases.ABOUT, title="Scans")
    releases.edit_card(run_dir, lambda card: card, said)
    found = claim_check.check_run(run_dir)
    assert releases.failures(found) == ["claim's words"]
    assert "data.title differs" in details(found)["claim's words"]


def test_more_files_than_a_release_has_are_not_listed_one_by_one(run_dir):
    names = {f"{number}": "0" * 64 for number in range(200)}
    releases.alter(run_dir, files=releases.read(run_dir)["files"] | names)
    found = details(claim_check.check_release(run_dir / "release"))
    assert found["files"] == "206; expected at most 100"
    assert len([name for name in found if name.startswith("file ")]) == 100


def test_the_statement_is_read_without_a_check(run_dir, tmp_path):
    claim = releases.read(run_dir)
    release = run_dir / "release"
    assert claim_check.read_statement(release) == claim["statement"]
    assert claim_check.read_statement(tmp_path / "gone") is None
