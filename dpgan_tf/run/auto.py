"""Recipes from public facts alone: what is declared, never the records.

Two data sets of one kind, shape, number and classes get the same recipe, with
any names. `docs/recipes.md` has it as a table.
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.run import plan

NAMES: Mapping[str, str] = {
    "auto": "whatever the records are: the best that we know for them",
    "quick": "a summary of the records and one round of private steps",
}
"""What each recipe is for."""

_LARGEST_DELTA = 1e-5

_REDUCED_SIZE = 784
"""Most numbers of a reduced image, whose covariance is released."""

_MOST_PRODUCTS = 40_000_000
"""Most products of all classes' reduced images."""

_MEAN_SQUARE = 36 / 784
"""Bound on the mean square of a reduced image minus its class's mean; ours, by
trials on MNIST, half of whose images are within it."""

_LEAST_SIGNAL = 2_000
"""Least epsilon times records of a class at which features are released."""

_DIRECTIONS = (32, 800)
"""The fewest and the most directions of features."""

_SIGNAL_OF_DIRECTIONS = 240
"""Epsilon times records of a class, over the root of the directions."""

_LEAST_OF_STEPS = 20_000
"""Least epsilon times records at which private steps have a part of it."""

_MOST_FEATURE_BYTES = 4 * 2**30
_MOST_SURROGATE_BYTES = 400 * 2**20
_MOST_SURROGATES = 20_000

_SIGNAL_OF_GUIDE = 60_000
"""Epsilon times records from which on a guide learns at its full rate."""

_SCORED = (5_000, 60_000)
"""The fewest and the most samples that are scored."""

_IMITATED = {"warm_start.num_steps": 300, "summary.imitation_steps": 1_500}
"""Settings of a generator that begins with surrogates."""

_SCALE_OF_SUMMARY = 1.3
"""Scale of latents of a generator that follows a summary alone."""

_WIDTHS = {"small": (16, 32), "middle": (8, 32), "large": (8, 16)}
"""Widths of critic and generator, up to 32, 64 and more pixels."""

