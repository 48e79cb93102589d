"""The header of a ledger: parameters of mechanism, budget and run."""

import math
import re
from typing import Any

from dpgan_tf.privacy import errors

NOISE_SOURCES = ("os_entropy", "seed")
PHILOX, CHACHA20 = "box_muller_64_bits", "box_muller_chacha20"
NOISE_SAMPLERS = (PHILOX, CHACHA20)
"""How `noise` makes Gaussian numbers, and from which bits; change both
together. Noise drawn in another way has another claim, and steps of two kinds
are not composed: a run ends with the sampler that it was begun with."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(value: Any) -> bool:
    """Return whether a value is 64 hexadecimal digits, as of SHA-256."""
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value))


def is_count(value: Any) -> bool:
    """Return whether a value is an integer of at least 0, not a boolean."""
    return type(value) is int and value >= 0


def _is_positive(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value < math.inf


_PARAMETERS = {
    "accountant": (lambda v: v in ("rdp", "pld"), '"rdp" or "pld"'),
    "config_hash": (is_digest, "64 hexadecimal digits"),
    "data_fingerprint": (is_digest, "64 hexadecimal digits"),
    "effective_noise_multiplier": (_is_positive, "> 0"),
    "expected_batch_size": (_is_positive, "> 0"),
    "max_steps": (is_count, "an integer >= 0"),
    "noise_multiplier": (_is_positive, "> 0"),
    "noise_sampler": (
        lambda v: v in NOISE_SAMPLERS,
        f"one of {NOISE_SAMPLERS}",
    ),
    "noise_source": (lambda v: v in NOISE_SOURCES, f"one of {NOISE_SOURCES}"),
    "num_examples": (lambda v: is_count(v) and v, "an integer >= 1"),
    "num_groups": (lambda v: is_count(v) and v, "an integer >= 1"),
    "sampling_probability": (
        lambda v: _is_positive(v) and v <= 1,
        "in (0, 1]",
    ),
    "target_delta": (lambda v: _is_positive(v) and v < 1, "in (0, 1)"),
    "target_epsilon": (_is_positive, "> 0"),
}
_OPTIONAL = {
    "most_records_per_unit": (
        lambda v: is_count(v) and v >= 2,
        "an integer >= 2",
    ),
    "summary_noise_multiplier": (_is_positive, "> 0"),
}


def require_parameters(parameters: Any, *, name: str) -> None:
    """Refuse a header that lacks a parameter or has an impossible one.

    Args:
      parameters: the parameters of mechanism, budget and run.
      name: the ledger file's name, for the message.

    Raises:
      LedgerError: naming the parameter and what is expected.
    """
    checks = _PARAMETERS
    if isinstance(parameters, dict):
        checks = checks | {
            key: check for key, check in _OPTIONAL.items() if key in parameters
        }
    if isinstance(parameters, dict) and "noise_sampler" not in parameters:
        raise errors.OutdatedLedgerError(
            f"{name}: is of a version whose noise ended at 5.68 standard "
            "deviations, so that delta is larger than it states: begin a new "
            "run, and release nothing of this one under its claim."
        )
    if not isinstance(parameters, dict) or set(parameters) != set(checks):
        raise errors.LedgerError(
            f"{name}: the header must hold {', '.join(sorted(_PARAMETERS))}, "
            f"and nothing else but perhaps {' and '.join(_OPTIONAL)}."
        )
    for key, (holds, expectation) in checks.items():
        if not holds(parameters[key]):
            raise errors.LedgerError(
                f"{name}: header {key}={parameters[key]!r}; expected "
                f"{expectation}."
            )
    _require_consistent(parameters, name)


def _require_consistent(parameters: dict[str, Any], name: str) -> None:
    if (parameters["noise_source"], parameters["noise_sampler"]) == (
        "seed",
        CHACHA20,
    ):
        raise errors.LedgerError(
            f"{name}: header noise_sampler={CHACHA20!r} of a seed; expected "
            f"{PHILOX!r}, which alone is seeded."
        )
    sigma, k = parameters["noise_multiplier"], parameters["num_groups"]
    m, n = parameters["expected_batch_size"], parameters["num_examples"]
    derived = {
        "effective_noise_multiplier": sigma / math.sqrt(k),
        "sampling_probability": m / n,
    }
    for key, value in derived.items():
        if not math.isclose(parameters[key], value, rel_tol=1e-9):
            raise errors.LedgerError(
                f"{name}: header {key}={parameters[key]}; expected {value}, "
                "from the other parameters."
            )
