"""The rules between the parts of a recipe."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from dpgan_tf import errors
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import learning
from dpgan_tf.config.parts import privacy
from dpgan_tf.config.parts import summaries

_NAME = re.compile("[a-z0-9_]{1,100}", re.ASCII)


@dataclasses.dataclass(frozen=True)
class _Rule:
    """A rule between the parts of a recipe r.

    Attributes:
      key: the setting that an error names.
      holds: whether r obeys the rule.
      expected: the allowed values; {r.part.name} is filled in from r.
    """

    key: str
    holds: Callable[[Any], bool]
    expected: str


_RULES = (
    _Rule(
        "steps.expected_batch_size",
        lambda r: r.steps.expected_batch_size <= r.data.num_private_examples,
        "at most data.num_private_examples={r.data.num_private_examples}, so "
        "that the sampling probability is at most 1",
    ),
    _Rule(
        "budget.target_delta",
        lambda r: (
            r.budget is None
            or r.budget.target_delta < 1 / r.data.num_private_examples
        ),
        "a number below 1 / data.num_private_examples = "
        "1 / {r.data.num_private_examples}",
    ),
    _Rule(
        "data.public_fraction",
        lambda r: r.data.public_fraction == 0 or not r.data.public_source,
        "0 with data.public_source={r.data.public_source}: public records are "
        "taken from one of both",
    ),
    _Rule(
        "data.public_fraction",
        lambda r: (
            r.has_public
            or r.has_surrogates
            or (
                isinstance(r.clipping, privacy.FixedBound)
                and r.warm_start.num_steps == 0
            )
        ),
        "> 0, or a data.public_source, or a summary of classes, or "
        "clipping=fixed with warm_start.num_steps=0, which need no public "
        "records",
    ),
    _Rule(
        "data.outside",
        lambda r: r.data.schema or r.data.outside == "refuse",
        "refuse without a data.schema that values could be outside of",
    ),
    _Rule(
        "data.unit_column",
        lambda r: not (r.data.schema and r.data.unit_column),
        "empty with a data.schema, which names the column itself (unit)",
    ),
    _Rule(
        "data.largest_count",
        lambda r: not r.data.schema or r.data.largest_count == 1,
        "1 with a data.schema, whose rows have no counts",
    ),
    _Rule(
        "clipping",
        lambda r: (
            isinstance(r.clipping, privacy.FixedBound)
            or not isinstance(r.loss, learning.WeightBox)
        ),
        "fixed with loss=weight_box or loss=ppgan",
    ),
    _Rule(
        "summary",
        lambda r: (
            type(r.summary) is not summaries.ClassMoments or not r.has_public
        ),
        "none or class_features with public records (data.public_fraction="
        "{r.data.public_fraction}, data.public_source="
        "{r.data.public_source!r}): class_moments is for runs without any",
    ),
    _Rule(
        "summary",
        lambda r: (
            not r.has_surrogates
            or r.has_features
            or isinstance(r.clipping, privacy.AdaptiveBound)
            or r.warm_start.num_steps > 0
            or r.summary.imitation_steps > 0
        ),
        "none if clipping=fixed, warm_start.num_steps=0 and "
        "summary.imitation_steps=0: nothing would use the summary",
    ),
    _Rule(
        "summary.guide_steps",
        lambda r: r.networks.conditional or not r.has_guide,
        "0 if networks.conditional=false: a guide tells classes apart",
    ),
    _Rule(
        "summary.num_surrogates",
        lambda r: (
            not r.has_surrogates or r.summary.num_surrogates >= r.most_public
        ),
        "at least steps.generator_batch_size={r.steps.generator_batch_size}, "
        "and at least clipping.batch_size if clipping=adaptive",
    ),
    _Rule(
        "summary.fit_steps",
        lambda r: not r.has_features or r.summary.fit_steps > 0 or r.has_public,
        "> 0 if summary=class_features and there are no public records: the "
        "generator is fitted to it",
    ),
    _Rule(
        "scoring.variety",
        lambda r: (
            r.scoring.variety == 1
            or not (isinstance(r.summary, summaries.Rows) or r.data.schema)
        ),
        "1 for rows of a table: it is a knob of pictures",
    ),
)


def require(recipe: Any) -> None:
    """Refuse a recipe whose parts contradict each other.

    Args:
      recipe: a `recipe.Recipe`.

    Raises:
      ConfigError: naming the first wrong setting, its value and the allowed
        values.
    """
    if not _NAME.fullmatch(recipe.name):
        raise errors.ConfigError(
            f"name={ascii(recipe.name)}; expected only letters a-z, 0-9 and _."
        )
    for rule in _RULES:
        if not rule.holds(recipe):
            raise errors.ConfigError(
                f"{rule.key}={kinds.get(recipe, rule.key)}; expected "
                f"{rule.expected.format(r=recipe)}."
            )
