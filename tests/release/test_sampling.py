"""Samples come in batches, and are those of the published signature."""

import dataclasses
import shutil

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.release import export
from dpgan_tf.release import grids
from dpgan_tf.release import latents
from dpgan_tf.release import sampling
from tests import tiny_generator
from tests import tiny_table


def exported(model, folder, **settings):
    export.export_generator(
        model, folder, latent_dim=tiny_generator.LATENT_DIM, **settings
    )
    return folder


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images") / "1"
    return exported(tiny_generator.build(), folder)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled") / "1"
    return exported(tiny_generator.build_labelled(), folder, num_classes=4)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows") / "1"
    return exported(tiny_generator.build_rows(), folder, largest_count=3)


def _sample(loaded, num, seed):
    return loaded.signatures["sample"](
        num=tf.constant(num), seed=tf.constant(seed, tf.int64)
    )


def test_a_generator_says_what_it_makes(directory, labelled, rows):
    found = [
        (one.latent_dim, one.example_shape, one.num_classes, one.largest_count)
        for one in map(sampling.load_generator, (directory, labelled, rows))
    ]
    assert found == [
        (3, (4, 4, 1), 0, 0),
        (3, (4, 4, 1), 4, 0),
        (3, (2,), 0, 3),
    ]


def test_streaming_makes_the_images_of_the_signature(directory):
    streamed = list(sampling.load_generator(directory).samples(300, 3))
    assert [len(batch) for batch in streamed] == [128, 128, 44]
    np.testing.assert_array_equal(
        np.concatenate([batch.examples for batch in streamed]),
        _sample(tf.saved_model.load(str(directory)), 300, 3)["images"],
    )


def test_variety_multiplies_latents_in_every_way_to_sample(directory):
    loaded = tf.saved_model.load(str(directory))
    made = sampling.load_generator(directory)
    streamed = made.all_samples(200, 3, variety=1.5).examples
    varied = loaded.signatures["sample_varied"](
        num=tf.constant(200),
        seed=tf.constant(3, tf.int64),
        variety=tf.constant(1.5),
    )
    np.testing.assert_array_equal(streamed, varied["images"])
    latent = latents.block_latents(3, 0, latent_dim=3)
    served = loaded.signatures["serving_default"](latent=1.5 * latent)
    np.testing.assert_array_equal(streamed[:128], served["images"])
    (late,) = made.samples(200, 3, first_sample=128, variety=1.5)
    np.testing.assert_array_equal(late.examples, streamed[128:])


def test_variety_1_is_no_change_in_any_bit(directory):
    made = sampling.load_generator(directory)
    plain = made.all_samples(200, 3).examples
    served = tf.saved_model.load(str(directory)).signatures["serving_default"](
        latent=latents.block_latents(3, 0, latent_dim=3)
    )
    np.testing.assert_array_equal(plain[:128], served["images"])
    at_1 = made.all_samples(200, 3, variety=1).examples
    np.testing.assert_array_equal(at_1, plain)


def test_labels_do_not_depend_on_variety(labelled):
    made = sampling.load_generator(labelled)
    np.testing.assert_array_equal(
        made.all_samples(50, 3, variety=3.0).labels,
        made.all_samples(50, 3).labels,
    )


def test_rows_refuse_variety_and_have_no_signature_for_it(rows):
    assert set(tf.saved_model.load(str(rows)).signatures) == {
        "serving_default",
        "sample",
    }
    with pytest.raises(errors.UserError, match="variety=2: .* makes rows"):
        sampling.load_generator(rows).all_samples(3, 0, variety=2.0)


def test_a_release_without_the_knob_says_so(tmp_path):
    """One of an earlier version, or one that somebody cut."""
    model = tiny_generator.build()
    module = tf.Module()
    module.weights = [weight.value for weight in model.weights]
    for name in ("num_classes", "first_label"):
        setattr(module, name, tf.Variable(0, dtype=tf.int64))
    spec = tf.TensorSpec([None, 3], tf.float32, name="latent")
    module.generate = tf.function(
        lambda latent: {"images": model(latent, training=False)},
        input_signature=[spec],
    )
    tf.saved_model.save(
        module,
        str(tmp_path / "1"),
        {"serving_default": module.generate.get_concrete_function()},
    )
    older = sampling.load_generator(tmp_path / "1")
    assert len(older.all_samples(3, 0)) == 3
    with pytest.raises(
        errors.UserError, match="variety=1.5: this release has no such knob"
    ):
        older.all_samples(3, 0, variety=1.5)


