"""Our own tables: accuracy of classifiers trained on private samples."""

from collections.abc import Mapping, Sequence

from dpgan_tf.config import recipe as recipes
from dpgan_tf.papers import paper_recipes
from dpgan_tf.papers import schema
from dpgan_tf.run import auto
from dpgan_tf.run import public_facts

_DELTA = 1e-5
_SHAPES = {
    "mnist": (28, 28, 1),
    "fashion_mnist": (28, 28, 1),
    "cifar10": (32, 32, 3),
}
_NUM_RECORDS = {"mnist": 60_000, "fashion_mnist": 60_000, "cifar10": 50_000}
_PUBLIC_FRACTION = 0.02

_PLANNED = {
    (28, 0.0, 10.0): (3_000, 512, 187),
    (28, 0.0, 4.0): (1_500, 1_024, 126),
    (28, 0.0, 1.0): (186, 8_192, 67),
    (28, 0.02, 4.0): (1_500, 1_024, 143),
    (28, 0.02, 1.0): (138, 8_192, 76),
    (32, 0.0, 10.0): (1_500, 1_024, 187),
    (32, 0.0, 1.0): (102, 8_192, 67),
}
"""Steps, batch and steps of the guide, as recipe `auto` plans them, by height,
public share and epsilon: a plan takes seconds."""

_RIVALS: Mapping[str, Mapping[float, Sequence[float | None]]] = {
    "mnist": {
        0.2: (0.862, None),
        1.0: (0.971, 0.964),
        10.0: (0.986, 0.981),
    },
    "fashion_mnist": {
        0.2: (0.702, None),
        1.0: (0.823, 0.808),
        10.0: (0.883, 0.878),
    },
}
"""Accuracy of a CNN by FETA-Pro (diffusion), as published and of its last
epoch, which no real image chose; delta 1 / (n ln n)."""


def facts(
    dataset: str, epsilon: float, *, public_fraction: float = 0.0
) -> public_facts.Facts:
    """Return what recipe `auto` knows of a data set.

    Args:
      dataset: name of the data set.
      epsilon: epsilon of the budget, at delta 1e-5.
      public_fraction: share of the records that is public.
    """
    return public_facts.Facts(
        source=dataset,
        shape=_SHAPES[dataset],
        num_records=_NUM_RECORDS[dataset],
        num_classes=10,
        epsilon=epsilon,
        delta=_DELTA,
        public_fraction=public_fraction,
    )


def _ours(
    dataset: str, epsilon: float, *, public_fraction: float = 0.0
) -> recipes.Recipe:
    """Return what `dpgan train DATASET --epsilon=EPSILON` takes."""
    known = facts(dataset, epsilon, public_fraction=public_fraction)
    plan = _PLANNED.get((known.shape[0], public_fraction, epsilon))
    if plan is None:
        return auto.recipe("auto", known)
    num_steps, batch_size, guide_steps = plan
    return recipes.change(
        auto.of_images("auto", known),
        {
            "steps.num_steps": num_steps,
            "steps.expected_batch_size": batch_size,
            "summary.guide_steps": guide_steps,
        },
    )


def _table(dataset: str, title: str, rows: Sequence[schema.Row]):
    """Return the utility table of a data set, with rows after the real one."""
    real = schema.Row(
        name=f"{dataset}_real",
        title="real images",
        kind=schema.REAL,
        recipe=_ours(dataset, 10.0),
    )
    return schema.Table(
        name=f"utility_{dataset}",
        title=f"What private samples of {title} teach",
        rows=(real, *rows),
        notes=(
            "Delta 1e-5; the last column prices the same noise at delta "
            "1/(n ln n), as others have it. Our rows are recipe `auto`, which "
            "knows the records' shape and number, and not their name. It was "
            "chosen on training images of MNIST and FashionMNIST, which no "
            "row accounts for.",
            "Our rows and GANs without privacy have two rows for each run: "
            "samples at variety 1, which look best, and at the one that "
            "teaches best. The minutes of training are those of the row that "
            "was computed first.",
            "GANs without privacy have the published generator, ours have "
            "resize convolutions.",
            "The paper's form: dp-GAN, Algorithm 1, with labels. Its epsilon "
            "is by RDP, ours by PLD, which is tighter: 4 by RDP is 3.66 by "
            "PLD.",
            "FETA-Pro: a diffusion model, 12 hours on 4 GPUs, as published "
            "with the epoch that real images chose, and its last epoch.",
            "FID, precision and recall use 10,000 real images and 1,200 "
            "public records, not 60,000: the fewer images, the larger FID.",
        ),
    )


