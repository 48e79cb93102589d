"""Pictures of what the generators of a table make."""

import dataclasses
import shutil

import numpy as np
from PIL import Image

from dpgan_tf import images
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.papers import pictures
from dpgan_tf.release import grids
from dpgan_tf.release import sampling
from tests.papers import shops


def test_a_grid_is_of_the_rows_generator_a_class_in_each_column(
    labelled, workshop, tmp_path
):
    """Of a private row it is the one that is released."""
    row = dataclasses.replace(
        shops.rows(labelled.recipe)[0], kind="private", recipe=labelled.recipe
    )
    shutil.copytree(labelled.files.root, workshop.folder(row, 0) / "run")
    path = tmp_path / "pictures" / "row.png"
    pictures.save_grid(workshop, row, path, seed=0)
    directory = sampling.generator_directory(labelled.files.release)
    generator = sampling.load_generator(directory)
    expected = grids.grid(generator, seed=scorers.SEED)
    assert expected.columns == 10
    with Image.open(path) as picture:
        pixels = np.asarray(picture)
    # Ten examples of 28 pixels to a side, and a line around each of them.
    assert pixels.shape == (10 * 29 + 1, 10 * 29 + 1)
    varied = path.with_name("varied.png")
    pictures.save_grid(workshop, row.at(3.0), varied, seed=0)
    assert varied.read_bytes() != path.read_bytes()
    for place in (0, 7, 42):
        down, right = (1 + 29 * part for part in divmod(place, 10))
        np.testing.assert_array_equal(
            pixels[down : down + 28, right : right + 28],
            images.to_uint8(expected.images)[place, :, :, 0],
        )
