"""A release's schema is a schema, in its one form."""

import dataclasses
import os

import pytest

from dpgan_tf.claim import schema_check
from dpgan_tf.data.tables import schema_text
from tests import tiny_table

TEXT = schema_text.to_text(tiny_table.SCHEMA)


def test_a_canonical_schema_is_read(tmp_path):
    (tmp_path / "schema.json").write_text(TEXT, "utf-8")
    assert schema_check.read(tmp_path) == (tiny_table.SCHEMA, "")


def test_a_release_may_have_none(tmp_path):
    assert schema_check.read(tmp_path) == (None, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (TEXT + "\n", "is not in the canonical form"),
        (TEXT.replace(", ", ","), "is not in the canonical form"),
        (
            TEXT.replace('{"format"', '{"$schema": "epsilon is 0", "format"'),
            "is not in the canonical form",
        ),
        ("{}", "schema.json: is no schema"),
        ("", "schema.json: is no schema"),
        (TEXT.replace("boolean", "belief", 1), "type is 'belief'"),
    ],
)
def test_another_form_is_found(tmp_path, text, problem):
    (tmp_path / "schema.json").write_text(text, "utf-8")
    schema, found = schema_check.read(tmp_path)
    assert schema is None and problem in found


def test_what_is_no_plain_file_is_not_read(tmp_path):
    (tmp_path / "real.json").write_text(TEXT)
    (tmp_path / "schema.json").symlink_to("real.json")
    assert schema_check.read(tmp_path).problem
    (tmp_path / "schema.json").unlink()
    os.mkfifo(tmp_path / "schema.json")
    assert schema_check.read(tmp_path).problem


def test_a_row_of_a_schema_has_its_form():
    form = schema_check.form_of(tiny_table.SCHEMA)
    assert (form.shape, form.largest) == ((tiny_table.SCHEMA.num_cells,), 1)
    assert form.blocks == tiny_table.SCHEMA.blocks


def test_bounds_that_were_learnt_are_part_of_what_is_charged():
    learnt = dataclasses.replace(tiny_table.SCHEMA, learnt_noise_multiplier=3.0)
    for charged, is_right in ((2.9, True), (3.0, False), ("2", False)):
        claim = {"summary_noise_multiplier": charged}
        assert schema_check.is_charged(learnt, claim) == is_right
        assert schema_check.is_charged(tiny_table.SCHEMA, claim)
    assert not schema_check.is_charged(learnt, {})
    assert schema_check.is_charged(tiny_table.SCHEMA, {})
