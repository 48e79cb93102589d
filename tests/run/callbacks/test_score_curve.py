"""Scores along the steps: when, of what, and where they stand."""

import numpy as np

from dpgan_tf import images
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.models import dpgan
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.release import latents
from dpgan_tf.report import curves
from dpgan_tf.run.callbacks import score_curve
from tests.models import tiny


def _require_readable_without_the_end(logs, folder):
    """A crash may leave an unfinished record."""
    for path in logs.glob("events.out.tfevents.*"):
        (folder / path.name).write_bytes(path.read_bytes()[:-5])
    assert curves.read(folder)["budget/epsilon"]


def test_scores_against_steps_are_logged_as_private(labelled, tmp_path):
    logs = curves.read(labelled.files.logs / "private")
    _require_readable_without_the_end(labelled.files.logs / "private", tmp_path)
    points = logs["private/score/inception_score"]
    assert [step for step, _ in points] == [0, 4, 8, 12]
    assert all(1 <= score <= 10 for _, score in points)
    steps, epsilons = zip(*logs["budget/epsilon"], strict=True)
    assert list(epsilons) == sorted(epsilons)


class Brightness:
    """A metric of samples that takes no classifier."""

    columns = {"brightness": "brightness", "never": "never"}

    def __init__(self):
        self.seen = []

    def run(self, samples, *, train, test, seed):
        self.seen.append(samples)
        return {"brightness": float(np.mean(samples.images)), "never": None}


class Scorer:
    """Looks at samples with one metric alone."""

    train = None

    def __init__(self):
        self.metrics = [Brightness()]

    def as_set(self, images, labels, *, title):
        return image_set.ImageSet(
            title=title, images=images, labels=labels, classifier=None
        )


def watched(tmp_path, *, every, num_classes=0, **options):
    """A curve of a model of two critic steps a round, and its metric."""
    scorer = Scorer()
    curve = score_curve.ScoreCurve(
        tmp_path, scorer=scorer, every=every, **options
    )
    model = tiny.private_gan(
        dpgan.DPGAN, num_critic_steps=2, num_classes=num_classes
    )
    curve.set_model(model)
    return curve, model, scorer.metrics[0]


def test_scores_are_due_every_so_many_steps_and_at_the_beginning(
    tmp_path, monkeypatch
):
    """Rounds of two steps: the first after a multiple of five counts."""
    monkeypatch.setattr(score_curve, "_NUM_BLOCKS", 1)
    curve, model, metric = watched(tmp_path, every=5)
    model.steps.assign(2)
    curve.on_train_begin()
    for step in range(4, 17, 2):
        model.steps.assign(step)
        curve.on_train_batch_end(0)
    curve.close(is_clean=True)
    found = curves.read(tmp_path)
    assert list(found) == ["private/score/brightness"]
    steps = [step for step, _ in found["private/score/brightness"]]
    assert steps == [2, 6, 10, 16]
    assert len(metric.seen) == 4


def test_samples_are_the_same_of_the_same_weights_with_even_classes(tmp_path):
    curve, _, metric = watched(tmp_path, every=5, num_classes=3)
    curve.on_train_begin()
    curve.on_train_begin()
    curve.close(is_clean=True)
    first, second = metric.seen
    assert first.images.shape == (2048, 28, 28, 1)
    assert first.images.dtype == np.uint8
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.labels, np.arange(2048) % 3)


def test_samples_are_of_the_averaged_generator_as_the_release_will_be(tmp_path):
    curve, model, metric = watched(tmp_path, every=5)
    curve.on_train_begin()
    curve.close(is_clean=True)
    latent = latents.block_latents(scorers.SEED, 0, latent_dim=4)
    made = model.averaged_generator(latent, training=False)
    np.testing.assert_array_equal(
        metric.seen[0].images[:128], images.to_uint8(made.numpy())
    )


def test_samples_are_scored_in_their_range_of_pixels(tmp_path):
    grey = pixel_range.PixelRange(ends=np.array([0.25, 0.75]))
    curve, _, metric = watched(tmp_path, every=5, pixels=grey)
    curve.on_train_begin()
    curve.close(is_clean=True)
    found = metric.seen[0].images
    assert 64 <= found.min() < found.max() <= 191
