"""Real images, and the classifier that looks at them."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import image_scorer
from tests.evaluation import test_plugins
from tests.evaluation import toy


def _sorted_images(num=130):
    """Images in the order of their classes, which their first pixel says."""
    images = np.random.default_rng(0).integers(
        0, 256, [num, *toy.SHAPE], np.uint8
    )
    labels = np.sort(np.arange(num) % toy.NUM_CLASSES)
    images[:, 0, 0, 0] = labels
    return images, labels


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Build a scorer whose classifier need not be trained."""
    monkeypatch.setattr(
        image_scorer.classifier_lib,
        "load_or_train",
        lambda *args, **kwargs: toy.Classifier(),
    )

    def build(labelled=True, **kwargs):
        images, labels = _sorted_images()
        return image_scorer.build(
            datasets.ImageDataset(
                name="sorted",
                train_images=images,
                train_labels=labels if labelled else None,
            ),
            data_dir=tmp_path,
            **kwargs,
        )

    return build


def test_real_images_are_scored_in_random_order_with_their_labels(build):
    """Else the first ones of a set that is sorted would be of one class."""
    real = build().train
    assert np.array_equal(real.images[:, 0, 0, 0], real.labels)
    assert len(set(real.labels[:30])) == toy.NUM_CLASSES
    assert sorted(real.labels) == _sorted_images()[1].tolist()


def test_the_default_is_what_images_without_labels_allow(build):
    assert len(build().metrics) > 1
    unlabelled = build(labelled=False)
    assert [metric.name for metric in unlabelled.metrics] == ["jensen_shannon"]
    assert unlabelled.classifier is None
    assert unlabelled.report({}, paper={})["classifier"] is None
    chosen = build(metric_names=["frechet"]).metrics
    assert [metric.name for metric in chosen] == ["frechet"]


def test_an_unknown_metric_is_refused_before_a_classifier_is_trained(
    build, monkeypatch
):
    monkeypatch.setattr(image_scorer.classifier_lib, "load_or_train", None)
    with pytest.raises(errors.UserError, match="'nice'; choose from"):
        build(metric_names=["nice"])


def test_the_first_training_images_are_a_part_and_a_missing_test_set_is_none(
    build,
):
    scorer = build()
    parts = scorer.real(20)
    assert list(parts) == ["real_train"]
    np.testing.assert_array_equal(
        parts["real_train"].images, scorer.train.images[:20]
    )
    np.testing.assert_array_equal(
        parts["real_train"].labels, scorer.train.labels[:20]
    )


def test_kept_scores_of_real_images_are_of_their_very_question(tmp_path):
    def score(value, *, num):
        metric = test_plugins.Plugin({"beauty": value})
        return toy.scorer(
            [metric],
            train=toy.images(40),
            test=toy.images(40),
            cache_dir=tmp_path,
        ).score_real(num=num)["real_test"]["beauty"]

    assert score(1.0, num=10) == 1
    assert score(2.0, num=10) == 1
    assert score(3.0, num=11) == 3
    for kept in tmp_path.glob("real-*.json"):
        kept.write_text("{")
    assert score(4.0, num=10) == 4
