"""The picture in which records that were learnt by heart show."""

import dataclasses

import numpy as np

from dpgan_tf.evaluation import nearest
from tests.evaluation import toy


def test_a_sample_stands_beside_its_nearest_training_images():
    train = toy.images(50)
    samples = dataclasses.replace(train, images=train.images[[7, 3]])
    shown = nearest.beside_neighbours(samples, train)
    columns = 1 + nearest.NUM_NEIGHBOURS
    for row in shown.reshape(2, columns, *toy.SHAPE):
        np.testing.assert_array_equal(row[0], row[1])
        # By features, which are all pixels but the first here.
        features = row.reshape(columns, -1)[:, 1:].astype(float)
        distances = np.linalg.norm(features - features[0], axis=1)
        assert (np.diff(distances) >= 0).all()
        others = train.features.astype(float) - features[0]
        nearest_ones = np.sort(np.linalg.norm(others, axis=1))
        np.testing.assert_allclose(
            distances[1:], nearest_ones[: nearest.NUM_NEIGHBOURS]
        )


def test_images_without_a_classifier_are_compared_by_pixels():
    train = dataclasses.replace(toy.images(50), classifier=None)
    shown = nearest.beside_neighbours(train, train)
    assert len(shown) == nearest.NUM_SAMPLES * (1 + nearest.NUM_NEIGHBOURS)
    rows = shown.reshape(nearest.NUM_SAMPLES, -1, *toy.SHAPE)
    np.testing.assert_array_equal(rows[:, 0], rows[:, 1])