def _rows_of_ours(
    dataset: str,
    seeds: Mapping[float, int],
    *,
    public_fraction: float = 0.0,
) -> list[schema.Row]:
    """Return our rows for each budget, at both ends of variety.

    Args:
      dataset: name of the data set.
      seeds: largest number of seeds by epsilon.
      public_fraction: share of the records that is public.
    """
    start, caption = "alone", "ours, no public data"
    if public_fraction:
        start, caption = "beside", f"ours, {public_fraction:.0%} public"
    rows = [
        schema.Row(
            name=f"{dataset}_{start}_{epsilon:g}".replace(".", "_"),
            title=f"{caption}, epsilon {epsilon:g}",
            kind=schema.PRIVATE,
            recipe=_ours(dataset, epsilon, public_fraction=public_fraction),
            most_seeds=num_seeds,
        )
        for epsilon, num_seeds in seeds.items()
    ]
    return _at_both_ends(rows)


def _at_both_ends(rows: Sequence[schema.Row]) -> list[schema.Row]:
    """Return each row, and after it that of the variety that teaches best."""
    return [
        one for row in rows for one in (row, row.at(row.recipe.scoring.variety))
    ]


def _rows_without_privacy(dataset: str) -> list[schema.Row]:
    """Return the rows without privacy, with the published networks."""
    recipe = recipes.change(
        paper_recipes.get("mnist_surrogate"),
        {
            "data.source": dataset,
            "data.public_fraction": _PUBLIC_FRACTION,
            "data.num_private_examples": 58_800,
        },
    )
    gans = [
        schema.Row(
            name=f"{dataset}_utility_{kind}",
            title=caption,
            kind=kind,
            recipe=recipe,
            most_seeds=1,
        )
        for kind, caption in (
            (schema.NON_PRIVATE, "GAN without privacy"),
            (schema.PUBLIC_ONLY, "public-only GAN (epsilon 0, 2%)"),
        )
    ]
    public = schema.Row(
        name=f"{dataset}_utility_public_records",
        title="the public records (2%)",
        kind=schema.PUBLIC_RECORDS,
        recipe=recipe,
        most_seeds=1,
    )
    return [*_at_both_ends(gans), public]


def _rows_of_paper(dataset: str) -> list[schema.Row]:
    """Return the paper's form without public data."""
    recipe = recipes.change(
        paper_recipes.get("mnist_basic"),
        {
            "data.source": dataset,
            "networks.conditional": True,
            "data.public_fraction": 0.0,
            "data.num_private_examples": 60_000,
            "scoring.every": 0,
        },
    )
    return [
        schema.Row(
            name=f"{dataset}_paper_alone_{epsilon:g}",
            title=f"paper's form, no public data, epsilon {epsilon:g}",
            kind=schema.PRIVATE,
            recipe=recipes.change(recipe, {"budget.target_epsilon": epsilon}),
            most_seeds=1,
        )
        for epsilon in (1.0, 10.0)
    ]


def _rows_of_rivals(dataset: str) -> list[schema.Row]:
    """Return what others have published."""
    return [
        schema.Row(
            name=f"{dataset}_feta_{epsilon:g}_{end}".replace(".", "_"),
            title=f"FETA-Pro, {end}, epsilon {epsilon:g}",
            kind=schema.CITED,
            recipe=_ours(dataset, 10.0),
            paper={"downstream_cnn": accuracy},
        )
        for epsilon, both in _RIVALS[dataset].items()
        for end, accuracy in zip(("published", "last epoch"), both, strict=True)
        if accuracy is not None
    ]


def _of_digits(dataset: str, title: str, *, seeds) -> schema.Table:
    return _table(
        dataset,
        title,
        [
            *_rows_of_ours(dataset, seeds),
            *_rows_of_ours(
                dataset, {1.0: 1, 4.0: 1}, public_fraction=_PUBLIC_FRACTION
            ),
            *_rows_without_privacy(dataset),
            *_rows_of_paper(dataset),
            *_rows_of_rivals(dataset),
        ],
    )


TABLES = (
    _of_digits("mnist", "MNIST", seeds={0.2: 1, 1.0: 3, 4.0: 1, 10.0: 3}),
    _of_digits(
        "fashion_mnist",
        "FashionMNIST",
        seeds={0.2: 1, 1.0: 3, 4.0: 1, 10.0: 1},
    ),
    _table("cifar10", "CIFAR-10", _rows_of_ours("cifar10", {1.0: 1, 10.0: 1})),
)
