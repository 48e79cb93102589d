"""Keys of noise: fresh or repeatable, never shown."""

import hashlib
import itertools

import numpy as np
import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ledger import keys


def test_a_guessable_key_is_refused():
    with pytest.raises(errors.PrivacyError, match="expected 32"):
        keys.NoiseKey(b"short")


@pytest.mark.parametrize("num_bytes", [0, 16, 31, 33])
def test_a_key_has_32_bytes(num_bytes):
    with pytest.raises(
        errors.PrivacyError, match=f"a noise key of {num_bytes} bytes"
    ):
        keys.NoiseKey(bytes(num_bytes))


def test_keys_from_entropy_are_never_the_same():
    made = {keys.from_entropy().secret for _ in range(100)}
    assert len(made) == 100
    assert {len(secret) for secret in made} == {32}


def test_a_key_from_entropy_does_not_repeat_in_itself():
    """Of 32 random bytes, about 30 are different from each other."""
    for _ in range(20):
        assert len(set(keys.from_entropy().secret)) > 20


def test_a_key_does_not_show_in_its_text_form():
    assert (
        repr(keys.NoiseKey(b"thirty-two secret bytes of a key")) == "NoiseKey()"
    )


def test_a_commitment_is_the_digest_of_the_key_and_its_purpose():
    """By hand, with a prefix that no other digest of this program has."""
    secret = bytes(range(32))
    expected = hashlib.sha256(b"dpgan noise key\x00" + secret).hexdigest()
    assert keys.NoiseKey(secret).commitment == expected
    assert expected != hashlib.sha256(secret).hexdigest()


def test_a_key_is_four_signed_integers_without_a_bit_lost():
    edge = b"\x01" + b"\x00" * 6 + b"\x80"
    key = keys.NoiseKey(b"\xff" * 8 + edge + bytes(8) + b"\x02" + bytes(7))
    assert key.as_integers() == (-1, 1 - 2**63, 0, 2)
    made = keys.from_entropy()
    packed = np.array(made.as_integers(), np.int64).tobytes()
    assert packed == made.secret


def test_seeded_keys_repeat_and_differ_by_seed_attempt_and_purpose():
    asked = list(itertools.product([0, 1, -1], [0, 1], ["noise", "sampling"]))
    made = [
        keys.from_seed(seed, attempt=attempt, purpose=purpose)
        for seed, attempt, purpose in asked
    ]
    assert len({key.secret for key in made}) == len(asked)
    again = keys.from_seed(0, attempt=0, purpose="noise")
    assert again == made[0]


def test_no_two_questions_for_a_seeded_key_are_one_text():
    """Seed 1 of attempt 11 is not seed 11 of attempt 1."""
    first = keys.from_seed(1, attempt=11, purpose="noise")
    second = keys.from_seed(11, attempt=1, purpose="noise")
    assert first != second
