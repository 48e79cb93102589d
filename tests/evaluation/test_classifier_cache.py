import keras
import numpy as np
import pytest

from dpgan_tf.evaluation import classifier_cache


def _model(seed=0, units=2):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)])


def _require_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_and_accuracy_come_back_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "made" / "c.npz"
    classifier_cache.write(path, _model(1), test_accuracy=0.75)
    other = _model(2)
    assert classifier_cache.read(path, other) == 0.75
    _require_same(other.get_weights(), _model(1).get_weights())
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("units", [1, 3])
def test_weights_of_another_shape_are_as_good_as_none(tmp_path, units):
    path = tmp_path / "c.npz"
    classifier_cache.write(path, _model(units=units), test_accuracy=0.75)
    model = _model(2)
    before = model.get_weights()
    assert classifier_cache.read(path, model) is None
    _require_same(model.get_weights(), before)


def test_a_missing_file_is_none(tmp_path):
    assert classifier_cache.read(tmp_path / "none.npz", _model()) is None
