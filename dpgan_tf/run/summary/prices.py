"""Noise of a summary's releases, from its share of a run's budget.

Bounds of the schema that were learnt with noise are part of the summary: they
are paid for out of its share, so that the claim covers both.
"""

import dataclasses
import math
from collections.abc import Sequence

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.summary import summary
from dpgan_tf.run.summary import schemas

_LEAST_LEFT = 0.1
"""Least share of the summary that is left beside learnt bounds."""


def noise_multipliers(
    recipe: recipes.Recipe, target: plans.Target
) -> tuple[float, ...]:
    """Return the noise multiplier of each release of the summary, in order.

    Args:
      recipe: the run's recipe.
      target: budget of the whole run.

    Raises:
      ConfigError: if nothing is left beside what the schema's bounds cost.
    """
    if recipe.summary is None:
        return ()
    whole = calibration.calibrate_noise_multiplier(
        dataclasses.replace(
            target, epsilon=recipe.summary.share * target.epsilon
        ),
        sampling_probability=1.0,
        num_steps=1,
    )
    left = _beside_learnt(recipe, whole)
    shares = recipe.summary.shares(has_surrogates=recipe.has_surrogates)
    return tuple(left / math.sqrt(share) for share in shares)


def together(
    recipe: recipes.Recipe, multipliers: Sequence[float]
) -> float | None:
    """Return the noise multiplier that all of the summary is charged as.

    Args:
      recipe: the run's recipe.
      multipliers: result of `noise_multipliers`.

    Returns:
      That of these and of what showed the schema's bounds; None for neither.

    Raises:
      ConfigError: if bounds were learnt, and there is no summary.
    """
    learnt = schemas.learnt_noise_multiplier(recipe)
    if learnt is None:
        return summary.combined(multipliers) if multipliers else None
    if not multipliers:
        raise errors.ConfigError(
            "data.schema: its bounds were learnt with noise, which is charged "
            "with a summary, and summary=none; choose a summary."
        )
    return summary.combined((*multipliers, learnt))


def _beside_learnt(recipe: recipes.Recipe, whole: float) -> float:
    """Return the noise multiplier of the summary's own releases.

    With those that showed the schema's bounds they are `whole`.
    """
    learnt = schemas.learnt_noise_multiplier(recipe)
    if learnt is None:
        return whole
    left = 1 - (whole / learnt) ** 2
    if left < _LEAST_LEFT:
        raise errors.ConfigError(
            "data.schema: learning its bounds cost nearly all of summary.share="
            f"{recipe.summary.share} of target_epsilon="
            f"{recipe.require_budget().target_epsilon}, or more; use a larger "
            "target_epsilon, or declare the bounds."
        )
    return whole / math.sqrt(left)
