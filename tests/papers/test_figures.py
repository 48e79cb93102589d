"""Figures: which models they compare, and what is drawn of them."""

import dataclasses
import json

import pytest
from PIL import Image

from dpgan_tf.papers import figures
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
