"""Keys of an audit: fresh, or from a seed so that it can be repeated."""

import dataclasses

import numpy as np

from dpgan_tf.privacy.ledger import keys


@dataclasses.dataclass(frozen=True)
class AuditKeys:
    """What an audit draws from.

    Attributes:
      noise: key of the steps' noise.
      sampling: key of the steps' samples.
      summary: key of the summary's noise.
      coins: generator of the coins that decide who is in the data.
    """

    noise: keys.NoiseKey
    sampling: keys.NoiseKey
    summary: keys.NoiseKey
    coins: np.random.Generator = dataclasses.field(repr=False)


def make(seed: int | None) -> AuditKeys:
    """Return the keys of one audit.

    Args:
      seed: any integer; None takes the operating system's entropy.
    """
    coins = _key(seed, "coins")
    return AuditKeys(
        noise=_key(seed, "noise"),
        sampling=_key(seed, "sampling"),
        summary=_key(seed, "summary"),
        coins=np.random.default_rng(int.from_bytes(coins.secret, "little")),
    )


def _key(seed: int | None, purpose: str) -> keys.NoiseKey:
    if seed is None:
        return keys.from_entropy()
    return keys.from_seed(seed, attempt=0, purpose=f"audit {purpose}")
