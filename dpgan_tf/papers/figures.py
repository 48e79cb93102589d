"""The figures of PPGAN (Liu et al. 2019): models compared, and drawing.

Figure 2 shows samples at four budgets, Figure 3 losses with and without
privacy, Figures 4 and 5 the generate score (Eq. 22) of PPGAN at those budgets
and of its rivals at one.
"""

import dataclasses
import pathlib
from collections.abc import Callable, Mapping, Sequence

import matplotlib.figure
import numpy as np

from dpgan_tf import errors
from dpgan_tf import images
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.papers import compute
from dpgan_tf.papers import definitions
from dpgan_tf.papers import generate_score
from dpgan_tf.papers import paper_recipes
from dpgan_tf.papers import provenance
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.report import curves

_GRID = 64
_PPGAN = paper_recipes.get("ppgan_10")
_ROUNDS = _PPGAN.steps.num_steps // _PPGAN.steps.num_critic_steps


_WGAN = schema.Row(
    name="ppgan_infinity",
    title="WGAN, epsilon infinity",
    kind=schema.NON_PRIVATE,
    recipe=paper_recipes.get("ppgan_infinity"),
    num_generator_steps=_ROUNDS,
)
_BUDGETS = (
    _WGAN,
    schema.private("ppgan_20", "PPGAN, epsilon 20"),
    schema.private("ppgan_10", "PPGAN, epsilon 10"),
    schema.private("ppgan_5", "PPGAN, epsilon 5"),
)
_RIVALS = (
    _WGAN,
    _BUDGETS[2],
    schema.private("xie_dpgan", "DPGAN (Xie et al.), epsilon 10"),
    schema.private("dpgan_10", "dp-GAN (Algorithm 1), epsilon 10"),
)
_REAL = dataclasses.replace(definitions.TABLE_2.rows[0], paper={})
_PUBLIC_ONLY = definitions.TABLE_2.rows[2]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure: the models compared, and how it is drawn.

    Attributes:
      name: base name of its files.
      title: title of the figure.
      population: the models compared, which Eq. 22 is computed over.
      beside: rows of its table outside of the population.
      draw: function of the figure, a workshop, a seed and the table's content
        that returns the picture.
      has_scores: whether it has a table of scores.
    """

    name: str
    title: str
    population: Sequence[schema.Row]
    beside: Sequence[schema.Row] = ()
    draw: Callable[..., matplotlib.figure.Figure]
    has_scores: bool


def make(
    figure: Figure,
    workshop: workshops.Workshop,
    results_dir: pathlib.Path,
    *,
    seeds: Sequence[int],
) -> tuple[dict, list[str]]:
    """Compute a figure; write its picture and its numbers.

    Args:
      figure: one of `FIGURES`.
      workshop: where cells are computed.
      results_dir: folder to write to.
      seeds: seeds of every model; samples and losses are drawn for the first.

    Returns:
      The content of its JSON file, and the paths of the written files.
    """
    results_dir.mkdir(parents=True, exist_ok=True)
    content = {
        "title": figure.title,
        "rows": [row.title for row in figure.population],
        "from": provenance.describe(workshop.command),
    }
    if figure.has_scores:
        content = _scores(figure, workshop, seeds=seeds)
    picture = results_dir / f"{figure.name}.png"
    drawn = figure.draw(figure, workshop, seed=seeds[0], content=content)
    drawn.savefig(picture, dpi=120)
    return content, [
        str(picture),
        *compute.write(figure.name, content, results_dir),
    ]


def table_of(figure: Figure) -> schema.Table:
    """Return a figure's table of scores.

    Args:
      figure: one of `FIGURES`.
    """
    return schema.Table(
        name=figure.name,
        title=figure.title,
        rows=[*figure.beside, *figure.population],
        notes=(
            "Generate score: Eq. 22 over "
            + ", ".join(row.title for row in figure.population)
            + "; it is not monotone, see the Inception score as well.",
            "Epsilon at delta 1e-5, for what is trained and released.",
        ),
    )


def _scores(figure, workshop, *, seeds) -> dict:
    """Return the table of scores with a column of generate scores."""
    content = compute.score_table_of(table_of(figure), workshop, seeds=seeds)
    names = {row.name for row in figure.population}
    inception_scores = {
        row["name"]: float(np.mean(row["values"]["inception_score"]))
        for row in content["rows"]
        if row["name"] in names and row["values"].get("inception_score")
    }
    try:
        found = generate_score.generate_scores(inception_scores)
    except errors.UserError as error:
        content["notes"].append(str(error))
        found = {}
    for row in content["rows"]:
        if row["name"] in found:
            row["values"]["generate_score"] = [found[row["name"]]]
    content["columns"] = {
        "generate_score": "generate score",
        **content["columns"],
    }
    return content


def _draw_grids(figure, workshop, *, seed, content):
    """Draw samples of each model side by side."""
    del content
    rows = figure.population
    drawn = matplotlib.figure.Figure(
        figsize=(3 * len(rows), 3.4), layout="constrained"
    )
    for axes, row in zip(drawn.subplots(1, len(rows)), rows, strict=True):
        generator = workshops.generator(workshop, row, seed=seed)
        made = generator.all_samples(_GRID, scorers.SEED).examples
        axes.imshow(images.make_grid(made, columns=8)[..., 0], cmap="gray")
        axes.set_title(row.title, fontsize=10)
        axes.axis("off")
    return drawn


def _draw_losses(figure, workshop, *, seed, content):
    """Draw the critic's loss against generator steps."""
    del content
    drawn = matplotlib.figure.Figure(figsize=(7, 3.6), layout="constrained")
    axes = drawn.subplots()
    for row in figure.population:
        files = workshops.train(workshop, row, seed=seed)
        points = _losses(files.logs, row)
        steps = [step / row.recipe.steps.num_critic_steps for step, _ in points]
        axes.plot(steps, [v for _, v in points], label=row.title, linewidth=1)
    axes.set_title(
        "Critic losses, private: computed from the records without noise",
        fontsize=10,
    )
    axes.set_xlabel("generator steps")
    axes.set_ylabel("mean of D(G(z)) - D(x)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=9)
    return drawn


def _losses(logs: pathlib.Path, row) -> curves.Curve:
    if row.kind == schema.PRIVATE:
        return curves.read(logs / "private").get("private/mean_loss", [])
    return curves.read(logs / "warm_start").get("public/critic_loss", [])


def _draw_bars(figure, workshop, *, seed, content):
    """Draw Inception and generate score of each model."""
    del workshop, seed
    rows = content["rows"]
    colours = {row.name: "tab:blue" for row in figure.population}
    drawn = matplotlib.figure.Figure(figsize=(8, 3.6), layout="constrained")
    for axes, name in zip(
        drawn.subplots(1, 2), ("inception_score", "generate_score"), strict=True
    ):
        shown = [row for row in rows if name in row["values"]]
        axes.barh(
            [row["title"] for row in shown],
            [float(np.mean(row["values"][name])) for row in shown],
            color=[colours.get(row["name"], "silver") for row in shown],
        )
        axes.invert_yaxis()
        axes.set_title(content["columns"][name], fontsize=10)
        axes.tick_params(labelsize=8)
        axes.grid(axis="x", alpha=0.3)
    return drawn


FIGURES: Mapping[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            name="ppgan_fig2",
            title="Samples of PPGAN at four budgets (PPGAN, Figure 2)",
            population=_BUDGETS,
            draw=_draw_grids,
            has_scores=False,
        ),
        Figure(
            name="ppgan_fig3",
            title="Losses with and without privacy (PPGAN, Figure 3)",
            population=_BUDGETS,
            draw=_draw_losses,
            has_scores=False,
        ),
        Figure(
            name="ppgan_fig4",
            title="Generate scores of PPGAN at four budgets (PPGAN, Figure 4)",
            population=_BUDGETS,
            beside=(_REAL, _PUBLIC_ONLY),
            draw=_draw_bars,
            has_scores=True,
        ),
        Figure(
            name="ppgan_fig5",
            title="PPGAN and its rivals at epsilon 10 (PPGAN, Figure 5)",
            population=_RIVALS,
            beside=(_REAL, _PUBLIC_ONLY),
            draw=_draw_bars,
            has_scores=True,
        ),
    )
}
