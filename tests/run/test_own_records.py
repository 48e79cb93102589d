"""Records in memory are kept once, and are the run's records ever after."""

import stat
import types

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.run import own_records

IMAGES = np.arange(6 * 8 * 8, dtype=np.uint8).reshape(6, 8, 8)


class Frame(types.SimpleNamespace):
    """What is asked of a DataFrame."""

    def to_numpy(self):
        return self.values


def frame(values):
    return Frame(values=np.asarray(values), columns=["a", "b"])


def test_names_and_paths_are_told_from_records(tmp_path):
    assert own_records.is_path("mnist") and own_records.is_path(tmp_path)
    assert not own_records.is_path(IMAGES)
    assert not own_records.is_path((IMAGES, np.arange(6)))


@pytest.mark.parametrize("labels", [None, np.array([3, 1, 2, 1, 1, 2])])
def test_images_are_kept_for_their_owner_alone(tmp_path, labels):
    data = IMAGES if labels is None else (IMAGES, labels)
    dataset = own_records.to_dataset(data)
    path = own_records.place(tmp_path, dataset)
    assert path == str(tmp_path / "private" / "records.npz")
    (tmp_path / "private").mkdir()
    own_records.keep(dataset, path)
    own_records.keep(dataset, path)
    mode = (tmp_path / "private" / "records.npz").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    found = sources.load(path, data_dir=tmp_path)
    np.testing.assert_array_equal(found.train_images[..., 0], IMAGES)
    if labels is None:
        assert found.train_labels is None
    else:
        np.testing.assert_array_equal(found.train_labels, labels)
    assert list((tmp_path / "private").iterdir()) == [
        tmp_path / "private" / "records.npz"
    ]


@pytest.mark.parametrize(
    "other", [IMAGES + 1, IMAGES[:5], (IMAGES, np.zeros(6, int))]
)
def test_other_records_are_not_put_in_their_place(tmp_path, other):
    dataset = own_records.to_dataset(IMAGES)
    path = own_records.place(tmp_path, dataset)
    (tmp_path / "private").mkdir()
    own_records.keep(dataset, path)
    with pytest.raises(errors.UserError, match="the data are others"):
        own_records.keep(own_records.to_dataset(other), path)


def test_a_frame_of_counts_becomes_a_table_with_rows_held_out(tmp_path):
    rows = np.random.default_rng(0).integers(0, 3, [100, 2])
    dataset = own_records.to_dataset(frame(rows), largest_count=2)
    assert dataset.columns == ("a", "b") and dataset.largest == 2
    assert len(dataset.train_rows) + len(dataset.test_rows) == 100
    assert 10 <= len(dataset.test_rows) <= 30
    more = own_records.to_dataset(
        frame(np.concatenate([rows, [[0, 1]]])), largest_count=2
    )
    shared = min(len(more.test_rows), len(dataset.test_rows))
    np.testing.assert_array_equal(
        more.test_rows[:shared], dataset.test_rows[:shared]
    )
    path = own_records.place(tmp_path, dataset)
    (tmp_path / "private").mkdir()
    own_records.keep(dataset, path)
    own_records.keep(dataset, path)
    found = sources.load(path, data_dir=tmp_path)
    np.testing.assert_array_equal(found.train_rows, dataset.train_rows)
    np.testing.assert_array_equal(found.test_rows, dataset.test_rows)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (np.zeros(3, np.uint8), "data: images"),
        (np.full((3, 8, 8), 7.0), "data: images"),
        ((IMAGES, np.arange(3)), "data: labels"),
        (frame([[0.5, 1.0]]), "a DataFrame of float64; expected counts"),
        (frame([[-1, 1]]), "expected counts"),
        (frame([[0, 2]]), "counts above 1, which is declared"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(data, said):
    with pytest.raises(errors.DatasetError, match=said):
        own_records.to_dataset(data)
