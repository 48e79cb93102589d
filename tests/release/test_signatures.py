"""The two functions of a generator give what is asked for."""

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.release import signatures
from tests import tiny_generator
from tests import tiny_table


def _made(generator, **changes):
    settings = {
        "latent_dim": tiny_generator.LATENT_DIM,
        "num_classes": 0,
        "first_label": 0,
        "class_shares": None,
        "largest_count": 0,
        "blocks": (),
        "schema": None,
        "guide": None,
        "pixels": pixel_range.WHOLE,
    }
    return signatures.Made(generator=generator, **settings | changes)


def _sample(made, num=5):
    sample = signatures.sample(signatures.sample_varied(made))
    return sample(tf.constant(num), tf.constant(3, tf.int64))


def test_rows_of_blocks_without_a_schema_are_cells():
    blocks = tiny_table.SCHEMA.blocks
    found = _sample(
        _made(tiny_table.build(), largest_count=1, blocks=blocks), 300
    )
    assert set(found) == {"records"}
    np.testing.assert_array_equal(
        found["records"], tiny_table.samples().examples
    )


def test_rows_of_a_schema_are_its_columns():
    found = _sample(
        _made(
            tiny_table.build(),
            largest_count=1,
            blocks=tiny_table.SCHEMA.blocks,
            schema=tiny_table.SCHEMA,
        )
    )
    flags = {name for name in found if name.endswith(" is missing")}
    assert set(found) - flags == set(tiny_table.SCHEMA.names)
    assert len(flags) == 5
    assert {tuple(tensor.shape) for tensor in found.values()} == {(5,)}


def test_a_latent_gives_probabilities_of_cells():
    made = _made(
        tiny_table.build(), largest_count=1, blocks=tiny_table.SCHEMA.blocks
    )
    found = signatures.generate(made)(tf.zeros([2, 3]))["probabilities"]
    assert found.shape == (2, tiny_table.SCHEMA.num_cells)
    np.testing.assert_allclose(tf.reduce_sum(found[:, :4], 1), 1, atol=1e-6)


def test_a_guide_names_the_classes_in_both_functions():
    made = _made(
        tiny_generator.build_labelled(),
        num_classes=4,
        first_label=7,
        guide=lambda images: tf.stack(
            [-images[:, 0, 0, 0], images[:, 0, 0, 0]], axis=1
        ),
    )
    label = tf.constant([7, 10], tf.int64)
    served = signatures.generate(made)(tf.zeros([2, 3]), label)
    assert served["labels"].numpy().tolist() == [7, 8]
    assert _sample(made, 4)["labels"].numpy().tolist() == [7, 7, 8, 8]


def test_images_are_brought_to_their_range_after_the_guide_has_seen_them():
    def guide(images):
        seen.append(images)
        return images[:, :2, 0, 0]

    seen = []
    generator = tiny_generator.build_labelled()
    settings = {"num_classes": 4, "guide": guide}
    grey = pixel_range.PixelRange(ends=np.array([0.25, 0.75]))
    whole, made = (
        _made(generator, pixels=pixels, **settings)
        for pixels in (pixel_range.WHOLE, grey)
    )
    label = tf.constant([0, 3], tf.int64)
    for of in (
        lambda made: signatures.generate(made)(tf.ones([2, 3]), label),
        lambda made: _sample(made, 4),
        lambda made: signatures.sample_varied(made)(
            tf.constant(4), tf.constant(3, tf.int64), tf.constant(1.5)
        ),
    ):
        before, after = of(whole), of(made)
        np.testing.assert_allclose(
            after["images"], before["images"] / 2, atol=1e-6
        )
        np.testing.assert_array_equal(after["labels"], before["labels"])
        assert np.abs(before["images"]).max() > 0.5
    assert len(seen) == 6
