"""Secret keys of the protective noise.

Anyone who knows the key can subtract the noise: a key is as secret as the
records. It stays in memory, for one attempt, and is never stored; the ledger
contains its hash, which shows whether a key was used before.
"""

import dataclasses
import hashlib
import secrets
import struct

from dpgan_tf.privacy import errors

_NUM_BYTES = 32


@dataclasses.dataclass(frozen=True)
class NoiseKey:
    """256 bits from which all noise of one attempt follows.

    Attributes:
      secret: the bits; not shown in the text form.
    """

    secret: bytes = dataclasses.field(repr=False)

    @property
    def commitment(self) -> str:
        """The key's hash in the ledger: 64 hexadecimal digits.

        It does not reveal the key, which is too long to be guessed.
        """
        return hashlib.sha256(b"dpgan noise key\0" + self.secret).hexdigest()

    def __post_init__(self) -> None:
        """Refuse a key that could be guessed."""
        if len(self.secret) != _NUM_BYTES:
            raise errors.PrivacyError(
                f"a noise key of {len(self.secret)} bytes; expected "
                f"{_NUM_BYTES}."
            )

    def as_integers(self) -> tuple[int, ...]:
        """Return the key as four signed 64-bit integers."""
        return struct.unpack("<4q", self.secret)


def from_entropy() -> NoiseKey:
    """Return a key from the operating system's entropy."""
    return NoiseKey(secrets.token_bytes(_NUM_BYTES))


def from_seed(seed: int, *, attempt: int, purpose: str) -> NoiseKey:
    """Return a repeatable key, for tests: it protects nothing.

    Args:
      seed: any integer.
      attempt: number of the attempt, so that a resumed run draws new noise.
      purpose: purpose of the draws, such as "noise" or "sampling".

    Returns:
      A key that differs for every seed, attempt and purpose.
    """
    text = f"dpgan_tf {purpose} {seed} {attempt}".encode()
    digest = hashlib.sha256(text).digest()
    return NoiseKey(digest)
