"""Per-example gradients against one record at a time and finite differences."""

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.models import networks
from dpgan_tf.privacy import vectorized


def tiny_critic():
    keras.utils.set_random_seed(1)
    return networks.build_critic((28, 28, 1), width=2)


def microbatches(num, draws=1, seed=0):
    rng = np.random.default_rng(seed)
    return (
        tf.constant(rng.uniform(-1, 1, (num, 28, 28, 1)), tf.float32),
        tf.constant(rng.uniform(-1, 1, (num, draws, 28, 28, 1)), tf.float32),
        tf.constant(rng.uniform(size=(num, draws)), tf.float32),
    )


def loss_of(critic):
    def loss(records):
        return losses.joint_critic_loss(critic, *records, penalty_weight=10.0)

    return loss


def gradients_of(critic, batch):
    found, gradients = vectorized.differentiate(loss_of(critic), critic, batch)
    return found, gradients.gradients


def test_vectorized_gradients_equal_those_of_one_record_at_a_time():
    critic, batch = tiny_critic(), microbatches(5, draws=2)
    loss = loss_of(critic)
    losses_of_all, together = gradients_of(critic, batch)
    for i in range(5):
        with tf.GradientTape() as tape:
            value = loss(tuple(part[i : i + 1] for part in batch))[0]
        np.testing.assert_allclose(losses_of_all[i], value, rtol=1e-5)
        alone = tape.gradient(
            value, [v.value for v in critic.trainable_variables]
        )
        for ours, theirs in zip(together, alone, strict=True):
            np.testing.assert_allclose(
                ours[i], tf.convert_to_tensor(theirs), rtol=1e-4, atol=1e-5
            )


def test_gradients_equal_finite_differences_through_the_penalty():
    """Central differences: the double backward pass is right.

    The loss is exact to about 1e-8, so that a slope over 2e-4 is good to 1%.
    """
    keras.config.set_dtype_policy("float64")
    try:
        critic = tiny_critic()
        batch = tuple(tf.cast(part, tf.float64) for part in microbatches(1))
        loss = loss_of(critic)
        _, gradients = gradients_of(critic, batch)
        for variable, gradient in zip(
            critic.trainable_variables, gradients, strict=True
        ):
            start, step = variable.numpy(), 1e-4
            index = tuple(n // 2 for n in start.shape)
            values = []
            for sign in (1, -1):
                moved = start.copy()
                moved[index] += sign * step
                variable.assign(moved)
                values.append(float(loss(batch)[0]))
            variable.assign(start)
            slope = (values[0] - values[1]) / (2 * step)
            np.testing.assert_allclose(
                gradient[(0, *index)], slope, rtol=1e-2, atol=1e-5
            )
    finally:
        keras.config.set_dtype_policy("float32")


def test_a_variable_that_the_loss_does_not_touch_has_zero_gradients():
    image = keras.Input((3,))
    used, unused = keras.layers.Dense(1), keras.layers.Dense(2)
    critic = keras.Model(image, [used(image), unused(image)])
    _, gradients = vectorized.differentiate(
        lambda x: critic(x)[0][:, 0], critic, tf.ones([4, 3])
    )
    kernel, bias, *rest = gradients.gradients
    np.testing.assert_array_equal(kernel, np.ones((4, 3, 1)))
    np.testing.assert_array_equal(bias, np.ones((4, 1)))
    for gradient in rest:
        np.testing.assert_array_equal(gradient, np.zeros(gradient.shape))


def test_no_convolution_falls_back_to_a_loop():
    critic, batch = tiny_critic(), microbatches(3)
    graph = tf.function(
        lambda *records: gradients_of(critic, records)[1]
    ).get_concrete_function(*batch)
    kinds = {op.type for op in graph.graph.get_operations()}
    assert "Conv2D" in kinds
    assert not kinds & {"While", "StatelessWhile", "Conv2DBackpropFilter"}


def test_layers_it_does_not_know_are_differentiated_as_they_are():
    keras.utils.set_random_seed(2)
    critic = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            keras.layers.Conv2DTranspose(2, 3, 2),
            keras.layers.PReLU(),
            keras.layers.Conv2D(3, 3, dilation_rate=2),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    images = tf.constant(
        np.random.default_rng(0).normal(size=(3, 6, 6, 1)), tf.float32
    )

    def loss(images):
        return critic(images)[:, 0] ** 2

    _, gradients = vectorized.differentiate(loss, critic, images)
    for i in range(3):
        with tf.GradientTape() as tape:
            value = loss(images[i : i + 1])
        alone = tape.gradient(value, critic.trainable_variables)
        for ours, theirs in zip(gradients.gradients, alone, strict=True):
            np.testing.assert_allclose(
                ours[i], tf.convert_to_tensor(theirs), rtol=1e-4, atol=1e-5
            )


def test_a_record_does_not_change_the_gradients_of_another():
    critic, batch = tiny_critic(), microbatches(4)
    changed = (tf.concat([-3 * batch[0][:1], batch[0][1:]], 0), *batch[1:])
    _, before = gradients_of(critic, batch)
    _, after = gradients_of(critic, changed)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a[1:], b[1:])
    assert any(np.any(a[0] != b[0]) for a, b in zip(before, after, strict=True))
