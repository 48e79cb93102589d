import numpy as np
import pytest

from dpgan_tf.data import identities

_ROWS = np.random.default_rng(0).integers(0, 2, [200, 3], np.uint8)


@pytest.mark.parametrize("place", [0, 100, 199])
def test_a_record_more_is_one_identity_more(place):
    """Of 200 rows with 8 different contents, every one has many equals."""
    whole = set(identities.of_content(_ROWS))
    fewer = set(identities.of_content(np.delete(_ROWS, place, axis=0)))
    assert len(whole) == 200
    assert fewer < whole and len(fewer) == 199


def test_the_order_of_records_changes_nothing():
    turned = identities.of_content(_ROWS[::-1].copy())
    assert set(turned) == set(identities.of_content(_ROWS))


def test_examples_and_labels_both_count():
    rows, labels = np.arange(6).reshape(3, 2), np.array([0, 1, 2])
    assert len(set(identities.of_content(rows, labels))) == 3
    assert not set(identities.of_content(rows, labels)) & set(
        identities.of_content(rows, labels + 3)
    )
    assert identities.of_content(rows[:, ::-1], labels) != (
        identities.of_content(rows, labels)
    )
