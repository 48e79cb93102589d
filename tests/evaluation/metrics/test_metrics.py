"""Every metric against a case that is known by other means."""

import dataclasses

import numpy as np
import pytest
import scipy.linalg

from dpgan_tf import errors
from dpgan_tf.evaluation.metrics import diversity
from dpgan_tf.evaluation.metrics import downstream
from dpgan_tf.evaluation.metrics import frechet
from dpgan_tf.evaluation.metrics import inception
from dpgan_tf.evaluation.metrics import jensen_shannon
from dpgan_tf.evaluation.metrics import manifold
from tests.evaluation import toy


def run(metric, samples, train, test=None):
    return metric.METRIC.run(samples, train=train, test=test, seed=0)


def test_even_and_certain_classes_reach_the_highest_inception_score():
    found = run(inception, toy.images(400), toy.images(400))
    assert found["inception_score"] == pytest.approx(toy.NUM_CLASSES)
    assert found["class_coverage"] == 1
    assert found["class_shares"] == pytest.approx([0.25] * 4)


def test_a_class_that_is_hardly_made_is_not_covered():
    classes = np.repeat([0, 1, 2, 3], [300, 300, 390, 10])
    found = run(inception, toy.images(1000, classes=classes), toy.images(400))
    assert found["class_coverage"] == 0.75


def test_too_few_samples_for_ten_splits_are_refused():
    with pytest.raises(errors.UserError, match="9 images; a score in 10"):
        run(inception, toy.images(9), toy.images(400))


def test_the_frechet_distance_is_that_of_the_formula():
    rng = np.random.default_rng(0)
    a = rng.normal(size=[50, 6]).astype(np.float32)
    b = (rng.normal(size=[70, 6]) @ rng.normal(size=[6, 6]) + 1).astype("f4")
    root = scipy.linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    expected = np.sum((a.mean(0) - b.mean(0)) ** 2)
    expected += np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root)
    assert frechet.frechet_distance(a, b) == pytest.approx(expected, rel=1e-4)


def test_the_frechet_distance_of_a_shift_is_its_square():
    a = np.random.default_rng(0).normal(size=[500, 3]).astype(np.float32)
    shift = np.array([3.0, 0, 4.0], np.float32)
    assert frechet.frechet_distance(a, a + shift) == pytest.approx(25, rel=1e-4)
    assert frechet.frechet_distance(a, a) == pytest.approx(0, abs=1e-3)


def test_the_distance_is_of_samples_and_training_images_by_their_features():
    samples, train = toy.images(400, seed=1, spread=10), toy.images(400)
    found = run(frechet, samples, train)["fid_classifier"]
    assert found > 100
    expected = frechet.frechet_distance(samples.features, train.features)
    assert found == pytest.approx(expected)


def test_a_covariance_needs_more_samples_than_features():
    with pytest.raises(errors.UserError, match="15 images; a covariance"):
        run(frechet, toy.images(15), toy.images(400))


def test_samples_like_real_images_have_precision_and_recall():
    found = run(manifold, toy.images(1000, seed=1), toy.images(1000))
    assert found["precision"] > 0.6 and found["recall"] > 0.6


def test_one_real_image_repeated_is_precise_and_recalls_nothing():
    train = toy.images(500)
    repeated = toy.images(500)
    repeated.images[:] = train.images[:1]
    found = run(manifold, repeated, train)
    assert found["precision"] == 1.0
    # A reach of zero covers the one image, and nothing else.
    assert found["recall"] == pytest.approx(1 / 500)


def test_noise_far_from_all_is_not_precise():
    far = toy.images(300)
    far.images[:, 1:] = 255
    assert run(manifold, far, toy.images(300, spread=5))["precision"] == 0


def test_coverage_counts_what_lies_within_the_third_neighbours_distance():
    """Points on a line: the reach of 0, 1, 2, 3 is 3, 2, 2, 3."""
    by = np.array([[0.0], [1], [2], [3]])
    points = np.array([[-3.5], [-2.5], [0.5], [5.9], [6.1]])
    assert manifold.covered(points, by=by) == 3 / 5


def test_diversity_is_a_share_of_the_real_one():
    real = toy.images(800)
    assert run(diversity, toy.images(800, seed=1), real)[
        "diversity"
    ] == pytest.approx(1, rel=0.05)
    assert run(diversity, toy.images(800, spread=20), real)[
        "diversity"
    ] == pytest.approx(0.5, rel=0.1)


def test_one_image_per_class_has_no_diversity_but_a_perfect_inception_score():
    collapsed = toy.images(800, spread=0)
    found = run(diversity, collapsed, toy.images(800))
    assert found["diversity"] == found["diversity_worst"] == 0
    score = run(inception, collapsed, toy.images(800))["inception_score"]
    assert score == pytest.approx(toy.NUM_CLASSES)


