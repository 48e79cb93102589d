"""A run and its release are checked: what does not fit is named."""

import dataclasses
import hashlib
import json
import os
import pathlib
import tempfile

import pytest

from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import schema_check
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests import tiny_table
from tests.claim import releases
from tests.claim import typed_releases
from tests.privacy import odd_files


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
    numbers = ("epsilon", "epsilon_by_accountant", "risk", "statement")
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


def test_a_tampered_or_missing_ledger_is_found(run_dir):
    path = releases.ledger_path(run_dir)
    path.write_bytes(
        path.read_bytes().replace(b'"num_steps":30', b'"num_steps":3')
    )
    assert releases.failures(claim_check.check_run(run_dir)) == ["ledger"]
    path.unlink()
    assert releases.failures(claim_check.check_run(run_dir)) == ["ledger"]


def test_a_run_that_was_not_released_yet_holds(run_dir):
    for path in sorted((run_dir / "release").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (run_dir / "release").rmdir()
    assert releases.failures(claim_check.check_run(run_dir)) == []


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


def test_what_was_checked_is_told_with_its_values(run_dir):
    found = releases.details(claim_check.check_run(run_dir))
    assert found["ledger"].startswith("4 entries, 1 attempt(s), 30 noisy")
    assert found["budget"].endswith("after max_steps")
    assert found["config"] == "hash matches the ledger"
    assert found["format"] == "dpgan-claim-5"
    assert found["statement"] == found["risk"] == "as recomputed"
    assert found["file samples.png"] == "sha256 matches"
    assert found["card"] == "as made from the claim"
    head = ledgers.read(releases.ledger_path(run_dir)).head
    assert found["claim and ledger"] == f"head {head[:12]}"


def test_more_files_than_a_release_has_are_not_listed_one_by_one(run_dir):
    names = {f"{number}": "0" * 64 for number in range(200)}
    releases.alter(run_dir, files=releases.read(run_dir)["files"] | names)
    found = releases.details(claim_check.check_release(run_dir / "release"))
    assert found["files"] == "206; expected at most 100"
    assert len([name for name in found if name.startswith("file ")]) == 100


def test_a_claim_is_read_without_a_check(run_dir, tmp_path):
    claim = releases.read(run_dir)
    release = run_dir / "release"
    assert claim_check.read_claim(release) == claim
    assert claim_check.read_claim(tmp_path / "gone") is None


def test_a_release_of_typed_columns_holds(run_dir):
    typed_releases.make(run_dir)
    assert releases.failures_of(run_dir) == []
    told = releases.details(claim_check.check_release(run_dir / "release"))
    assert told["schema"] == "canonical, as its columns are declared"
    assert told["samples in samples.csv"].startswith("only samples")


def test_a_schema_that_was_changed_is_found(run_dir):
    typed_releases.make(run_dir)
    path = run_dir / "release" / "schema.json"
    content = path.read_text("utf-8")
    path.write_text(content.replace('"klein"', '"petit"'), "utf-8")
    found = releases.failures_of(run_dir)
    assert "file schema.json" in found and "samples in samples.csv" in found
    typed_releases.renew(run_dir)  # Its hash fits again; its samples do not.
    changed = ["samples in samples.csv", "declared schema"]
    assert releases.failures_of(run_dir) == changed
    path.write_text(content.replace("I10", "I11"), "utf-8")
    typed_releases.renew(run_dir)
    assert releases.failures_of(run_dir) == changed
    path.write_text(content.replace(", ", ","), "utf-8")
    typed_releases.renew(run_dir)
    assert releases.failures_of(run_dir) == ["schema", "card", *changed[1:]]


def test_learnt_bounds_that_a_claim_does_not_charge_are_found(run_dir):
    typed_releases.make(run_dir)
    path = run_dir / "release" / "schema.json"
    learnt = dataclasses.replace(tiny_table.SCHEMA, learnt_noise_multiplier=2.0)
    path.write_text(schema_text.to_text(learnt), "utf-8")
    typed_releases.renew(run_dir)
    assert releases.failures_of(run_dir) == ["schema", "declared schema"]
    told = releases.details(claim_check.check_release(run_dir / "release"))
    assert "the claim does not charge" in told["schema"]


def test_a_schema_with_another_number_of_cells_than_the_card_is_found(run_dir):
    typed_releases.make(run_dir)
    form = schema_check.form_of(tiny_table.SCHEMA)
    typed_releases.renew(
        run_dir, form=dataclasses.replace(form, shape=(form.shape[0] + 1,))
    )
    assert releases.failures_of(run_dir) == ["card"]


def test_a_release_without_its_schema_is_found(run_dir):
    typed_releases.make(run_dir)
    (run_dir / "release" / "schema.json").unlink()
    missing = ["card", "declared schema"]
    assert releases.failures_of(run_dir) == ["file schema.json", *missing]
    typed_releases.renew(run_dir)
    assert releases.failures_of(run_dir) == missing


def test_a_schema_beside_pictures_is_found(run_dir):
    text = schema_text.to_text(tiny_table.SCHEMA)
    (run_dir / "release" / "schema.json").write_text(text, "utf-8")
    releases.edit_card(run_dir, lambda card: card)
    assert releases.failures_of(run_dir) == ["card", "declared schema"]


def test_samples_of_no_schema_are_found(run_dir):
    typed_releases.make(run_dir)
    path = run_dir / "release" / "samples.csv"
    path.write_text(path.read_text("utf-8") + "Epsilon is 0.01.\n", "utf-8")
    typed_releases.renew(run_dir)
    assert releases.failures_of(run_dir) == ["samples in samples.csv"]
