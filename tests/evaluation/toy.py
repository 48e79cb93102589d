"""Images that say themselves what a classifier sees in them."""

import numpy as np

from dpgan_tf.evaluation import image_scorer
from dpgan_tf.evaluation import image_set

SHAPE = (4, 4, 1)
NUM_CLASSES = 4


class Classifier:
    """The first pixel is the class, the others are the features."""

    image_shape = SHAPE
    num_classes = NUM_CLASSES
    fingerprint = "toy"

    def look_at(self, images):
        rows = images.reshape(len(images), -1)
        probabilities = np.eye(NUM_CLASSES, dtype=np.float32)[rows[:, 0]]
        return rows[:, 1:].astype(np.float32), probabilities


def images(num, *, classes=None, seed=0, spread=40, labelled=False):
    """Images whose features are around the class's own centre."""
    rng = np.random.default_rng(seed)
    if classes is None:
        classes = np.arange(num) % NUM_CLASSES
    classes = np.asarray(classes)
    pixels = 100 + 20 * classes[:, None] + rng.normal(0, spread, [num, 16])
    pixels = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    pixels[:, 0] = classes
    return image_set.ImageSet(
        title="toy",
        images=pixels.reshape(num, *SHAPE),
        labels=classes.astype(np.int64) if labelled else None,
        classifier=Classifier(),
    )


def scorer(metrics, *, train, test=None, cache_dir=None):
    """Judge by these metrics and no trained classifier."""
    return image_scorer.ImageScorer(
        dataset="toy",
        metrics=metrics,
        train=train,
        test=test,
        example_shape=SHAPE,
        fingerprint="toy",
        cache_dir=cache_dir,
    )


def score(samples, metrics, *, train, test=None):
    """Return the scores of images by some metrics."""
    judge = scorer(metrics, train=train, test=test)
    return judge.score_samples(samples, title=samples.title)


class Wide(Classifier):
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
    return image_set.ImageSet(
        title="halves",
        images=images,
        labels=(classes if labels is None else labels).astype(np.int64),
        classifier=Wide(),
    )


def run(metric, samples, train, test=None):
    """Return what the metric of a module says."""
    return metric.METRIC.run(samples, train=train, test=test, seed=0)
