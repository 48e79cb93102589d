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
