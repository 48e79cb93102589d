"""Facts of a ledger and of its claim are the same, and none is believed."""

import pytest

from dpgan_tf.claim import facts as claim_facts
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ledger import header
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.claim import releases


def test_a_claim_has_the_facts_of_its_ledger(run_dir):
    stated = claim_facts.of_claim(releases.read(run_dir))
    entries = ledgers.read(releases.ledger_path(run_dir))
    assert stated == claim_facts.of_ledger(
        entries, files=stated.files, about=stated.about
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"num_steps_kept": 0}, "num_steps_kept=0"),
        ({"num_steps_kept": 31}, "from 1 to 30"),
        ({"ledger_num_entries": 3}, "ledger_num_entries=3"),
        ({"config_hash": "x"}, "config_hash"),
        ({"sampling_probability": 2.0}, "sampling_probability"),
    ],
)
def test_impossible_facts_are_refused(run_dir, changes, said):
    with pytest.raises(errors.PrivacyError, match=said):
        claim_facts.of_claim(releases.read(run_dir) | changes)


def test_what_claims_nothing_was_drawn_from_a_seed(run_dir):
    claim = releases.read(run_dir) | {
        "claim": claim_facts.NO_CLAIM,
        "noise_sampler": header.PHILOX,
    }
    assert claim_facts.of_claim(claim).noise_source == "seed"
