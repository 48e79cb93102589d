import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.evaluation import image_set
from tests.evaluation import toy


def test_images_of_another_size_are_refused():
    with pytest.raises(errors.UserError, match="the classifier takes"):
        image_set.ImageSet(
            title="odd",
            images=np.zeros([3, 5, 5, 1], np.uint8),
            classifier=toy.Classifier(),
        )


def test_the_classifier_looks_once_and_names_what_has_no_labels(monkeypatch):
    looks = []
    original = toy.Classifier.look_at

    def look(self, images):
        looks.append(len(images))
        return original(self, images)

    monkeypatch.setattr(toy.Classifier, "look_at", look)
    images = toy.images(6, classes=[3, 1, 2, 0, 0, 1])
    assert not looks
    assert images.classes.tolist() == [3, 1, 2, 0, 0, 1]
    assert images.features.shape == (6, 15)
    assert looks == [6]


def test_labels_stand_before_what_the_classifier_says():
    images = image_set.ImageSet(
        title="named",
        images=toy.images(2, classes=[0, 0]).images,
        labels=np.array([2, 3]),
        classifier=toy.Classifier(),
    )
    assert images.classes.tolist() == [2, 3]


def test_too_few_images_are_named():
    images = toy.images(4)
    images.require(4, why="a test")
    with pytest.raises(errors.UserError, match="toy: 4 images; a test needs"):
        images.require(5, why="a test")
