"""Cells of classifiers that learn from few labels."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.papers import compute
from dpgan_tf.papers import few_labels
from dpgan_tf.papers import schema
from tests import tiny_run
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


def test_labels_alone_are_learnt_from_once_for_all_generators(
    labelled, workshop, monkeypatch
):
    asked = []

    def accuracy(labels, test, setting, *, seed):
        asked.append((len(labels.images), seed))
        return 0.5

    monkeypatch.setattr(semi_supervised, "supervised_accuracy", accuracy)
    for row in shops.rows(labelled.recipe):
        found = few_labels.supervised(
            workshop,
            row,
            num_labels=20,
            setting=workshop.few_labels,
            seed=3,
        )
        assert found["values"] == {"accuracy": 0.5}
    assert asked == [(20, 3)]


def test_records_without_a_test_part_are_refused(tmp_path):
    """Nothing but public records would be left to measure on."""
    labels = np.arange(300) % 10
    pixels = np.random.default_rng(0).integers(0, 256, [300, 28, 28], np.uint8)
    np.savez(
        tmp_path / "records.npz",
        x_train=pixels,
        y_train=labels,
        num_classes=10,
    )
    recipe = tiny_run.recipe(tmp_path, networks__conditional=True)
    shop = shops.workshop(tmp_path, tmp_path / "runs")
    with pytest.raises(
        errors.DatasetError, match="has no labelled test part.*hold one"
    ):
        few_labels.supervised(
            shop,
            shops.rows(recipe)[0],
            num_labels=10,
            setting=shop.few_labels,
            seed=0,
        )
