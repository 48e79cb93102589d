"""Which labels are taken, and in what batches they are learnt."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import records
from dpgan_tf.evaluation import semi_supervised


def _public(num, labels):
    images = np.arange(num, dtype=np.uint8).reshape(num, 1, 1, 1)
    return records.PublicRecords(images, labels, records.PIXELS, 0)


def test_classes_are_as_even_as_the_records_allow():
    public = _public(12, np.repeat([0, 1, 2], [8, 3, 1]))
    found = semi_supervised.first_of_public(public, 6, seed=0)
    # One of each, one of the two that have more, and one of either.
    assert np.bincount(found.labels).tolist() in ([3, 2, 1], [2, 3, 1])
    rows = found.images.ravel()
    np.testing.assert_array_equal(public.labels[rows], found.labels)


@pytest.mark.parametrize(
    ("labels", "found"), [(np.array([0, 1]), "have 2"), (None, "no labels")]
)
def test_labels_that_are_not_there_are_refused(labels, found):
    with pytest.raises(errors.UserError, match=found):
        semi_supervised.first_of_public(_public(2, labels), 3, seed=0)


@pytest.mark.parametrize(
    "values", [{"final_share": 1.0}, {"num_steps": 0}, {"batch_size": 0}]
)
def test_what_no_batch_can_be_made_of_is_refused(values):
    (name,) = values
    with pytest.raises(ValueError, match=f"{name}="):
        semi_supervised.Setting(**values)


def test_a_pass_sees_each_labelled_image_once():
    labelled = semi_supervised.Labelled(
        images=np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1),
        labels=np.arange(6),
    )
    batches = semi_supervised._endless(labelled, 4, seed=0)
    seen = np.concatenate([next(batches)[1].numpy() for _ in range(6)])
    for one_pass in seen.reshape(4, 6):
        assert sorted(one_pass) == list(range(6))


def test_c2_sees_an_image_and_its_code():
    model = semi_supervised.build_c2(
        (28, 28, 1), code_size=5, num_classes=3, seed=0
    )
    image, code = np.zeros([1, 28, 28, 1], "f4"), np.zeros([1, 5], "f4")
    first = model([image, code]).numpy()
    assert first.shape == (1, 3)
    assert np.abs(model([image, code + 1]).numpy() - first).max() > 0
