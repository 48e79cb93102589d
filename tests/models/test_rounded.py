"""Networks that multiply in bfloat16, with another network's variables."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf import errors
from dpgan_tf.models import architecture
from dpgan_tf.models import decoupled
from dpgan_tf.models import dpgan
from dpgan_tf.models import feature_matching
from dpgan_tf.models import imitation
from dpgan_tf.models import losses
from dpgan_tf.models import rounded
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy import errors as privacy_errors
from tests.models import tiny

NUM_CLASSES = tiny.NUM_CLASSES
LABELS = tf.range(6, dtype=tf.int64) % NUM_CLASSES
LATENTS = tf.random.stateless_normal([6, 4], [0, 1])


def _sequential():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(3),
        ]
    )


def _nested():
    inner = _sequential()
    row = keras.Input((4,))
    hidden = layers.Dense(4)(inner(layers.Dense(4)(row)))
    return keras.Model(row, layers.Add()([hidden, row]))


def _generator():
    return tiny.parts(num_classes=NUM_CLASSES)[1]


def _inputs(network):
    return LATENTS if len(network.inputs) == 1 else [LATENTS, LABELS]


@pytest.mark.parametrize("make", [_sequential, _nested, _generator])
def test_outputs_differ_by_the_rounding_alone(make):
    network = make()
    inputs = _inputs(network)
    exact = network(inputs, training=True)
    found = rounded.network(network, "bfloat16")(inputs, training=True)
    assert found.dtype == tf.float32
    scale = np.abs(exact).max()
    assert 0 < np.abs(found - exact).max() < 0.05 * scale


def _operations(function):
    graph = tf.function(function).get_concrete_function().graph
    return {
        tensor.dtype
        for operation in graph.get_operations()
        for tensor in operation.outputs
        if operation.type in ("MatMul", "Conv2D", "Conv2DBackpropInput")
    }


def test_only_the_last_layer_multiplies_in_float32():
    network = _generator()
    copy = rounded.network(network, "bfloat16")
    kinds = _operations(lambda: copy([LATENTS, LABELS], training=True))
    assert kinds == {tf.bfloat16}
    assert _operations(lambda: network([LATENTS, LABELS])) == {tf.float32}
    critic = rounded.network(tiny.parts()[0], "bfloat16")
    image = tf.zeros([1, *tiny.SHAPE])
    assert _operations(lambda: critic(image)) == {tf.bfloat16, tf.float32}


@pytest.mark.parametrize("make", [_sequential, _nested, _generator])
def test_variables_are_the_networks_own(make):
    """Gradients reach them, and moving statistics are theirs."""
    network, alike = make(), make()
    alike.set_weights(network.get_weights())
    copy, inputs = rounded.network(network, "bfloat16"), _inputs(network)
    gradients = []
    for maker, variables in ((copy, network), (alike, alike)):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(maker(inputs, training=True) ** 2)
        gradients.append(tape.gradient(loss, variables.trainable_variables))
    found, expected = gradients
    assert {gradient.dtype for gradient in found} == {tf.float32}
    length = tiny.distance(expected, [0.0] * len(expected))
    assert tiny.distance(found, expected) < 0.05 * length
    pairs = zip(network.variables, alike.variables, strict=True)
    for variable, expected in pairs:
        assert variable.dtype == "float32"
        np.testing.assert_allclose(variable, expected, rtol=0.05, atol=1e-3)
    moved = network.non_trainable_variables[0]
    assert np.abs(moved).max() > 0
    network.trainable_variables[0].assign_add(
        tf.ones_like(network.trainable_variables[0])
    )
    assert np.abs(copy(inputs) - alike(inputs)).max() > 0.01


def test_float32_is_the_network_itself_and_auto_is_no_precision():
    network = _sequential()
    assert rounded.network(network, "float32") is network
    with pytest.raises(ValueError, match="precision='auto'"):
        rounded.network(network, "auto")


class Odd(layers.Layer):
    """A layer that does not tell how it was made."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs


