"""Figures: which models they compare, and what is drawn of them."""

import dataclasses
import json

import pytest
from PIL import Image

from dpgan_tf.papers import figures
from dpgan_tf.papers import generate_score
from dpgan_tf.report import curves
from tests.papers import shops


def test_every_figure_has_a_table_of_its_models():
    for figure in figures.FIGURES.values():
        table = figures.table_of(figure)
        assert table.rows == [*figure.beside, *figure.population]
        assert figure.population[0].title in table.notes[0]


@pytest.mark.slow
def test_figures_show_samples_losses_and_scores_of_a_named_population(
    labelled, workshop, tmp_path
):
    public_only = dataclasses.replace(
        shops.rows(labelled.recipe)[1], num_generator_steps=3
    )
    other = dataclasses.replace(
        public_only, name="longer", title="longer", num_generator_steps=4
    )
    for name, figure in figures.FIGURES.items():
        beside = (shops.rows(labelled.recipe)[0],) if figure.has_scores else ()
        tiny = dataclasses.replace(
            figure, population=(public_only, other), beside=beside
        )
        _, paths = figures.make(tiny, workshop, tmp_path, seeds=[0])
        assert paths[0].endswith(f"{name}.png")
        with Image.open(paths[0]) as picture:
            assert picture.width > 300
        content = json.loads(open(paths[1]).read())
        assert content["from"]["command"]
        assert figure.has_scores == ("columns" in content)
    values = {row["name"]: row["values"] for row in content["rows"]}
    assert "generate_score" not in values["real"]
    if (
        values["longer"]["inception_score"]
        == (values["public_only"]["inception_score"])
    ):
        assert any("generate score" in note for note in content["notes"])
    else:
        assert values["longer"]["generate_score"] == [0.5]


def table_content(figure, scores):
    """A table of a figure, with Inception scores by the name of a row."""
    return {
        "columns": {"inception_score": "Inception score"},
        "notes": [],
        "rows": [
            {
                "name": row.name,
                "title": row.title,
                "values": {"inception_score": [scores[row.name]]},
            }
            for row in [*figure.beside, *figure.population]
        ],
    }


def scored(monkeypatch, scores):
    figure = figures.FIGURES["ppgan_fig4"]
    content = table_content(figure, scores)
    monkeypatch.setattr(
        figures.compute, "score_table_of", lambda *args, **kwargs: content
    )
    return figures._scores(figure, None, seeds=[0])


SCORES = {
    "real": 9.96,
    "mnist_public_only": 5.0,
    "ppgan_infinity": 8.0,
    "ppgan_20": 6.0,
    "ppgan_10": 4.0,
    "ppgan_5": 2.0,
}


def test_the_generate_score_is_over_the_models_compared_alone(monkeypatch):
    """Eq. 22 by `generate_score`; what stands beside has none."""
    content = scored(monkeypatch, SCORES)
    models = [row.name for row in figures.FIGURES["ppgan_fig4"].population]
    expected = generate_score.generate_scores(
        {name: SCORES[name] for name in models}
    )
    found = {row["name"]: row["values"] for row in content["rows"]}
    assert list(content["columns"]) == ["generate_score", "inception_score"]
    for name in SCORES:
        if name in models:
            assert found[name]["generate_score"] == [expected[name]]
        else:
            assert "generate_score" not in found[name]


def test_where_all_models_score_alike_the_figure_says_so(monkeypatch):
    content = scored(monkeypatch, dict.fromkeys(SCORES, 5.0))
    assert any("generate score" in note for note in content["notes"])
    for row in content["rows"]:
        assert "generate_score" not in row["values"]


def test_bars_are_of_every_row_that_has_the_score(monkeypatch):
    content = scored(monkeypatch, SCORES)
    figure = figures.FIGURES["ppgan_fig4"]
    drawn = figure.draw(figure, None, seed=0, content=content)
    inception, generate = drawn.axes
    assert [bar.get_width() for bar in inception.patches] == list(
        SCORES.values()
    )
    assert len(generate.patches) == len(figure.population)


def test_losses_are_those_of_the_stage_that_trained_the_model(labelled):
    private, public = (
        dataclasses.replace(shops.rows(labelled.recipe)[0], kind=kind)
        for kind in ("private", "public_only")
    )
    of_private = figures._losses(labelled.files.logs, private)
    of_public = figures._losses(labelled.files.logs, public)
    logs = curves.read(labelled.files.logs / "private")
    assert of_private == logs["private/mean_loss"]
    assert of_public != of_private
    assert figures._losses(labelled.folder / "gone", private) == []
