"""A run with a release, without any training, and what can be done to it."""

import contextlib
import hashlib
import json
import os
import threading
import time

import numpy as np

from dpgan_tf import images
from dpgan_tf.claim import about
from dpgan_tf.claim import card_words
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import model_card
from dpgan_tf.config import presets
from dpgan_tf.config.parts import kinds
from dpgan_tf.data import records
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


ABOUT = about.About(
    data="mnist",
    title="",
    purpose="",
    contact="",
    licence="",
    released_on="2026-11-30",
    versions=dict.fromkeys(about.LIBRARIES, "1.2.3"),
)


GENERATOR = (
    "saved_model.pb",
    "fingerprint.pb",
    "variables/variables.index",
    "variables/variables.data-00000-of-00001",
)


def ledger_path(root):
    return root / "private" / "ledger.jsonl"


def card_of(claim, **changes):
    values = {
        "latent_dim": 3,
        "form": records.Form((28, 28, 1)),
        "training_facts": FACTS,
        "scores": [("JS score ↓, released generator", "-", "100 images")],
    }
    return model_card.model_card(claim, **values | changes)


def claim_of(root, said=ABOUT):
    """Return the claim that follows from a run's ledger and files."""
    return claims.build_claim(
        ledger_path(root), release_dir=root / "release", about=said
    )


def write_card(root, edit=lambda card: card, said=ABOUT):
    """Write the card of a run's claim, with changes by hand."""
    release = root / "release"
    claim = claim_of(root, said)
    (release / "MODEL_CARD.md").write_text(edit(card_of(claim)))


def write_claim(root, said=ABOUT):
    """Write the claim of a run anew: its hashes fit again."""
    claims.write_claim(claim_of(root, said), root / "release")


def make_run(root, *, config=CONFIG, **header_changes):
    """Write a run of 30 charged steps with a release, as training does."""
    generator = root / "release" / "generator" / "1"
    (root / "private").mkdir(parents=True)
    (generator / "variables").mkdir(parents=True)
    (root / "config.json").write_text(config + "\n")
    for name in GENERATOR:
        (generator / name).write_bytes(b"weights")
    (root / "release" / "samples.png").write_bytes(PICTURE)
    config_hash = hashlib.sha256(config.encode()).hexdigest()
    header = examples.header(config_hash=config_hash, **header_changes)
    ledger = ledgers.Ledger.create(ledger_path(root), header=header)
    ledger.begin_attempt("a" * 64)
    ledger.reserve(30)
    ledger.record_release(25)
    write_card(root)
    write_claim(root)
    return root


def read(run_dir):
    return json.loads((run_dir / "release" / "privacy.json").read_text())


def alter(run_dir, **changes):
    path = run_dir / "release" / "privacy.json"
    path.write_text(json.dumps({**read(run_dir), **changes}))


def failures(findings):
    return [finding.name for finding in findings if not finding.ok]


def at_once(function, *arguments):
    """Return what a function returns, if it neither waits nor computes long."""
    results, start = [], time.process_time()
    thread = threading.Thread(
        target=lambda: results.append(function(*arguments)), daemon=True
    )
    thread.start()
    thread.join(20)
    assert results, "it waits, or failed"
    assert time.process_time() < start + 5
    return results[0]


def failures_of(run_dir):
    """Return what a run fails in; the check neither waits nor computes long."""
    findings = at_once(claim_check.check_run, run_dir)
    assert all(isinstance(item.detail, str) for item in findings)
    return failures(findings)


def edit_card(run_dir, edit, said=ABOUT):
    """Change the card and renew its hash, as whoever can write can."""
    write_card(run_dir, edit, said)
    write_claim(run_dir, said)


@contextlib.contextmanager
def somebody_else():
    """Act as a user who owns nothing."""
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def details(findings):
    """Return the details of findings by their names."""
    return {finding.name: finding.detail for finding in findings}
