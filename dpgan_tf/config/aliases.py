"""Short names of settings, as people say them: epsilon, learning_rate, epochs.

An alias stands for one setting or several. What is written by its full name
wins over an alias.
"""

import math
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors

MEANINGS: Mapping[str, str] = {
    "epsilon": "budget.target_epsilon",
    "delta": "budget.target_delta",
    "seed": "data.split_seed, and whatever public is drawn at random",
    "learning_rate": "steps.critic_learning_rate; the generator's rate is "
    "scaled with it",
    "epochs": "steps.num_steps, so that each record is drawn so many times",
}
"""What each alias stands for."""

_SAME = {
    "epsilon": "budget.target_epsilon",
    "delta": "budget.target_delta",
    "seed": "data.split_seed",
}
_REAL = {"learning_rate", "epochs"}


def split(
    assignments: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, float]]:
    """Separate plain settings from the aliases that need the whole recipe.

    Args:
      assignments: texts by a setting's key or by an alias.

    Returns:
      Texts by key, and the numbers of `learning_rate` and `epochs`.

    Raises:
      ConfigError: if such a number is none, or not above 0.
    """
    plain = {
        _SAME[name]: text for name, text in assignments.items() if name in _SAME
    }
    plain |= {
        key: text for key, text in assignments.items() if key not in MEANINGS
    }
    return plain, {
        name: _positive(name, text)
        for name, text in assignments.items()
        if name in _REAL
    }


def resolve(
    recipe: Any, numbers: Mapping[str, float], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the settings that `learning_rate` and `epochs` stand for.

    Args:
      recipe: recipe with all other settings as wanted.
      numbers: the second result of `split`.
      given: settings by key that are written in full, which stay as they are.
    """
    changes: dict[str, Any] = {}
    if "learning_rate" in numbers:
        rate, steps = numbers["learning_rate"], recipe.steps
        share = steps.generator_learning_rate / steps.critic_learning_rate
        changes["steps.critic_learning_rate"] = rate
        changes["steps.generator_learning_rate"] = rate * share
    if "epochs" in numbers:
        changes["steps.num_steps"] = num_steps(
            numbers["epochs"],
            num_examples=recipe.data.num_private_examples,
            batch_size=recipe.steps.expected_batch_size,
            num_critic_steps=recipe.steps.num_critic_steps,
        )
    return {key: v for key, v in changes.items() if key not in given}


def num_steps(
    epochs: float,
    *,
    num_examples: int,
    batch_size: float,
    num_critic_steps: int = 1,
) -> int:
    """Return the number of critic steps in which a record is drawn so often.

    That is N n / m in whole rounds, and one round at least.

    Args:
      epochs: expected number N of times that a record is drawn.
      num_examples: declared number n of private records.
      batch_size: expected size m of a batch.
      num_critic_steps: number of critic steps in a round.
    """
    num_rounds = round(epochs * num_examples / batch_size / num_critic_steps)
    return max(1, num_rounds) * num_critic_steps


def _positive(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (value > 0 and math.isfinite(value)):
        raise errors.ConfigError(f"{name}={text}; expected a number > 0.")
    return value
