"""Layers in which records could meet are refused, all others are known."""

import keras
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.models import activations
from dpgan_tf.privacy import critic_layers
from dpgan_tf.privacy import engines
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import isolation
from dpgan_tf.privacy import vectorized
from dpgan_tf.privacy.ghost import engine as ghost
from tests.privacy import mixing_critics


def critic_with(layer):
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3),
            layer,
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


class BatchMean(layers.Layer):
    """A custom layer in which records meet."""

    def call(self, inputs):
        return inputs - keras.ops.mean(inputs, axis=0, keepdims=True)


@pytest.mark.parametrize("kind", mixing_critics.MIXING)
def test_a_critic_in_which_records_could_meet_is_refused_everywhere(kind):
    """By the list alone, by each engine, and straight through both."""
    critic = mixing_critics.MIXING[kind]()
    with pytest.raises(errors.PrivacyError) as refusal:
        critic_layers.require_known(critic)
    assert "critic" in str(refusal.value)
    for name in ("auto", "ghost", "vectorized"):
        with pytest.raises(errors.PrivacyError):
            engines.choose(name, critic)
    images = tf.zeros([3, *mixing_critics.SHAPE])
    for engine in (ghost, vectorized):
        with pytest.raises(errors.PrivacyError):
            engine.differentiate(lambda x: critic(x)[:, 0], critic, images)


def residual(image):
    hidden = layers.Conv2D(4, 3, padding="same", kernel_constraint="max_norm")(
        image
    )
    shared = layers.Conv2D(4, 3, padding="same", activation="gelu")
    both = layers.Add()([shared(hidden), shared(shared(hidden))])
    inner = keras.Sequential([keras.Input((8, 8, 4)), layers.PReLU()])
    scaled = layers.Rescaling(0.5, 1)(inner(both))
    normed = layers.LayerNormalization(axis=[1, 2])(scaled)
    joined = layers.Concatenate(axis=1)([normed, hidden])
    permuted = layers.Permute((3, 1, 2))(joined)
    flat = layers.Softmax()(layers.Reshape((-1,))(permuted))
    return layers.Dense(1, activation=activations.leaky_relu)(flat)


def test_a_critic_of_many_kinds_of_known_layers_is_accepted():
    image = keras.Input((8, 8, 1))
    critic = keras.Model(image, residual(image))
    assert engines.choose("auto", critic).name == "vectorized"


@pytest.mark.parametrize(
    "layer", [layers.LayerNormalization(), layers.GroupNormalization(2)]
)
def test_layers_that_treat_records_apart_are_accepted(layer):
    critic_layers.require_known(critic_with(layer))


@pytest.mark.parametrize(
    "layer",
    [
        layers.BatchNormalization(name="mixing"),
        layers.SpectralNormalization(layers.Conv2D(2, 3), name="mixing"),
        layers.Dropout(0.5, name="mixing"),
        BatchMean(name="mixing"),
    ],
)
def test_layers_that_may_mix_records_are_refused_by_name(layer):
    critic = critic_with(layer)
    for require in (critic_layers.require_known, isolation.require_isolated):
        with pytest.raises(errors.PrivacyError, match="layer 'mixing' "):
            require(critic)


def test_batch_normalization_inside_a_nested_model_is_refused():
    inner = keras.Sequential(
        [keras.Input((6, 6, 4)), layers.BatchNormalization(name="hidden")]
    )
    with pytest.raises(errors.PrivacyError, match="layer 'hidden' "):
        critic_layers.require_known(critic_with(inner))


def with_extra(layer):
    """A critic with a layer on what is flat."""
    image = keras.Input((4, 4, 1))
    hidden = layer(layers.Flatten()(image))
    return keras.Model(image, layers.Dense(1)(layers.Flatten()(hidden)))


def of_ids(**settings):
    ids = keras.Input((3,), dtype="int64")
    hidden = layers.Flatten()(layers.Embedding(5, 2, **settings)(ids))
    return keras.Model(ids, layers.Dense(1)(hidden))