def test_a_class_that_is_missing_is_the_worst():
    samples = toy.images(300, classes=np.arange(300) % 3)
    found = run(diversity, samples, toy.images(800))
    assert found["diversity_worst"] == found["diversity_by_class"][3] == 0
    assert found["diversity"] == pytest.approx(0.75, rel=0.05)


class Wide(toy.Classifier):
    """Takes images that a CNN can take, and sees nothing in them."""

    image_shape = (12, 12, 1)

    def look_at(self, images):
        return np.zeros([len(images), 3]), np.zeros([len(images), 2])


def halves(num, seed, *, labels=None):
    """Images of two classes, the second one bright in its upper half."""
    rng = np.random.default_rng(seed)
    classes = np.arange(num) % 2
    images = rng.integers(0, 100, [num, 12, 12, 1], np.uint8)
    images[classes == 1, :6] += 120
    return toy.image_set.ImageSet(
        title="halves",
        images=images,
        labels=(classes if labels is None else labels).astype(np.int64),
        classifier=Wide(),
    )


def test_classifiers_learn_from_good_samples_and_not_from_wrong_labels():
    train, test = halves(100, 1), halves(200, 2)
    good = run(downstream, halves(600, 3), train, test)
    assert all(accuracy > 0.97 for accuracy in good.values())
    wrong = np.random.default_rng(0).permutation(600) % 2
    bad = run(downstream, halves(600, 3, labels=wrong), train, test)
    assert all(0.1 < accuracy < 0.9 for accuracy in bad.values())


def test_accuracy_is_that_on_test_images_alone():
    """Their labels are the other way round: nearly none is right."""
    train, test = halves(100, 1), halves(200, 2)
    flipped = dataclasses.replace(test, labels=1 - test.labels)
    found = run(downstream, halves(600, 3), train, flipped)
    assert all(accuracy < 0.03 for accuracy in found.values())


def test_the_test_set_chooses_no_epoch(monkeypatch):
    test = halves(200, 2)
    looks = []
    original = downstream.training_loop.accuracy

    def look(model, images, labels):
        looks.append(np.shares_memory(images, test.images))
        return original(model, images, labels)

    monkeypatch.setattr(downstream.training_loop, "accuracy", look)
    run(downstream, halves(60, 3), halves(100, 1), test)
    assert looks == [*[False] * downstream._NUM_EPOCHS, True]


def test_samples_of_one_class_teach_that_class():
    train, test = halves(100, 1), halves(200, 2)
    one = run(downstream, halves(200, 3, labels=np.ones(200, int)), train, test)
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
    few = dataclasses.replace(halves(60, 3), times=100)
    found = run(downstream, few, halves(100, 1), halves(200, 2))
    assert len(seen["held_out"]) == 12 and len(seen["learnt"]) == 4800
    learnt = {image.tobytes() for image in seen["learnt"]}
    assert len(learnt) == 48
    assert learnt.isdisjoint(image.tobytes() for image in seen["held_out"])
    assert found["downstream_mlp"] > 0.9


def test_the_jensen_shannon_divergence_has_its_known_values():
    found = jensen_shannon.jensen_shannon(np.array([0.5, 0, 1]))
    np.testing.assert_allclose(
        found, [0, 1.5 - 0.75 * np.log2(3), 1.5 - 0.75 * np.log2(3)]
    )
    assert found[1] == pytest.approx(0.3113, abs=5e-5)


def test_equation_5_as_printed_has_its_known_values():
    """KL(B(.9) | B(.5)) / 2 + KL(B(.5) | B(.9)) / 2, by hand."""
    one = 0.9 * np.log(1.8) + 0.1 * np.log(0.2)
    other = 0.5 * np.log(0.5 / 0.9) + 0.5 * np.log(0.5 / 0.1)
    found = jensen_shannon.half_symmetrised(np.array([0.5, 0.9, 0.0]))
    np.testing.assert_allclose(found[:2], [0, (one + other) / 2], atol=1e-12)
    assert np.isfinite(found[2])


def test_a_discriminator_tells_noise_from_images_but_not_images_from_images():
    real, noise = halves(600, 1), halves(600, 2)
    noise.images[:] = np.random.default_rng(3).integers(
        200, 256, noise.images.shape
    )
    far = run(jensen_shannon, noise, real)
    near = run(jensen_shannon, halves(600, 4), real)
    assert far["js_score"] > 0.25 > 0.15 > near["js_score"]
    assert far["js_score_printed"] > near["js_score_printed"]
