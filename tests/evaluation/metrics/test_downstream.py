"""Classifiers that learn from samples alone."""

import dataclasses

import numpy as np

from dpgan_tf.evaluation.metrics import downstream
from tests.evaluation import toy


def test_classifiers_learn_from_good_samples_and_not_from_wrong_labels():
    train, test = toy.halves(100, 1), toy.halves(200, 2)
    good = toy.run(downstream, toy.halves(600, 3), train, test)
    assert all(accuracy > 0.97 for accuracy in good.values())
    wrong = np.random.default_rng(0).permutation(600) % 2
    bad = toy.run(downstream, toy.halves(600, 3, labels=wrong), train, test)
    assert all(0.1 < accuracy < 0.9 for accuracy in bad.values())


def test_accuracy_is_that_on_test_images_alone():
    """Their labels are the other way round: nearly none is right."""
    train, test = toy.halves(100, 1), toy.halves(200, 2)
    flipped = dataclasses.replace(test, labels=1 - test.labels)
    found = toy.run(downstream, toy.halves(600, 3), train, flipped)
    assert all(accuracy < 0.03 for accuracy in found.values())


def test_the_test_set_chooses_no_epoch(monkeypatch):
    test = toy.halves(200, 2)
    looks = []
    original = downstream.training_loop.accuracy

    def look(model, images, labels):
        looks.append(np.shares_memory(images, test.images))
        return original(model, images, labels)

    monkeypatch.setattr(downstream.training_loop, "accuracy", look)
    toy.run(downstream, toy.halves(60, 3), toy.halves(100, 1), test)
    assert looks == [*[False] * downstream._NUM_EPOCHS, True]


def test_samples_of_one_class_teach_that_class():
    train, test = toy.halves(100, 1), toy.halves(200, 2)
    one = toy.run(
        downstream, toy.halves(200, 3, labels=np.ones(200, int)), train, test
    )
    for name in ("downstream_mlp", "downstream_logistic"):
        assert one[name] == np.mean(test.labels == 1)


def test_what_is_held_out_of_few_images_is_no_copy_of_what_is_learnt(
    monkeypatch,
):
    """A copy would only say that the classifier knows it by heart."""
    seen = {}

    def keep(synthetic, held_out, test, **kwargs):
        del test, kwargs
        seen.update(learnt=synthetic[0], held_out=held_out[0])
        return 1.0

    monkeypatch.setattr(downstream, "_cnn_accuracy", keep)
    few = dataclasses.replace(toy.halves(60, 3), times=100)
    found = toy.run(downstream, few, toy.halves(100, 1), toy.halves(200, 2))
    assert len(seen["held_out"]) == 12 and len(seen["learnt"]) == 4800
    learnt = {image.tobytes() for image in seen["learnt"]}
    assert len(learnt) == 48
    assert learnt.isdisjoint(image.tobytes() for image in seen["held_out"])
    assert found["downstream_mlp"] > 0.9
