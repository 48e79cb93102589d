"""Cells of classifiers that learn from few labels."""

from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.papers import compute
from dpgan_tf.papers import schema
from tests.papers import shops


def test_a_table_of_labels_has_a_cell_for_each_generator_and_number(
    labelled, stocked
):
    table = schema.LabelsTable(
        name="labels",
        title="Tiny",
        rows=shops.rows(labelled.recipe)[1:],
        setting=semi_supervised.Setting(num_steps=10**9),
        paper={10: {"supervised": 0.7, "public_only": 0.6}},
    )
    content = compute.labels_table_of(table, stocked, seeds=[0])
    (row,) = content["rows"]
    assert row["title"] == "10 labels"
    assert set(row["values"]) == {"supervised", "public_only"}
    assert all(0 <= v[0] <= 1 for v in row["values"].values())
    assert "(0.7)" in compute.markdown(content)
