"""Our own tables: accuracy of classifiers trained on private samples."""

from collections.abc import Sequence

from dpgan_tf.config import recipe as recipes
from dpgan_tf.papers import paper_recipes
from dpgan_tf.papers import schema

_PLANNED = {
    10.0: {"steps.expected_batch_size": 512, "steps.num_steps": 3_000},
    4.0: {"steps.expected_batch_size": 1_024, "steps.num_steps": 1_500},
    1.0: {"steps.expected_batch_size": 8_192, "steps.num_steps": 186},
}
_GUIDE_STEPS = {
    "alone": {10.0: 193, 4.0: 130, 1.0: 70},
    "beside": {10.0: 220, 4.0: 148, 1.0: 79},
}
"""Results of `plan.choose` for our presets at each epsilon."""


def _table(dataset: str, title: str) -> schema.Table:
    """Return the utility table of a data set, at three budgets.

    One preset serves all our rows without public data, and one all rows with
    public data, for every data set.
    """
    alone = recipes.change(
        paper_recipes.get("mnist_surrogate"), {"data.source": dataset}
    )
    beside = recipes.change(
        paper_recipes.get("mnist_features"), {"data.source": dataset}
    )
    real = schema.Row(
        name=f"{dataset}_real",
        title="real images",
        kind=schema.REAL,
        recipe=alone,
    )
    return schema.Table(
        name=f"utility_{dataset}",
        title=f"What private samples of {title} teach",
        rows=(
            real,
            *_rows_of_ours(alone, "alone", "ours, no public data"),
            *_rows_of_ours(beside, "beside", "ours, 2% public"),
            *_rows_without_privacy(alone),
            *_rows_of_paper(dataset),
        ),
        notes=(
            "Delta 1e-5. Our rows use the same hyper-parameters for both data "
            "sets: `mnist_surrogate` without public data, `mnist_features` "
            "with public data, batch and steps by `plan` for each epsilon. "
            "They were chosen on training images, which no row accounts for.",
            "Our rows and GANs without privacy have two rows for each run: "
            "samples at variety 1, which look best, and with their latents "
            f"times {alone.scoring.variety:g}. The minutes of training are "
            "those of the row that was computed first.",
            "The paper's form: dp-GAN, Algorithm 1 without public data and "
            "Algorithm 3 with public data, both with labels. Its epsilon is "
            "by RDP, ours by PLD, which is tighter: 4 by RDP is 3.66 by PLD.",
            "FID, precision and recall use 10,000 real images and 1,200 "
            "public records, not 60,000: the fewer images, the larger FID.",
        ),
    )


def _rows_of_ours(
    recipe: recipes.Recipe, start: str, caption: str
) -> list[schema.Row]:
    """Return our rows for each budget, at both ends of variety.

    Args:
      recipe: the rows' recipe.
      start: a key of `_GUIDE_STEPS`.
      caption: beginning of the rows' titles.
    """
    rows = [
        schema.Row(
            name=f"{recipe.data.source}_{start}_{epsilon:g}",
            title=f"{caption}, epsilon {epsilon:g}",
            kind=schema.PRIVATE,
            recipe=recipes.change(
                recipe,
                {
                    "budget.target_epsilon": epsilon,
                    "summary.guide_steps": _GUIDE_STEPS[start][epsilon],
                    **changes,
                },
            ),
        )
        for epsilon, changes in _PLANNED.items()
    ]
    return _at_both_ends(rows)


def _at_both_ends(rows: Sequence[schema.Row]) -> list[schema.Row]:
    """Return each row, and after it that of the variety that teaches best."""
    return [
        one for row in rows for one in (row, row.at(row.recipe.scoring.variety))
    ]


def _rows_without_privacy(alone: recipes.Recipe) -> list[schema.Row]:
    """Return the rows without privacy, with the same networks.

    Args:
      alone: our recipe without public data.
    """
    recipe = recipes.change(
        alone,
        {"data.public_fraction": 0.02, "data.num_private_examples": 58_800},
    )
    gans = [
        schema.Row(
            name=f"{recipe.data.source}_utility_{kind}",
            title=caption,
            kind=kind,
            recipe=recipe,
        )
        for kind, caption in (
            (schema.NON_PRIVATE, "GAN without privacy"),
            (schema.PUBLIC_ONLY, "public-only GAN (epsilon 0, 2%)"),
        )
    ]
    public = schema.Row(
        name=f"{recipe.data.source}_utility_public_records",
        title="the public records (2%)",
        kind=schema.PUBLIC_RECORDS,
        recipe=recipe,
    )
    return [*_at_both_ends(gans), public]


def _rows_of_paper(dataset: str) -> list[schema.Row]:
    """Return the paper's form without and with public data."""
    alone = recipes.change(
        paper_recipes.get("mnist_basic"),
        {
            "data.source": dataset,
            "networks.conditional": True,
            "data.public_fraction": 0.0,
            "data.num_private_examples": 60_000,
        },
    )
    beside = recipes.change(
        paper_recipes.get("mnist_conditional"), {"data.source": dataset}
    )
    return [
        schema.Row(
            name=f"{dataset}_{start}_{epsilon:g}",
            title=f"{caption}, epsilon {epsilon:g}",
            kind=schema.PRIVATE,
            recipe=recipes.change(
                recipe, {"budget.target_epsilon": epsilon, "scoring.every": 0}
            ),
        )
        for recipe, start, caption in (
            (alone, "paper_alone", "paper's form, no public data"),
            (beside, "paper_beside", "paper's form, 2% public"),
        )
        for epsilon in _PLANNED
    ]


TABLES = (
    _table("mnist", "MNIST"),
    _table("fashion_mnist", "FashionMNIST"),
)
