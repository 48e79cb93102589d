"""Ranges of the numbers that a privacy claim may use; all others raise.

NaN is outside every range.
"""

import math
import numbers

from dpgan_tf.privacy import errors


def require_positive(name: str, value: float) -> None:
    """Refuse what is not positive and finite.

    Args:
      name: the value's name, for the message.
      value: the value to check.

    Raises:
      PrivacyError: if it is out of range.
    """
    if not 0 < value < math.inf:
        raise errors.PrivacyError(f"{name}={value}; expected > 0 and finite.")


def require_not_negative(name: str, value: float) -> None:
    """Refuse what is not at least 0 and finite.

    Args:
      name: the value's name, for the message.
      value: the value to check.

    Raises:
      PrivacyError: if it is out of range.
    """
    if not 0 <= value < math.inf:
        raise errors.PrivacyError(f"{name}={value}; expected >= 0 and finite.")


def require_count(name: str, value: int) -> None:
    """Refuse what is not an integer of at least 1.

    Args:
      name: the value's name, for the message.
      value: the value to check.

    Raises:
      PrivacyError: if it is out of range.
    """
    if not isinstance(value, numbers.Integral) or value < 1:
        raise errors.PrivacyError(
            f"{name}={value!r}; expected an integer >= 1."
        )


def require_probability(name: str, value: float) -> None:
    """Refuse what is not in (0, 1], a probability of being sampled.

    Args:
      name: the value's name, for the message.
      value: the value to check.

    Raises:
      PrivacyError: if it is out of range.
    """
    if not 0 < value <= 1:
        raise errors.PrivacyError(f"{name}={value}; expected in (0, 1].")


def require_delta(value: float) -> None:
    """Refuse what is not in (0, 1).

    Args:
      value: a claim's delta.

    Raises:
      PrivacyError: if it is out of range.
    """
    if not 0 < value < 1:
        raise errors.PrivacyError(f"delta={value}; expected in (0, 1).")
