import numpy as np
import pytest

from dpgan_tf.evaluation import scores


class _BrightnessClassifier:
    """Names the class that the first pixel holds, without a doubt."""

    num_classes = 10

    def probabilities(self, images):
        classes = np.rint(images[:, 0, 0, 0] * 10).astype(int)
        return np.eye(10, dtype=np.float32)[classes]


def _images(classes):
    pixels = np.asarray(classes, np.float32) / 10
    return pixels[:, np.newaxis, np.newaxis, np.newaxis]


def test_even_classes_score_the_number_of_classes():
    score = scores.score_images(
        _images(np.arange(2500) % 10), _BrightnessClassifier(), num_splits=5
    )
    assert score.num_images == 2500
    assert score.num_splits == 5
    assert score.inception_score == pytest.approx(10)
    assert score.standard_deviation == pytest.approx(0, abs=1e-9)
    assert score.class_shares == pytest.approx([0.1] * 10)


def test_a_collapsed_generator_shows_in_the_class_shares():
    score = scores.score_images(
        _images([3] * 90 + [4] * 10), _BrightnessClassifier(), num_splits=1
    )
    assert score.class_shares[3] == pytest.approx(0.9)
    assert score.class_shares[4] == pytest.approx(0.1)
    assert sum(score.class_shares) == pytest.approx(1)


def test_a_stream_scores_as_the_same_images_in_memory():
    images = _images(np.random.default_rng(0).integers(0, 10, 1000))
    asked = []

    def samples(num_samples, seed):
        asked.append((num_samples, seed))
        yield from np.array_split(images, 7)

    streamed = scores.score_generator(
        samples, _BrightnessClassifier(), num_samples=1000, seed=5
    )
    assert asked == [(1000, 5)]
    assert streamed == scores.score_images(images, _BrightnessClassifier())
