"""Where rows are trained: recipes, folders and generators of theirs."""

import dataclasses

from dpgan_tf.config import recipe as recipes
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.release import sampling
from tests.papers import shops


def test_the_generator_of_a_row_is_the_release_or_that_without_privacy(
    labelled,
):
    of_release = sampling.generator_directory(labelled.files.release)
    expected = {
        schema.PRIVATE: of_release,
        schema.PUBLIC_ONLY: labelled.files.warm_start_generator,
        schema.NON_PRIVATE: labelled.files.warm_start_generator,
    }
    for kind, directory in expected.items():
        row = dataclasses.replace(shops.rows(labelled.recipe)[0], kind=kind)
        assert (
            workshops.directory_of_generator(row, labelled.files) == directory
        )


def test_seeds_are_runs_of_their_own(labelled, workshop):
    row = shops.rows(labelled.recipe)[0]
    assert workshop.recipe(row, 0).data.split_seed == 0
    assert workshop.recipe(row, 3) == recipes.change(
        row.recipe, {"data.split_seed": 3}
    )
    assert workshop.folder(row, 0) != workshop.folder(row, 3)
