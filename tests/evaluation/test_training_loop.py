import keras
import numpy as np
import pytest

from dpgan_tf.evaluation import training_loop


def _linear():
    """One weight for each of two classes, 0 at first."""
    return keras.Sequential(
        [
            keras.Input((1, 1, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(2, kernel_initializer="zeros"),
        ]
    )


def test_a_step_follows_the_gradient_of_the_cross_entropy():
    """From zero the classes are even: its gradient is (p - y) x, by hand."""
    model = _linear()
    step = training_loop.make_step(model, keras.optimizers.SGD(1.0))
    step(np.full([2, 1, 1, 1], 3.0, np.float32), np.array([1, 1]))
    weights, biases = model.get_weights()
    np.testing.assert_allclose(weights, [[-1.5, 1.5]])
    np.testing.assert_allclose(biases, [-0.5, 0.5])


def test_a_pass_sees_each_image_once_in_random_order(monkeypatch):
    monkeypatch.setattr(training_loop, "BATCH_SIZE", 4)
    seen, ends = [], []

    def note(images, generator):
        del generator
        seen.append(np.rint((images + 1) * 127.5).astype(int).ravel().tolist())
        return images

    training_loop.fit(
        _linear(),
        np.arange(12, dtype=np.uint8).reshape(12, 1, 1, 1),
        np.zeros(12, np.int64),
        title="t",
        num_epochs=2,
        learning_rate=1e-3,
        seed=0,
        change=note,
        after_epoch=lambda: ends.append(len(seen)),
    )
    assert ends == [3, 6] and all(len(batch) == 4 for batch in seen)
    first, second = (sum(seen[i : i + 3], []) for i in (0, 3))
    assert sorted(first) == sorted(second) == list(range(12))
    assert first != second and first != sorted(first)


@pytest.mark.parametrize(
    ("num", "batches"), [(1, 1), (127, 1), (128, 1), (255, 1), (256, 2)]
)
def test_what_is_left_of_a_pass_makes_no_batch(num, batches):
    assert training_loop.batches_in_epoch(num) == batches


def test_accuracy_is_a_share_of_images_however_many_there_are():
    model = _linear()
    model.set_weights([np.array([[-1.0, 1.0]]), np.zeros(2)])
    # Bright ones are class 1; two of three labels are right.
    images = np.tile(np.array([0, 255, 255], np.uint8), 700)
    labels = np.tile([0, 1, 0], 700)
    found = training_loop.accuracy(model, images.reshape(-1, 1, 1, 1), labels)
    assert found == pytest.approx(2 / 3)