_WORK = 1_500 * 1_024
"""Records in all private steps, for 32 x 32 pixels; fewer for larger ones."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Facts:
    """What is publicly known about the records, and what is wanted.

    Attributes:
      source: a data set's name or path, as `data.source` has it.
      shape: (height, width, channels) of an image, or (columns,) of a row.
      num_records: declared number of records, the public ones included.
      num_classes: declared number of classes; 0 for records without labels.
      epsilon: epsilon of the budget.
      delta: delta of the budget; None for `delta(num_records)`.
      public_fraction: share of the records that is public.
      public_source: name or path of public records beside them; empty for none.
      largest: largest count in a row; 0 for images.
    """

    source: str
    shape: tuple[int, ...]
    num_records: int
    num_classes: int = 0
    epsilon: float = 4.0
    delta: float | None = None
    public_fraction: float = 0.0
    public_source: str = ""
    largest: int = 0

    @property
    def num_private(self) -> int:
        """Number of private records."""
        return round(self.num_records * (1 - self.public_fraction))

    @property
    def has_public(self) -> bool:
        """Whether there are public records."""
        return self.public_fraction > 0 or bool(self.public_source)

    @property
    def form(self) -> records.Form:
        """What an example looks like."""
        return records.Form(self.shape, self.largest, self.num_classes)

    @property
    def signal(self) -> float:
        """Epsilon times the records of a class, if classes are even."""
        return self.epsilon * self.num_private / max(1, self.num_classes)


def delta(num_records: int) -> float:
    """Return the usual delta: a power of ten below 1 / n, at most 1e-5.

    Args:
      num_records: declared number n of records.
    """
    below = 10.0 ** -(math.floor(math.log10(num_records)) + 1)
    return min(_LARGEST_DELTA, below)


def recipe(name: str, facts: Facts) -> recipes.Recipe:
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
    return _of_images(name, facts)


def _common(name: str, facts: Facts) -> dict[str, Any]:
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
        "budget.target_delta": facts.delta or delta(facts.num_records),
    }


def _num_scored(facts: Facts) -> int:
    """Return the number of samples to score: no more than the records say."""
    fewest, most = _SCORED
    return min(max(fewest, facts.num_private), most)


def _of_rows(name: str, facts: Facts) -> recipes.Recipe:
    """Return the recipe of rows of codes: pairs, then Algorithm 1."""
    changes = _common(name, facts)
    if name == "quick":
        changes |= {"steps.num_steps": 4, "summary.share": 0.95}
    return recipes.change(presets.get("dpgan_ehr"), changes)


def _of_images(name: str, facts: Facts) -> recipes.Recipe:
    """Return the recipe of images: a summary, a fit, and private steps."""
    changes = _common(name, facts) | _networks(facts) | _features(facts)
    if facts.has_public:
        base = presets.get("mnist_features")
    else:
        base = presets.get("mnist_surrogate")
        changes |= _moments(facts) | _IMITATED
    if name == "quick":
        changes |= _shortened(facts)
    recipe = recipes.change(base, changes)
    is_short = facts.epsilon * facts.num_private < _LEAST_OF_STEPS
    if name == "quick" or is_short:
        return _of_one_round(recipe)
    return _planned(recipe, facts)


def _shortened(facts: Facts) -> dict[str, Any]:
    """Return settings of fewer steps without privacy."""
    changes: dict[str, Any] = {"warm_start.num_steps": 150}
    if not facts.has_public:
        changes |= {
            "summary.num_surrogates": max(5_000, facts.num_classes),
            "summary.imitation_steps": 2_000,
        }
    if _has_features(facts):
        changes |= {
            "summary.fit_steps": 0 if facts.has_public else 150,
            "summary.fit_batch_size": _fit_batch(facts, least=200),
            "summary.feature_directions": min(400, _directions(facts)),
            "summary.guide_steps": 40 if facts.num_classes > 1 else 0,
            "summary.guide_learning_rate": _guide_rate(facts, 200.0),
        }
    return changes


def _networks(facts: Facts) -> dict[str, Any]:
    """Return widths, which fall as pictures grow, and whether labels are seen.

    Args:
      facts: what is publicly known.
    """
    side = max(facts.shape[:2])
    size = "small" if side <= 32 else "middle" if side <= 64 else "large"
    return {
        "networks.conditional": facts.num_classes > 1,
        "networks.generator": "transposed",
        "networks.critic_width": _WIDTHS[size][0],
        "networks.generator_width": _WIDTHS[size][1],
    }


def _moments(facts: Facts) -> dict[str, Any]:
    """Return settings of the classes' moments."""
    height, width, channels = facts.shape
    num_classes = max(1, facts.num_classes)
    most = min(_REDUCED_SIZE, math.isqrt(2 * _MOST_PRODUCTS // num_classes))
    side = max(2, min(height, width, math.isqrt(most // channels)))
    num_bytes = height * width * channels
    return {
        "summary.side": side,
        "summary.pair_clip_norm": _MEAN_SQUARE * side**2 * channels,
        "summary.num_surrogates": max(
            min(_MOST_SURROGATES, _MOST_SURROGATE_BYTES // num_bytes),
            num_classes,
        ),
    }


def _has_features(facts: Facts) -> bool:
    return facts.signal >= _LEAST_SIGNAL


def _features(facts: Facts) -> dict[str, Any]:
    """Return settings of features, which few records cannot tell from noise."""
    if not _has_features(facts):
        kind = "none" if facts.has_public else "class_moments"
        return {"summary": kind}
    rate = 300.0 if facts.has_public else 100.0
    changes: dict[str, Any] = {
        "summary.feature_directions": _directions(facts),
        "summary.fit_batch_size": _fit_batch(facts, least=320),
        "summary.guide_learning_rate": _guide_rate(facts, rate),
    }
    if facts.num_classes < 2:
        changes["summary.guide_steps"] = 0
    return changes


def _directions(facts: Facts) -> int:
    """Return the number of feature directions that stand out of the noise."""
    fewest, most = _DIRECTIONS
    heard = (facts.signal / _SIGNAL_OF_DIRECTIONS) ** 2
    kept = _MOST_FEATURE_BYTES // (4 * facts.num_private)
    return int(max(min(heard, most, kept), fewest)) // 8 * 8


def _guide_rate(facts: Facts, whole: float) -> float:
    """Return a guide's learning rate, lower where its gradients are noisier."""
    heard = facts.epsilon * facts.num_private / _SIGNAL_OF_GUIDE
    return whole * min(1.0, heard)


def _fit_batch(facts: Facts, *, least: int) -> int:
    """Return a batch with at least two fakes of each class in each half."""
    return max(least, 4 * facts.num_classes)


def _planned(recipe: recipes.Recipe, facts: Facts) -> recipes.Recipe:
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
        return _of_one_round(recipe)
    accountant = {"budget.accountant": recipe.budget.accountant}
    return recipes.change(planned, accountant)


def _of_one_round(recipe: recipes.Recipe) -> recipes.Recipe:
    """Return a recipe with one round of private steps.

    Its critic needs no warm start; its generator does, if nothing is imitated.
    """
    changes: dict[str, Any] = {
        "networks.latent_scale": _SCALE_OF_SUMMARY,
        "steps.num_steps": recipe.steps.num_critic_steps,
        "steps.checkpoint_every": recipe.steps.num_critic_steps,
        "networks.ema_decay": 0.0,
        "budget.accountant": "rdp",
    }
    if recipe.summary is not None:
        changes["summary.share"] = 0.9
    if recipe.has_surrogates:
        changes["warm_start.num_steps"] = 0
    return recipes.change(recipe, changes)
