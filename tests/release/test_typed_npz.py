"""An archive has an array for each column, in few bytes of memory."""

import numpy as np

from dpgan_tf.release import typed_npz
from tests.release import test_typed_writers as shared


def test_an_archive_has_the_arrays_of_the_columns(tmp_path):
    path = shared.written(typed_npz.write, tmp_path / "made.npz")
    expected = typed_npz.arrays(shared.table())
    with np.load(path, allow_pickle=False) as found:
        assert list(found) == list(expected)
        for name, array in expected.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)
    assert list(tmp_path.iterdir()) == [path]


def test_missing_values_have_an_array_of_their_own():
    arrays = typed_npz.arrays(shared.table())
    assert arrays["ICU is missing"].any()
    assert "died is missing" not in arrays
    assert arrays["latent"].dtype == np.float32
    assert np.isnat(arrays["born"][arrays["born is missing"]]).all()


def test_texts_are_as_wide_as_the_longest(tmp_path):
    """Batches have different ones: none is cut."""
    path = shared.written(typed_npz.write, tmp_path / "made.npz")
    with np.load(path, allow_pickle=False) as found:
        assert found["icd"].dtype == np.dtype("<U11")
        assert "I10;E11;ü,1" in found["icd"]
