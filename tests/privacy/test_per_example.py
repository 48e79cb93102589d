"""Per-example gradients against one record at a time and finite differences."""

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.models import losses
from dpgan_tf.models import networks
from dpgan_tf.privacy import per_example


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
    def loss(microbatch):
        image, fakes, mixes = microbatch
        images = tf.repeat(image[None], fakes.shape[0], axis=0)
        return tf.reduce_mean(
            losses.critic_loss(
                critic, images, fakes, mixes, penalty_weight=10.0
            )
        )

    return loss


def test_vectorized_gradients_equal_those_of_one_record_at_a_time():
    critic, batch = tiny_critic(), microbatches(5, draws=2)
    loss = loss_of(critic)
    losses_of_all, together = per_example.per_example_gradients(
        loss, critic.trainable_variables, batch
    )
    for i in range(5):
        with tf.GradientTape() as tape:
            value = loss(tuple(part[i] for part in batch))
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
        _, gradients = per_example.per_example_gradients(
            loss, critic.trainable_variables, batch
        )
        one = tuple(part[0] for part in batch)
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
                values.append(float(loss(one)))
            variable.assign(start)
            slope = (values[0] - values[1]) / (2 * step)
            np.testing.assert_allclose(
                gradient[(0, *index)], slope, rtol=1e-2, atol=1e-5
            )
    finally:
        keras.config.set_dtype_policy("float32")


def test_a_variable_that_the_loss_does_not_touch_has_zero_gradients():
    used, unused = tf.Variable([2.0]), tf.Variable([[1.0, 1.0]])
    _, gradients = per_example.per_example_gradients(
        lambda x: tf.reduce_sum(used * x), [used, unused], tf.ones([3, 1])
    )
    np.testing.assert_array_equal(gradients[0], np.ones((3, 1)))
    np.testing.assert_array_equal(gradients[1], np.zeros((3, 1, 2)))


def test_a_record_does_not_change_the_gradients_of_another():
    critic, batch = tiny_critic(), microbatches(4)
    loss = loss_of(critic)
    changed = (tf.concat([-3 * batch[0][:1], batch[0][1:]], 0), *batch[1:])
    variables = critic.trainable_variables
    _, before = per_example.per_example_gradients(loss, variables, batch)
    _, after = per_example.per_example_gradients(loss, variables, changed)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a[1:], b[1:])
    assert any(np.any(a[0] != b[0]) for a, b in zip(before, after, strict=True))
