"""Every use of a weight is recorded, or the engine refuses."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.models import losses
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy.ghost import engine as ghost
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording
from tests.privacy.ghost import reference

SHAPE = (4, 4, 1)
RNG = np.random.default_rng(0)
IMAGES = tf.constant(RNG.normal(size=(3, *SHAPE)), tf.float32)


def built(model):
    model(IMAGES)
    rng = np.random.default_rng(1)
    for variable in model.trainable_variables:
        size = np.prod(variable.shape[:-1]) or 1
        variable.assign(rng.normal(size=variable.shape) / np.sqrt(size))
    return model


def small_critic():
    return built(
        keras.Sequential(
            [
                keras.Input(SHAPE),
                layers.Flatten(),
                layers.Dense(5, activation="tanh", name="hidden"),
                layers.Dense(1, name="score"),
            ]
        )
    )


class OwnCall(keras.Model):
    """A critic whose call is given."""

    def __init__(self, use) -> None:
        super().__init__()
        self.hidden = layers.Dense(5, activation="tanh", name="hidden")
        self.score = layers.Dense(1, name="score")
        self.use = use

    def call(self, images):
        flat = tf.reshape(images, [tf.shape(images)[0], 16])
        return self.use(self, flat)


def with_norm_of_weights(critic, flat):
    return critic.score(critic.hidden(flat)) + tf.norm(critic.hidden.kernel)


def with_kernel_itself(critic, flat):
    return critic.score(
        critic.hidden(flat) + tf.tanh(flat @ critic.hidden.kernel)
    )


def with_bias_alone(critic, flat):
    return critic.score(critic.hidden(flat) * critic.hidden.bias)


@pytest.mark.parametrize(
    "use", [with_norm_of_weights, with_kernel_itself, with_bias_alone]
)
def test_a_weight_that_is_used_outside_of_its_layer_is_named(use):
    critic = built(OwnCall(use))
    loss_fn = reference.penalized(critic)
    records = reference.records(3, SHAPE)
    with pytest.raises(errors.PrivacyError, match="hidden/.*outside"):
        ghost.differentiate_unjudged(loss_fn, critic, records)


def test_a_weight_in_the_loss_itself_is_named():
    critic = small_critic()
    kernel = critic.layers[1].kernel

    def loss_fn(images):
        return critic(images)[:, 0] + tf.nn.l2_loss(kernel.value)

    with pytest.raises(errors.PrivacyError, match="hidden/kernel.*outside"):
        ghost.differentiate_unjudged(loss_fn, critic, IMAGES)


def test_a_weight_as_a_constant_is_allowed():
    critic = small_critic()
    kernel = critic.layers[1].kernel

    def loss_fn(images):
        size = tf.stop_gradient(tf.nn.l2_loss(kernel.value))
        return critic(images)[:, 0] * size

    expected = reference.one_at_a_time(loss_fn, critic, IMAGES).gradients
    _, gradients = ghost.differentiate_unjudged(loss_fn, critic, IMAGES)
    reference.assert_gradients_equal(gradients, expected)


@pytest.mark.parametrize(
    "rows",
    [
        lambda x: x[:2],
        lambda x: tf.concat([x, x], axis=0),
        lambda x: tf.concat([x, x], axis=0)[1:],
    ],
    ids=["fewer", "twice", "more"],
)
def test_another_number_of_rows_than_records_is_refused(rows):
    critic = small_critic()
    with pytest.raises(errors.PrivacyError, match="for 3 records"):
        ghost.differentiate_unjudged(
            lambda x: tf.reduce_sum(critic(rows(x))) + x[:, 0, 0, 0],
            critic,
            IMAGES,
        )


def test_the_joint_pass_of_the_other_engine_is_refused():
    critic = small_critic()
    with pytest.raises(errors.PrivacyError, match="9 rows for 3 records"):
        ghost.differentiate_unjudged(
            lambda records: losses.joint_critic_loss(
                critic, *records, penalty_weight=10.0
            ),
            critic,
            reference.records(3, SHAPE),
        )


def in_rows_of_four(critic, flat):
    """Each row of an image goes through the layer by itself."""
    rows = critic.rows(tf.reshape(flat, [-1, 4]))
    return critic.score(tf.tanh(tf.reshape(rows, [-1, 16])))


@pytest.mark.parametrize("form", reference.FORMS)
def test_a_critic_that_makes_many_rows_of_a_record_is_refused(
    form, monkeypatch
):
    """Or four slots of a batch would depend on a record, not one."""
    critic = OwnCall(in_rows_of_four)
    critic.rows = layers.Dense(4, name="rows", use_bias=False)
    built(critic)
    num_variables = len(critic.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec([None, *SHAPE])])
    def total(images):
        _, gradients = ghost.differentiate_unjudged(
            lambda x: critic(x)[:, 0], critic, images
        )
        groups = grouping.Groups(
            tf.eye(num_variables), tf.fill([num_variables], 1e-3)
        )
        mask = tf.ones(tf.shape(images)[:1], tf.bool)
        return clipping.clip_and_sum(gradients, mask, groups=groups)

    with reference.forced(monkeypatch, form):
        with pytest.raises((errors.PrivacyError, tf.errors.OpError)):
            total(IMAGES)


def third_derivative(critic):
    def loss_fn(images):
        with tf.GradientTape() as outer:
            outer.watch(images)
            with tf.GradientTape() as inner:
                inner.watch(images)
                score = critic(images)
            slope = tf.reduce_sum(inner.gradient(score, images) ** 2)
        curvature = outer.gradient(slope, images)
        return tf.reduce_sum(curvature**2, axis=[1, 2, 3])

    return loss_fn


def forward_mode(critic):
    def loss_fn(images):
        with tf.autodiff.ForwardAccumulator(
            images, tf.ones_like(images)
        ) as accumulator:
            score = critic(images)
        return accumulator.jvp(score)[:, 0] ** 2

    return loss_fn


def jacobian(critic):
    def loss_fn(images):
        with tf.GradientTape() as tape:
            tape.watch(images)
            score = critic(images)
        return losses.slope_penalty(tape.batch_jacobian(score, images)[:, 0])

    return loss_fn


def branch(critic):
    return lambda images: tf.cond(
        tf.reduce_sum(images) > -1e9,
        lambda: critic(images)[:, 0] ** 2,
        lambda: critic(images)[:, 0],
    )


def function(critic):
    return tf.function(lambda images: critic(images)[:, 0] ** 2)


def recomputed(critic):
    return lambda images: tf.recompute_grad(lambda x: critic(x))(images)[:, 0]


def for_each_record(critic):
    return lambda images: tf.map_fn(
        lambda image: critic(image[None])[0, 0], images
    )


@pytest.mark.parametrize("in_graph", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize(
    "make_loss",
    [
        third_derivative,
        forward_mode,
        jacobian,
        branch,
        function,
        recomputed,
        for_each_record,
    ],
)
def test_a_loss_that_hides_a_use_is_refused_or_right(make_loss, in_graph):
    critic = small_critic()
    loss_fn = make_loss(critic)

    def norms(images):
        _, gradients = ghost.differentiate_unjudged(loss_fn, critic, images)
        return gradients.squared_norms()

    try:
        found = (tf.function(norms) if in_graph else norms)(IMAGES)
    except Exception:  # Any refusal will do.
        return
    expected = reference.one_at_a_time(make_loss(critic), critic, IMAGES)
    reference.assert_norms_equal(found, reference.norms_of(expected.gradients))


class Compiled(OwnCall):
    """A critic whose call is a graph of its own."""

    call = tf.function(OwnCall.call)


def test_a_critic_with_a_graph_of_its_own_is_refused_and_not_spoiled():
    """A graph that was traced while recording must not be used again."""
    critic = Compiled(lambda critic, flat: critic.score(critic.hidden(flat)))
    for layer, size in ((critic.hidden, 16), (critic.score, 5)):
        layer.build((None, size))
    critic.built = True
    with pytest.raises(Exception):  # noqa: B017, any refusal will do.
        ghost.differentiate_unjudged(lambda x: critic(x)[:, 0], critic, IMAGES)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(critic(IMAGES))
    weights = [v.value for v in critic.trainable_variables]
    assert all(g is not None for g in tape.gradient(loss, weights))


def test_a_tape_that_is_asked_twice_records_both():
    critic = small_critic()

    def loss_fn(images):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(images)
            score = critic(images)
            squashed = tf.tanh(score)
        first = losses.slope_penalty(tape.gradient(score, images))
        second = losses.slope_penalty(tape.gradient(squashed, images))
        return first + 3 * second

    expected = reference.one_at_a_time(loss_fn, critic, IMAGES).gradients
    _, gradients = ghost.differentiate_unjudged(loss_fn, critic, IMAGES)
    reference.assert_gradients_equal(gradients, expected)


def test_a_use_has_what_entered_and_the_gradient_of_what_left():
    """y = x W and |dy/dx|: the first use forward, the second backward."""
    variable = keras.Variable(RNG.normal(size=(4, 2)).astype(np.float32))
    signal = tf.constant(RNG.normal(size=(3, 4)), tf.float32)
    upstream = tf.constant(RNG.normal(size=(3, 2)), tf.float32)
    with tf.GradientTape() as tape:
        recorder = recording.Recorder(tape, [variable], like=signal)
        with tf.GradientTape() as inner:
            inner.watch(signal)
            leaving = recorder.apply(operators.Matrix(), variable, signal)
        entering = inner.gradient(leaving, signal, output_gradients=upstream)
        loss = tf.reduce_sum(
            leaving**2 + tf.reduce_sum(entering**3, 1)[:, None]
        )
    ((forward, backward),) = recorder.uses(loss)
    np.testing.assert_array_equal(forward.a, signal)
    np.testing.assert_allclose(forward.b, 2 * leaving, rtol=1e-5)
    np.testing.assert_allclose(backward.a, 2 * 3 * entering**2, rtol=1e-5)
    np.testing.assert_array_equal(backward.b, upstream)
