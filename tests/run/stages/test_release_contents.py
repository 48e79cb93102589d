"""What the process that writes a release is given comes through unchanged."""

import dataclasses

import numpy as np

from dpgan_tf.config import presets
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.run.stages import release_contents
from tests import tiny_table
from tests.run.stages import example_contents


def test_the_process_is_given_contents_and_nothing_else(tmp_path):
    contents = dataclasses.replace(
        example_contents.labelled(tmp_path),
        class_shares=np.array([0.25, 0.75]),
        pixels=pixel_range.PixelRange(ends=np.array([0.25, 0.75])),
    )
    content = release_contents.to_bytes(contents)
    again = release_contents.from_bytes(content)
    assert (again.recipe, again.form) == (contents.recipe, contents.form)
    assert again.columns == contents.columns
    for before, after in zip(contents.weights, again.weights, strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(contents.guide.kernel, again.guide.kernel)
    np.testing.assert_array_equal(contents.class_shares, again.class_shares)
    np.testing.assert_array_equal(contents.pixels.ends, again.pixels.ends)
    assert release_contents.to_bytes(again) == content


def test_a_schema_and_its_blocks_come_through(tmp_path):
    contents = example_contents.typed(tmp_path)
    content = release_contents.to_bytes(contents)
    again = release_contents.from_bytes(content)
    assert again.schema == contents.schema == tiny_table.SCHEMA
    assert again.form == contents.form
    assert again.form.blocks == tiny_table.SCHEMA.blocks
    assert example_contents.rows(tmp_path).schema is None


def test_every_preset_can_be_written(tmp_path):
    """What the process builds from a configuration takes the run's weights."""
    for name in presets.names():
        recipe = presets.get(name)
        content = release_contents.to_bytes(
            release_contents.Contents(
                recipe=recipe,
                form=records.DIGITS,
                columns=(),
                weights=[],
            )
        )
        assert release_contents.from_bytes(content).recipe == recipe