def test_samples_have_labels_and_as_many_of_each_class(labelled):
    generator = sampling.load_generator(labelled)
    assert generator.num_classes == 4
    streamed = generator.all_samples(300, 3)
    assert (streamed.labels == np.arange(300) % 4).all()
    np.testing.assert_allclose(
        streamed.examples[:, 2, 2, 0], -0.75 + 0.5 * streamed.labels, atol=1e-6
    )
    drawn = _sample(tf.saved_model.load(str(labelled)), 300, 3)
    np.testing.assert_array_equal(drawn["labels"], streamed.labels)
    np.testing.assert_array_equal(drawn["images"], streamed.examples)


def test_rows_are_counts_and_those_of_the_signature(rows):
    made = sampling.load_generator(rows).all_samples(130, 3)
    np.testing.assert_array_equal(made.examples, [[3, 0]] * 130)
    assert made.examples.dtype == np.uint8 and made.labels is None
    drawn = _sample(tf.saved_model.load(str(rows)), 130, 3)
    np.testing.assert_array_equal(drawn["records"], made.examples)


def test_sampling_may_begin_at_any_block(directory):
    generator = sampling.load_generator(directory)
    whole = generator.all_samples(300, 3).examples
    late = list(generator.samples(300, 3, first_sample=256))
    np.testing.assert_array_equal(late[0].examples, whole[256:])
    assert len(late) == 1
    with pytest.raises(ValueError, match="first_sample=5; expected a multiple"):
        next(generator.samples(300, 3, first_sample=5))


def test_a_block_is_made_from_its_inputs(labelled):
    generator = sampling.load_generator(labelled)
    inputs = generator.block_inputs(3, 1)
    assert inputs["latent"].shape == (latents.BLOCK_SIZE, 3)
    (batch,) = generator.samples(256, 3, first_sample=128)
    np.testing.assert_array_equal(inputs["label"], batch.labels)
    np.testing.assert_array_equal(generator.generate(inputs), batch.examples)


def test_a_folder_without_a_generator_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match=r"no generator there \(saved_"):
        sampling.load_generator(tmp_path)


def test_a_generator_without_all_its_weights_is_refused_with_the_remedy(
    labelled, tmp_path
):
    shutil.copytree(labelled, tmp_path / "1")
    (weights,) = (tmp_path / "1/variables").glob("*.data-*")
    weights.write_bytes(weights.read_bytes()[:-4])
    with pytest.raises(errors.UserError, match="complete generator; do this."):
        sampling.load_generator(tmp_path / "1", remedy="do this")


def test_a_release_keeps_its_generator_in_a_numbered_folder(tmp_path):
    """As TensorFlow Serving wants it."""
    found = sampling.generator_directory(tmp_path / "release")
    assert found == tmp_path / "release" / "generator" / "1"


def test_labels_from_another_number_on_are_those_of_the_same_images(
    labelled, tmp_path
):
    from_7 = exported(
        tiny_generator.build_labelled(),
        tmp_path / "1",
        num_classes=4,
        first_label=7,
    )
    plain, shifted = map(sampling.load_generator, (labelled, from_7))
    assert (plain.first_label, shifted.first_label) == (0, 7)
    first, second = (one.all_samples(10, 3) for one in (plain, shifted))
    np.testing.assert_array_equal(first.examples, second.examples)
    np.testing.assert_array_equal(first.labels + 7, second.labels)
    both = [grids.grid(one, seed=3) for one in (plain, shifted)]
    assert both[1].is_by_class
    np.testing.assert_array_equal(both[0].images, both[1].images)


def test_a_generator_of_a_schema_gives_a_cell_of_each_block_and_places():
    generator = tiny_table.generator()
    assert generator.blocks == tiny_table.SCHEMA.blocks
    made = generator.all_samples(200, 3)
    assert made.places.shape == (200, 7) and made.places.dtype == np.float64
    np.testing.assert_array_equal(
        made.examples, tiny_table.samples().examples[:200]
    )
    sums = np.add.reduceat(
        made.examples, np.cumsum((0, *generator.blocks[:-1])), axis=1
    )
    assert (sums[:, : -len("icd")] == 1).all() and sums[:, -3:].max() == 1


def test_a_generator_of_another_schema_is_refused():
    columns = tiny_table.SCHEMA.columns[1:]
    other = dataclasses.replace(tiny_table.SCHEMA, columns=columns)
    directory = sampling.generator_directory(tiny_table.release())
    with pytest.raises(errors.UserError, match="other rows than the schema"):
        sampling.load_generator(directory, schema=other)


def test_without_a_schema_there_are_cells_alone():
    """Scores need no places; older releases have no blocks."""
    directory = sampling.generator_directory(tiny_table.release())
    made = sampling.load_generator(directory).all_samples(300, 3)
    assert made.places is None
    np.testing.assert_array_equal(made.examples, tiny_table.samples().examples)