def test_a_network_that_cannot_be_copied_is_named():
    network = keras.Sequential([keras.Input((4,)), Odd(2.0)], name="mine")
    with pytest.raises(errors.UserError, match="network 'mine' cannot be cop"):
        rounded.network(network, "bfloat16")


def test_own_networks_are_copied():
    text = architecture.to_text(_nested())
    network = architecture.build(text)
    assert rounded.network(network, "bfloat16")(LATENTS).shape == (6, 4)


def _round(precision):
    model = tiny.compiled(
        wgan_gp.WGANGP(
            *tiny.parts(), batch_size=4, num_critic_steps=2, precision=precision
        )
    )
    start = tiny.state(model)
    model.train_step([tiny.public_batch(seed=seed) for seed in range(2)])
    return start, tiny.state(model)


def test_a_public_round_is_the_same_but_for_its_rounding():
    start, exact = _round("float32")
    same, found = _round("bfloat16")
    assert tiny.distance(start, same) == 0
    moved = tiny.distance(exact, start)
    assert 0 < tiny.distance(found, exact) < 0.1 * moved


def test_fits_learn_in_either_precision():
    def shades(images, labels):
        return tf.reduce_mean((images - 0.5) ** 2)

    wanted = imitation.law(
        np.full([NUM_CLASSES, 16], 0.7),
        np.stack([np.eye(16) * 0.01] * NUM_CLASSES),
        latent_dim=4,
    )
    settings = {"precision": "bfloat16"}
    for make in (
        lambda g: feature_matching.FeatureMatching(
            g, loss=shades, num_classes=NUM_CLASSES, **settings
        ),
        lambda g: imitation.Imitation(g, wanted, **settings),
    ):
        model = make(_generator())
        model.compile(optimizer=keras.optimizers.Adam(0.01))
        latents = tf.random.stateless_normal([12, 4], [0, 0])
        step = tf.function(model.train_step)
        found = [float(step(latents)["loss"]) for _ in range(20)]
        assert found[-1] < 0.9 * found[0]


@pytest.mark.parametrize(
    ("kind", "engine"),
    [(dpgan.DPGAN, "ghost"), (decoupled.DecoupledDPGAN, "vectorized")],
)
def test_private_gradients_are_those_of_float32(kind, engine):
    """To the last bit, for the same fakes."""
    batch = [tf.constant(tiny.images(4)), LABELS[:4], LABELS[:4]]
    exact, found = (
        tiny.private_gan(kind, engine=engine, precision=precision)
        for precision in ("float32", "bfloat16")
    )
    found.draws = exact.draws
    sums = []
    for model in (exact, found):

        @tf.function
        def total(model=model):
            found, gradients = model.make_gradient_fn()(*batch)
            num_variables = len(model.critic.variables)
            _, sums = gradients.weighted_sum(
                lambda squares, _: tf.ones_like(squares),
                bounds=tf.fill([num_variables], tf.constant(20.0, tf.float64)),
            )
            return found, *sums

        sums.append(total())
    for expected, total in zip(*sums, strict=True):
        np.testing.assert_array_equal(total, expected)


@pytest.mark.parametrize("engine", ["ghost", "vectorized"])
def test_a_private_record_never_meets_fewer_bits(engine):
    class Careless(dpgan.DPGAN):
        def losses_of_records(self, records):
            seen = losses.with_labels(records["examples"], None)
            return self.public_critic(seen)[:, 0]

    model = tiny.private_gan(Careless, engine=engine, precision="bfloat16")
    batch = tiny.private_batch(tiny.images(3))
    before = tiny.state(model)
    with pytest.raises(privacy_errors.PrivacyError, match="in bfloat16"):
        tf.function(model.critic_step, autograph=False)(batch)
    assert tiny.distance(before, tiny.state(model)) == 0
