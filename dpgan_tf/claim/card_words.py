"""What may stand in the tables of a model card, beside the claim's numbers.

A card whose tables hold anything else could contradict its claim; whoever
checks a release knows these names, and needs no TensorFlow for it.
"""

import ast
import contextlib
import pathlib

SETTINGS = tuple(
    (
        "name data.public_fraction networks.conditional networks.critic_width "
        "networks.generator_width networks.ema_decay networks.latent_scale "
        "loss loss.objective loss.draws_per_record grouping clipping "
        "warm_start.num_steps summary summary.guide_weight "
        "summary.feature_weight steps.num_critic_steps "
        "steps.critic_learning_rate steps.generator_learning_rate"
    ).split()
)
"""Public settings of a run that its card shows."""

ABSENT = "-"
"""What a card shows for a setting that a part of this kind does not have."""

OTHER_PRESET = "other"
"""What a card calls a preset that this version does not have."""

SCORED = {
    "real_train": "real training part",
    "real_test": "real test part",
    "public_only": "public-only GAN",
    "non_private": "GAN without privacy",
    "warm_start": "before private training",
    "released": "released generator",
}
"""What is scored, in the order of tables, with its title."""


def columns_in(source: str) -> dict[str, str]:
    """Return titles by name, as the `columns` of a metric's class say them.

    The source is only read: a metric needs TensorFlow, and may be anybody's.

    Args:
      source: text of a module; only texts that are written out count.

    Raises:
      SyntaxError: if it is no Python.
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
    """Return the titles of all scores of the metrics in a folder.

    Args:
      folder: of modules that hold a metric each; one that cannot be read has
        no titles.
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
    """Return how a card shows a setting.

    Args:
      value: its value, None if the part has no such setting.
    """
    return ABSENT if value is None else str(value)
