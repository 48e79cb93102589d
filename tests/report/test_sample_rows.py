"""Rows of a release as a page shows them."""

import re

import pytest

from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import writing
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from dpgan_tf.report import sample_rows
from tests import tiny_generator
from tests import tiny_table


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("typed") / "1"
    export.export_generator(
        tiny_table.build(),
        folder,
        latent_dim=tiny_generator.LATENT_DIM,
        largest_count=1,
        schema=tiny_table.SCHEMA,
    )
    return sampling.load_generator(folder, schema=tiny_table.SCHEMA)


def _lines(body):
    lines = re.findall("<tr>(<td>.*?)</tr>", body)
    return [re.findall("<td.*?>(.*?)</td>", line) for line in lines]


def test_typed_rows_are_those_that_the_seed_gives(typed):
    body = sample_rows.typed(typed, tiny_table.SCHEMA)
    made = typed.all_samples(4, 1)
    table = decoding.decode(tiny_table.SCHEMA, made.examples, made.places)
    shown = _lines(body)
    assert len(shown) == len(tiny_table.SCHEMA.columns)
    for column, (_, *values) in zip(
        tiny_table.SCHEMA.columns[1:], shown[1:], strict=True
    ):
        expected = list(writing.texts(column, table[column.name]))
        assert values == expected, column.name


def test_long_names_and_values_are_cut(typed, monkeypatch):
    monkeypatch.setattr(sample_rows, "_LONGEST", 4)
    shown = _lines(sample_rows.typed(typed, tiny_table.SCHEMA))
    assert all(len(cell) <= 4 + len("...") for row in shown[1:] for cell in row)


def test_counts_are_the_names_of_what_is_there(tmp_path):
    export.export_generator(
        tiny_generator.build_rows(),
        tmp_path / "1",
        latent_dim=3,
        largest_count=3,
    )
    (tmp_path / "columns.txt").write_text("A<b\nnever\n")
    body = sample_rows.counts(sampling.load_generator(tmp_path / "1"), tmp_path)
    assert body.count("A&lt;b x 3") == 12 and "never" not in body
