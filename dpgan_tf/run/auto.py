"""Recipes from public facts alone: what is declared, never the records.

Two data sets of one kind, shape, number and classes get the same recipe, with
any names. `docs/recipes.md` has it as a table.
"""

import math
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.run import image_settings
from dpgan_tf.run import plan
from dpgan_tf.run import public_facts

NAMES: Mapping[str, str] = {
    "auto": "whatever the records are: the best that we know for them",
    "quick": "a summary of the records and one round of private steps",
}
"""What each recipe is for."""

_LEAST_OF_STEPS = 20_000
"""Least epsilon times records at which private steps have a part of it."""

SUMMARY_ALONE: Mapping[str, Any] = {
    "summary.share": 0.98,
    "steps.num_steps": 1,
    "steps.num_critic_steps": 1,
    "steps.checkpoint_every": 1,
    "steps.generator_learning_rate": 1e-5,
}
"""Settings of rows that a summary alone teaches: the one private step of the
critic costs next to nothing, and more of them would teach less than they cost.
"""

_MOST_BLOCKS = 60
"""Most columns of a schema of which pairs are chosen; of more, all are taken
at once."""

_FIT_STEPS = {"auto": 4_000, "quick": 1_000}
"""Steps of a fit to chosen pairs."""

_MANY_PAIRS = 10_000
"""Epsilon times records above which more pairs are measured."""

_SCORED = (5_000, 60_000)
"""The fewest and the most samples that are scored."""

_IMITATED = {"warm_start.num_steps": 0, "summary.imitation_steps": 2_000}
"""Settings of a generator that begins with surrogates, without a critic."""

_VARIETY_OF_SUMMARY = 1.3
"""Variety that teaches best, of a generator that follows a summary alone."""

_WORK = 1_500 * 1_024
"""Records in all private steps, for 32 x 32 pixels; fewer for larger ones."""


def recipe(name: str, facts: public_facts.Facts) -> recipes.Recipe:
    """Return a whole recipe for such records.

    Args:
      name: one of `NAMES`.
      facts: what is publicly known.

    Raises:
      ConfigError: if no recipe serves such records.
    """
    if name not in NAMES:
        raise errors.ConfigError(
            f"recipe={name}; expected one of {', '.join(NAMES)}."
        )
    if len(facts.shape) == 1:
        return _of_rows(name, facts)
    recipe = of_images(name, facts)
    if name == "quick":
        return _of_one_round(recipe)
    if facts.epsilon * facts.num_private < _LEAST_OF_STEPS:
        return _with_guide(_of_one_round(recipe))
    return _planned(recipe, facts)


def _common(name: str, facts: public_facts.Facts) -> dict[str, Any]:
    """Return what every recipe takes from the facts."""
    return {
        "name": name,
        "data.source": facts.source,
        "data.num_private_examples": facts.num_private,
        "data.public_fraction": facts.public_fraction,
        "data.public_source": facts.public_source,
        "steps.expected_batch_size": min(1_024, facts.num_private),
        "scoring.num_samples": _num_scored(facts),
        "budget.target_epsilon": facts.epsilon,
        "budget.target_delta": facts.delta
        or public_facts.delta(facts.num_records),
    }


def _num_scored(facts: public_facts.Facts) -> int:
    """Return the number of samples to score: no more than the records say."""
    fewest, most = _SCORED
    return min(max(fewest, facts.num_private), most)


def _of_rows(name: str, facts: public_facts.Facts) -> recipes.Recipe:
    """Return the recipe of rows of a table: a summary, and a fit to it.

    Of the columns of a schema pairs are chosen, if there are not too many.
    """
    num_blocks = len(facts.blocks)
    changes = _common(name, facts) | SUMMARY_ALONE
    if 1 < num_blocks <= _MOST_BLOCKS:
        of_block = 4 if facts.epsilon * facts.num_private > _MANY_PAIRS else 2
        changes["summary"] = "chosen"
        changes["summary.fit_steps"] = _FIT_STEPS[name]
        changes["summary.num_pairs"] = min(
            math.comb(num_blocks, 2), of_block * num_blocks
        )
    return recipes.change(presets.get("dpgan_ehr"), changes)


def of_images(name: str, facts: public_facts.Facts) -> recipes.Recipe:
    """Return the recipe of images, before its private steps are planned.

    Args:
      name: one of `NAMES`.
      facts: what is publicly known.
    """
    changes = (
        _common(name, facts)
        | {"networks.precision": "auto"}
        | image_settings.networks(facts)
        | image_settings.features(facts)
    )
    if facts.has_public:
        base = presets.get("mnist_features")
    else:
        base = presets.get("mnist_surrogate")
        changes |= image_settings.moments(facts)
    if name == "quick":
        changes |= _shortened(facts)
    return recipes.change(base, changes)


def _shortened(facts: public_facts.Facts) -> dict[str, Any]:
    """Return settings of fewer steps without privacy."""
    changes: dict[str, Any] = {"warm_start.num_steps": 150}
    if not facts.has_public:
        changes["summary.num_surrogates"] = max(5_000, facts.num_classes)
    if image_settings.has_features(facts):
        changes |= {
            "summary.fit_steps": 0 if facts.has_public else 150,
            "summary.fit_batch_size": image_settings.fit_batch(
                facts, least=200
            ),
            "summary.feature_directions": min(
                400, image_settings.directions(facts)
            ),
            "summary.guide_steps": 40 if facts.num_classes > 1 else 0,
            "summary.guide_learning_rate": image_settings.guide_rate(
                facts, 200.0
            ),
        }
    return changes


def _planned(
    recipe: recipes.Recipe, facts: public_facts.Facts
) -> recipes.Recipe:
    """Return a recipe with batch and steps for its budget.

    Where even one round has more noise than can be learnt through, the summary
    gets nearly all of the budget.
    """
    height, width, _ = facts.shape
    work = min(1.0, 32**2 / (height * width)) * _WORK
    num_critic_steps = recipe.steps.num_critic_steps
    of_round = recipe.steps.expected_batch_size * num_critic_steps
    num_rounds = max(1, round(work / of_round))
    recipe = recipes.change(
        recipe, {"steps.num_steps": num_rounds * num_critic_steps}
    )
    # Plans need many prices; those of RDP are close enough, and fast.
    priced = recipes.change(recipe, {"budget.accountant": "rdp"})
    try:
        planned = plan.choose(priced, facts.form)
    except errors.ConfigError:
        return _with_guide(_of_one_round(recipe))
    accountant = {"budget.accountant": recipe.budget.accountant}
    return recipes.change(planned, accountant)


def _of_one_round(recipe: recipes.Recipe) -> recipes.Recipe:
    """Return a recipe with one round of private steps.

    Its critic needs no warm start; its generator does, if nothing is imitated.
    """
    changes: dict[str, Any] = {
        "scoring.variety": _VARIETY_OF_SUMMARY,
        "steps.num_steps": recipe.steps.num_critic_steps,
        "steps.checkpoint_every": recipe.steps.num_critic_steps,
        "networks.ema_decay": 0.0,
        "budget.accountant": "rdp",
    }
    if recipe.summary is not None:
        changes["summary.share"] = 0.9
    if recipe.has_surrogates:
        changes |= _IMITATED
    return recipes.change(recipe, changes)


def _with_guide(recipe: recipes.Recipe) -> recipes.Recipe:
    """Return a recipe whose guide takes the steps that its noise allows."""
    return plan.with_guide_steps(recipe) if recipe.has_guide else recipe
