"""The files of a release follow from what its process is given."""

import numpy as np
import pytest

from dpgan_tf.claim import release_files
from dpgan_tf.claim import release_names
from dpgan_tf.claim import sample_check
from dpgan_tf.claim import schema_check
from dpgan_tf.config import text as config_text
from dpgan_tf.data import records
from dpgan_tf.release import sampling
from dpgan_tf.run import assembly
from dpgan_tf.run.stages import release_child
from dpgan_tf.run.stages import release_contents
from dpgan_tf.run.stages import release_process
from tests import tiny_table
from tests.run.stages import example_contents


def test_the_graph_tells_nothing_of_how_the_run_went(finished, tmp_path):
    """It is that of other weights, whatever was traced on the way to these."""
    recipe = config_text.from_json((finished / "run/config.json").read_text())
    form = records.Form((28, 28, 1))
    made = assembly.build_generator(recipe, form)
    release_process.write(
        tmp_path,
        release_contents.Contents(
            recipe=recipe,
            form=form,
            columns=(),
            weights=[np.ones(weight.shape) for weight in made.weights],
        ),
    )
    name = "generator/1/saved_model.pb"
    released = (finished / "run/release" / name).read_bytes()
    assert released == (tmp_path / name).read_bytes()


@pytest.fixture(scope="module")
def of_rows(tmp_path_factory):
    """Contents of rows, and the folder of what was written of them."""
    folder = tmp_path_factory.mktemp("rows")
    contents = example_contents.rows(folder)
    (folder / "release").mkdir()
    release_child.write(folder / "release", contents)
    return contents, folder / "release"


def test_rows_are_written_as_counts_under_their_names(of_rows):
    _, folder = of_rows
    assert (folder / "columns.txt").read_text() == "a\nb\nc\nd\ne\nf\ng\n"
    header, *lines = (folder / "samples.csv").read_text().splitlines()
    assert header == "a,b,c,d,e,f,g"
    assert len(lines) == 100
    assert {cell for line in lines for cell in line.split(",")} == {"0", "1"}
    assert not (folder / "samples.png").exists()
    form = records.Form((7,), largest=1)
    problems = sample_check.problems(folder, form)
    assert set(problems.values()) == {""}


def test_typed_columns_are_written_with_their_schema(tmp_path):
    folder = tmp_path / "release"
    folder.mkdir()
    contents = example_contents.typed(tmp_path)
    release_child.write(folder, contents)
    found = release_files.examine(folder)
    assert set(found) == release_names.OF_TYPED - {"MODEL_CARD.md"}
    assert schema_check.read(folder) == (tiny_table.SCHEMA, "")
    problems = sample_check.problems(folder, contents.form, tiny_table.SCHEMA)
    assert problems == {"samples.csv": ""}
    header = (folder / "samples.csv").read_text("utf-8").splitlines()[0]
    assert header.startswith('"größe, a/b.c",died,ICU,age,')
    made = sampling.load_generator(
        sampling.generator_directory(folder), schema=tiny_table.SCHEMA
    )
    assert made.example_shape == contents.form.shape


def test_images_are_written_as_a_picture_that_can_be_checked(tmp_path):
    folder = tmp_path / "release"
    folder.mkdir()
    contents = example_contents.labelled(tmp_path)
    release_child.write(folder, contents)
    assert sample_check.problems(folder, contents.form) == {"samples.png": ""}
    assert not (folder / "samples.csv").exists()
    found = release_files.examine(folder)
    assert set(found) == release_names.OF_IMAGES - {"MODEL_CARD.md"}
    assert all(part.digest for part in found.values())


def test_the_generator_has_the_weights_it_was_given(of_rows):
    contents, folder = of_rows
    made = sampling.load_generator(sampling.generator_directory(folder))
    plain = assembly.build_generator(contents.recipe, contents.form)
    plain.set_weights(contents.weights)
    latent = np.ones([1, made.latent_dim], np.float32)
    found = made._generate(latent=latent)["probabilities"]
    np.testing.assert_allclose(
        found, plain(latent, training=False), rtol=1e-5, atol=1e-6
    )
