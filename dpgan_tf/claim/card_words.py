"""Words allowed in a model card's tables, besides the claim's numbers.

Other words in the tables could contradict the claim. The check of a release
knows these names without TensorFlow.
"""

import ast
import contextlib
import pathlib

SETTINGS = tuple(
    (
        "name data.public_fraction data.public_source networks.conditional "
        "networks.critic_width networks.generator_width networks.ema_decay "
        "networks.latent_scale "
        "loss loss.objective loss.draws_per_record grouping clipping "
        "warm_start.num_steps summary summary.guide_weight "
        "summary.feature_weight steps.num_critic_steps "
        "steps.critic_learning_rate steps.generator_learning_rate"
    ).split()
)
"""Public settings of a run that the card shows."""

ABSENT = "-"
"""Value shown for a setting that the part's kind does not have."""

OTHER_SOURCE = "another data set"
"""Value shown for a source of public records, whose place is not published."""

OTHER_PRESET = "other"
"""Name shown for a preset that this version does not have."""

SCORED = {
    "real_train": "real training part",
    "real_test": "real test part",
    "public_only": "public-only GAN",
    "non_private": "GAN without privacy",
    "warm_start": "before private training",
    "released": "released generator",
}
"""Titles of what is scored, in the order of tables."""


def columns_in(source: str) -> dict[str, str]:
    """Return titles by name, from the `columns` of a metric's class.

    The source is read and not run: a metric needs TensorFlow, and may come from
    anyone.

    Args:
      source: text of a module; only literal texts count.

    Raises:
      SyntaxError: if it is not Python.
    """
    classes = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    ]
    found = {}
    for part in (part for one in classes for part in one.body):
        match part:
            case ast.Assign([ast.Name("columns")], ast.Dict(names, titles)):
                for pair in zip(names, titles, strict=True):
                    match pair:
                        case ast.Constant(str(name)), ast.Constant(str(title)):
                            found[name] = title
    return found


def titles_in(folder: pathlib.Path) -> list[str]:
    """Return the titles of the scores of all metrics in a folder.

    Args:
      folder: folder of modules with one metric each; a module that cannot be
        read has no titles.
    """
    found: list[str] = []
    for path in sorted(folder.glob("*.py")):
        with contextlib.suppress(OSError, SyntaxError, ValueError):
            found += columns_in(path.read_text("utf-8")).values()
    return found


_EVALUATION = pathlib.Path(__file__).parents[1] / "evaluation"

SCORES = (
    *titles_in(_EVALUATION / "metrics"),
    *titles_in(_EVALUATION / "row_metrics"),
)
"""Titles of all scores."""


def shown(value: object) -> str:
    """Return a setting's value as a card shows it.

    Args:
      value: the value; empty or None if there is none.
    """
    return ABSENT if value in (None, "") else str(value)
