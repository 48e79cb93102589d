"""The recipe: everything that defines a run, frozen and validated."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf.config import rules
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import learning
from dpgan_tf.config.parts import privacy
from dpgan_tf.config.parts import summaries

_LATER = frozenset(
    {
        "data.first_label",
        "data.largest_count",
        "data.most_records_per_unit",
        "data.unit_column",
        "data.schema",
        "data.outside",
        "data.public_source",
        "data.title",
        "data.purpose",
        "data.contact",
        "data.licence",
        "networks.generator",
        "networks.precision",
        "scoring.target",
        "summary.imitation_steps",
    }
)
"""Settings that earlier recipes do not have. At their defaults they are not in
a recipe's JSON, so that its hash, and with it an earlier run, goes on."""

Loss = learning.WassersteinGP | learning.Decoupled | learning.WeightBox
Optimizer = learning.Adam | learning.RMSprop
Clipping = privacy.FixedBound | privacy.AdaptiveBound
Grouping = privacy.Single | privacy.WeightBias | privacy.Clustered
Summary = summaries.Chosen | summaries.Marginals | summaries.ClassMoments


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """A run's parts, checked by the rules between them.

    Attributes:
      name: the preset that the recipe started from.
      data: the records.
      networks: critic and generator.
      loss: the critic's loss.
      optimizer: the optimizer of both networks.
      warm_start: non-private steps before the private ones.
      summary: a private summary of all records; None for none.
      steps: the private steps.
      clipping: the clip norms of records' gradients.
      grouping: the groups of the critic's variables.
      budget: the privacy budget. None trains on all records without privacy,
        as a warm start does, and releases nothing.
      scoring: how samples are scored.
    """

    name: str
    data: learning.Data
    networks: learning.Networks = learning.Networks()
    loss: Loss = learning.WassersteinGP()
    optimizer: Optimizer = learning.Adam()
    warm_start: learning.WarmStart = learning.WarmStart()
    summary: Summary | None = None
    steps: learning.Steps
    clipping: Clipping = privacy.AdaptiveBound()
    grouping: Grouping = privacy.WeightBiasClustered()
    budget: privacy.Budget | None = privacy.Budget()
    scoring: learning.Scoring = learning.Scoring()

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        rules.require(self)

    @property
    def sampling_probability(self) -> float:
        """Sampling probability q = m / n: that a unit is in a batch."""
        return self.steps.expected_batch_size / self.data.num_private_examples

    @property
    def has_public(self) -> bool:
        """Whether there are public records, split off or in a source."""
        return self.data.has_public

    @property
    def has_surrogates(self) -> bool:
        """Whether records drawn from a summary replace public records."""
        return (
            isinstance(self.summary, summaries.ClassMoments)
            and not self.has_public
        )

    @property
    def has_features(self) -> bool:
        """Whether a summary has moments of features."""
        return isinstance(self.summary, summaries.ClassFeatures)

    @property
    def has_guide(self) -> bool:
        """Whether a summary has a guide, a classifier of features."""
        return (
            isinstance(self.summary, summaries.ClassFeatures)
            and self.summary.guide_steps > 0
        )

    @property
    def most_public(self) -> int:
        """Largest number of public records that one step needs."""
        of_bounds = getattr(self.clipping, "batch_size", 0)
        return max(of_bounds, self.steps.generator_batch_size)

    def require_budget(self) -> privacy.Budget:
        """Return the budget, which a private run needs.

        Raises:
          ConfigError: if there is none.
        """
        if self.budget is None:
            raise errors.ConfigError(
                "budget=none; without a budget there is nothing to release: "
                "give --set budget=dp, and --target_epsilon for another epsilon"
                " than 4."
            )
        return self.budget

    def to_json(self) -> str:
        """Return the recipe as sorted, indented JSON."""
        return json.dumps(_nested(self), indent=2, sort_keys=True)

    def digest(self) -> str:
        """Return the SHA-256 of the recipe's JSON: 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _nested(recipe: Recipe) -> dict[str, Any]:
    values: dict[str, Any] = {"name": recipe.name}
    for part in kinds.PARTS:
        value = getattr(recipe, part)
        fields = {} if value is None else _told(part, value)
        if kind := kinds.kind_of(part, value):
            fields = {"kind": kind} | fields
        values[part] = fields
    return values


def _told(part: str, value: Any) -> dict[str, Any]:
    """Return a part's settings, without later ones that have their default."""
    return {
        field.name: getattr(value, field.name)
        for field in dataclasses.fields(value)
        if f"{part}.{field.name}" not in _LATER
        or getattr(value, field.name) != field.default
    }


def change(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return a recipe with some settings changed.

    A part that changes its kind keeps the settings that both kinds have.

    Args:
      recipe: the recipe to start from.
      changes: values by key, such as {"loss": "decoupled",
        "steps.num_steps": 60}.

    Raises:
      ConfigError: for an unknown key or an invalid value.
    """
    fields = {part: dict[str, Any]() for part in kinds.PARTS}
    wanted = {
        part: kinds.kind_of(part, getattr(recipe, part)) for part in kinds.PARTS
    }
    name = recipe.name
    for key, value in changes.items():
        part, _, leaf = key.partition(".")
        if key == "name":
            name = value
        elif part in kinds.PARTS and leaf:
            fields[part][leaf] = value
        elif part in kinds.KINDS:
            wanted[part] = value
        else:
            raise errors.ConfigError(f"unknown setting {key!r}.")
    parts = {
        part: kinds.build(
            part, wanted[part], fields[part], getattr(recipe, part)
        )
        for part in kinds.PARTS
    }
    return dataclasses.replace(recipe, name=name, **parts)
