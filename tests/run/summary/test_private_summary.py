"""The file of a private summary that is not what was written."""

import io

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.run.summary import private_summary


@pytest.fixture
def files(tmp_path):
    found = run_files.RunFiles(tmp_path)
    found.private.mkdir()
    return found


def _npz(**arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def _npy():
    content = io.BytesIO()
    np.save(content, np.zeros(3))
    return content.getvalue()


_WHOLE = _npz(mean=np.full(4, 0.5), scale=np.ones(4))


def test_a_summary_is_read_as_it_was_written(files):
    taken = row_moments.Moments(
        **{
            field: None if field == "pairs" else np.full(4, 0.5)
            for field in row_moments.Moments.__dataclass_fields__
        }
    )
    private_summary._write(files, taken)
    again = private_summary.read(files)
    np.testing.assert_array_equal(again.mean, taken.mean)
    assert again.pairs is None


_DAMAGED = [
    b"",
    _WHOLE[:30],
    _WHOLE[: len(_WHOLE) // 2],
    bytes(len(_WHOLE)),
    b"not a zip file",
    _npy(),
    _npz(),
    _npz(other=np.zeros(2)),
    _npz(**{"moments.other": np.zeros(2)}),
    _npz(**{"unknown.mean": np.zeros(2)}),
    _npz(**{"guide.weights": np.zeros(2), "mean": np.zeros(2)}),
    _npz(mean=np.array([None], object)),
]


@pytest.mark.parametrize("number", range(len(_DAMAGED)))
def test_a_damaged_summary_is_one_clear_line(files, number):
    files.summary.write_bytes(_DAMAGED[number])
    with pytest.raises(errors.UserError, match="summary.npz: is damaged") as e:
        private_summary.read(files)
    assert "restore it from a backup" in str(e.value)


def test_a_summary_that_is_a_folder_or_missing_is_one_clear_line(files):
    for _ in range(2):
        with pytest.raises(errors.UserError, match="summary.npz: missing"):
            private_summary.read(files)
        files.summary.mkdir(exist_ok=True)
