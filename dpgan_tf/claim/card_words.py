"""Words allowed in a model card's tables, besides the claim's numbers.

Other words in the tables could contradict the claim. The check of a release
knows these names without TensorFlow.
"""

import ast
import contextlib
import dataclasses
import pathlib
from typing import Any

from dpgan_tf.config import presets
from dpgan_tf.config import wanted

SETTINGS = tuple(
    (
        "name data.public_fraction data.public_source networks.conditional "
        "networks.critic_width networks.generator_width networks.ema_decay "
        "loss loss.objective loss.draws_per_record grouping clipping "
        "warm_start.num_steps summary summary.guide_weight "
        "summary.feature_weight steps.num_critic_steps "
        "steps.critic_learning_rate steps.generator_learning_rate "
        "scoring.variety"
    ).split()
)
"""Public settings of a run that the card shows."""

WIDTHS = {
    "critic": "networks.critic_width",
    "generator": "networks.generator_width",
}
OWN = "own"
"""Word shown for the width of a network that is the curator's own."""

ABSENT = "-"
"""Value shown for a setting that the part's kind does not have."""

OTHER_SOURCE = "another data set"
"""Value shown for a source of public records, whose place is not published."""

OTHER_PRESET = "other"
"""Name shown for a preset that this version does not have."""

RECIPES = (*presets.names(), *wanted.FROM_FACTS, OTHER_PRESET)
"""Names of recipes that a card may show."""

SCORED = {
    "real_train": "real training part",
    "real_test": "real test part",
    "independent": "independent columns",
    "public_only": "public-only GAN",
    "non_private": "GAN without privacy",
    "warm_start": "before private training",
    "released": "released generator",
}
"""Titles of what is scored at variety 1, in the order of tables."""

_WITH_VARIETY = {
    "public_only": "public-only GAN",
    "non_private": "GAN without privacy",
    "released": "released",
}
"""Beginnings of titles of what is scored at another variety, too."""


@dataclasses.dataclass(frozen=True)
class Score:
    """What a card may say of a score.

    Attributes:
      title: its title, which no other score has.
      is_larger_better: its direction; None if it has none.
      sentence: what it says, in one sentence; empty if nobody wrote it.
    """

    title: str
    is_larger_better: bool | None = None
    sentence: str = ""

    @property
    def shown(self) -> str:
        """The title with an arrow to the better."""
        return self.title + ARROWS[self.is_larger_better]

    @property
    def meaning(self) -> str:
        """The direction and the sentence; empty if both are unknown."""
        parts = [DIRECTIONS[self.is_larger_better], self.sentence]
        return " ".join(filter(None, parts))


def varied(name: str) -> str:
    """Return the name of the scores at another variety.

    Args:
      name: name of what is scored, such as "released".
    """
    return f"{name}_varied"


def scored(variety: float) -> dict[str, str]:
    """Return titles of what is scored, by name, in the order of tables.

    Args:
      variety: variety of the rows with such a name; 1 if there are none.
    """
    titles = {}
    for name, title in SCORED.items():
        titles[name] = title
        if variety != 1 and name in _WITH_VARIETY:
            start = _WITH_VARIETY[name]
            titles[varied(name)] = f"{start}, variety {variety:g}"
    return titles


ARROWS = {True: " ↑", False: " ↓", None: ""}
DIRECTIONS = {
    True: "Higher is better.",
    False: "Lower is better.",
    None: "",
}


def literals_in(source: str, attribute: str) -> dict[str, Any]:
    """Return the literals of a dictionary in a metric's class, by their names.

    The source is read and not run: a metric needs TensorFlow, and may come from
    anyone.

    Args:
      source: text of a module; only literal texts and truth values count.
      attribute: the dictionary's name, such as "columns".

    Raises:
      SyntaxError: if it is not Python.
    """
    classes = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    ]
    found: dict[str, Any] = {}
    for part in (part for one in classes for part in one.body):
        match part:
            case ast.Assign([ast.Name(name)], ast.Dict(keys, values)):
                if name == attribute:
                    pairs = zip(keys, values, strict=True)
                    found.update(filter(None, map(_pair, pairs)))
    return found


def _pair(pair) -> tuple[str, str | bool] | None:
    match pair:
        case ast.Constant(str(key)), ast.Constant(str(value) | bool(value)):
            return key, value
    return None


def scores_in(folder: pathlib.Path) -> list[Score]:
    """Return the scores of all metrics in a folder.

    Args:
      folder: folder of modules with one metric each; a module that cannot be
        read has no scores.
    """
    found: list[Score] = []
    for path in sorted(folder.glob("*.py")):
        with contextlib.suppress(OSError, SyntaxError, ValueError):
            found += _scores(path.read_text("utf-8"))
    return found


def _scores(source: str) -> list[Score]:
    columns, directions, sentences = (
        literals_in(source, name)
        for name in ("columns", "larger_is_better", "sentences")
    )
    return [
        Score(title, directions.get(name), sentences.get(name, ""))
        for name, title in columns.items()
    ]


_EVALUATION = pathlib.Path(__file__).parents[1] / "evaluation"

SCORES = (
    *scores_in(_EVALUATION / "metrics"),
    *scores_in(_EVALUATION / "row_metrics"),
    *scores_in(_EVALUATION / "column_metrics"),
)
"""All scores."""


def score(title: str) -> Score:
    """Return a score by its title; an unknown one has no direction.

    Args:
      title: the score's title.
    """
    known = {one.title: one for one in SCORES}
    return known.get(title, Score(title))


def shown(value: object) -> str:
    """Return a setting's value as a card shows it.

    Args:
      value: the value; empty or None if there is none.
    """
    return ABSENT if value in (None, "") else str(value)