def of_ranks():
    image = keras.Input((4,))
    narrow = layers.Reshape((1, 4))(image)
    return keras.Model(image, layers.Dense(1)(layers.Add()([image, narrow])))


def quantized():
    critic = with_extra(layers.Dense(2, name="odd"))
    critic.get_layer("odd").quantize("int8")
    return critic


def of_dots(axes):
    first, second = keras.Input((3,)), keras.Input((3,))
    dot = layers.Dot(axes=axes)
    return lambda: keras.Model([first, second], dot([first, second]))


def changed_dot():
    critic = of_dots(1)()
    critic.layers[-1].axes = (1, 0)
    return critic


REASONS = {
    "mean": (mixing_critics.MIXING["mean"], "or is not known not to; use"),
    "layer norm of records": (
        mixing_critics.MIXING["layer norm of records"],
        r"normalizes over axis \[?0\]? of \(None, 3\), the axis of the records",
    ),
    "concatenate": (
        mixing_critics.MIXING["concatenate"],
        r"concatenates along axis 0 of \(None, 3\)",
    ),
    "a mask": (mixing_critics.MIXING["a mask"], "called with a mask, a const"),
    "arrayed": (mixing_critics.MIXING["arrayed"], "may not fit; use a number"),
    "fixed batch": (mixing_critics.MIXING["fixed batch"], "no batch size"),
    "regularized": (
        mixing_critics.MIXING["regularized"],
        "left out of the private step; remove it",
    ),
    "constrained": (
        mixing_critics.MIXING["constrained"],
        "constraint Remembering, .*one of keras.constraints",
    ),
    "activation": (
        mixing_critics.MIXING["activation"],
        "has the activation '<lambda>', .*elementwise.known",
    ),
    "replaced call": (
        mixing_critics.MIXING["replaced call"],
        "'replaced' .*has a call of its own",
    ),
    "own call": (
        mixing_critics.MIXING["own call"],
        "'own_call' is a OwnCall, .*keras.Sequential",
    ),
    "ranks": (of_ranks, r"joins .*; use Reshape for as many axes in each"),
    "masked ids": (lambda: of_ids(mask_zero=True), "masks records"),
    "quantized": (quantized, "is quantized to int8; use dtype"),
    "state": (
        lambda: with_extra(layers.Dropout(0.1)),
        r"\(Dropout\) draws random numbers of its own, .*leave it out",
    ),
    "dot": (changed_dot, r"sums over axis 0 of \(None, 3\)"),
    "unbuilt": (
        lambda: keras.Sequential([layers.Dense(1)], name="odd"),
        "'odd' is not built; begin it with keras.Input",
    ),
}


@pytest.mark.parametrize("name", REASONS)
def test_a_refusal_says_what_is_wrong_in_one_line(name):
    build, reason = REASONS[name]
    critic = build()
    with pytest.raises(errors.PrivacyError, match=reason) as refusal:
        critic_layers.require_known(critic)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "build",
    [
        of_ids,
        of_dots(1),
        lambda: with_extra(layers.Softmax()),
        lambda: with_extra(layers.Rescaling(0.5, 1)),
        lambda: with_extra(layers.Dense(2, kernel_constraint="unit_norm")),
    ],
)
def test_the_same_layers_with_harmless_settings_are_accepted(build):
    critic_layers.require_known(build())


def test_the_graph_of_a_critic_is_itself_or_what_it_wraps():
    image = keras.Input((3,))
    model = keras.Model(image, layers.Dense(1)(image))
    assert critic_layers.graph_of(model) is model
    wrapped = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    names = [layer.name for layer in critic_layers.graph_of(wrapped).layers]
    assert wrapped.layers[0].name in names


@pytest.mark.parametrize("critic", [None, layers.Dense(1), lambda x: x])
def test_what_is_no_model_has_no_graph(critic):
    with pytest.raises(errors.PrivacyError, match="build it with keras.Seq"):
        critic_layers.graph_of(critic)
