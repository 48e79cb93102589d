"""Each admitted layer: records apart to the bit, and right gradients."""

import keras
import numpy as np
import pytest
from keras import layers

from dpgan_tf.privacy import engines
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import layer_rules
from tests.privacy.ghost import reference

SHAPE = (6, 6, 2)
NUM_RECORDS = 5


def on_rows(layer):
    return lambda hidden: layer(layers.Reshape((6, 24))(hidden))


def joined(layer):
    return lambda hidden: layer([hidden, layers.Conv2D(4, 1)(hidden)])


ADMITTED = {
    layers.Dense: layers.Dense(3, "gelu"),
    layers.Activation: layers.Activation("swish"),
    layers.Conv1D: on_rows(layers.Conv1D(3, 3, dilation_rate=2)),
    layers.Conv2D: layers.Conv2D(3, 3, strides=2, activation="tanh"),
    layers.Conv1DTranspose: on_rows(layers.Conv1DTranspose(3, 3, strides=2)),
    layers.Conv2DTranspose: layers.Conv2DTranspose(3, 3, strides=2),
    layers.DepthwiseConv1D: on_rows(layers.DepthwiseConv1D(3)),
    layers.DepthwiseConv2D: layers.DepthwiseConv2D(3, depth_multiplier=2),
    layers.SeparableConv1D: on_rows(layers.SeparableConv1D(3, 3)),
    layers.SeparableConv2D: layers.SeparableConv2D(3, 3, padding="same"),
    layers.Identity: layers.Identity(),
    layers.LeakyReLU: layers.LeakyReLU(0.2),
    layers.ReLU: layers.ReLU(max_value=6.0),
    layers.ELU: layers.ELU(),
    layers.PReLU: layers.PReLU(alpha_initializer="uniform"),
    layers.Flatten: layers.Flatten(),
    layers.Reshape: layers.Reshape((-1, 3)),
    layers.Permute: layers.Permute((3, 1, 2)),
    layers.RepeatVector: lambda h: layers.RepeatVector(2)(layers.Flatten()(h)),
    layers.Cropping1D: on_rows(layers.Cropping1D(1)),
    layers.Cropping2D: layers.Cropping2D(1),
    layers.ZeroPadding1D: on_rows(layers.ZeroPadding1D(1)),
    layers.ZeroPadding2D: layers.ZeroPadding2D(1),
    layers.UpSampling1D: on_rows(layers.UpSampling1D(2)),
    layers.UpSampling2D: layers.UpSampling2D(2),
    layers.AveragePooling1D: on_rows(layers.AveragePooling1D(2)),
    layers.AveragePooling2D: layers.AveragePooling2D(2),
    layers.MaxPooling1D: on_rows(layers.MaxPooling1D(2)),
    layers.MaxPooling2D: layers.MaxPooling2D(2),
    layers.GlobalAveragePooling1D: on_rows(layers.GlobalAveragePooling1D()),
    layers.GlobalAveragePooling2D: layers.GlobalAveragePooling2D(),
    layers.GlobalMaxPooling1D: on_rows(layers.GlobalMaxPooling1D()),
    layers.GlobalMaxPooling2D: layers.GlobalMaxPooling2D(),
    layers.Add: joined(layers.Add()),
    layers.Subtract: joined(layers.Subtract()),
    layers.Multiply: joined(layers.Multiply()),
    layers.Average: joined(layers.Average()),
    layers.Maximum: joined(layers.Maximum()),
    layers.Minimum: joined(layers.Minimum()),
    layers.Dot: joined(layers.Dot(axes=(3, 3))),
    layers.Concatenate: joined(layers.Concatenate()),
    layers.Rescaling: layers.Rescaling(0.5, 0.1),
    layers.Softmax: layers.Softmax(),
    layers.UnitNormalization: layers.UnitNormalization(axis=[1, 2, 3]),
    layers.LayerNormalization: layers.LayerNormalization(),
    layers.RMSNormalization: layers.RMSNormalization(),
    layers.GroupNormalization: layers.GroupNormalization(2),
}


def critic_with(make):
    keras.utils.set_random_seed(0)
    image = keras.Input(SHAPE)
    hidden = layers.Conv2D(4, 1, bias_initializer="normal")(image)
    flat = layers.Flatten()(make(hidden))
    return keras.Model(image, layers.Dense(1)(flat))


def test_every_admitted_layer_is_tried_here():
    elsewhere = {layers.InputLayer, layers.Embedding}
    assert set(layer_rules.RULES) == {*ADMITTED, *elsewhere}


@pytest.mark.parametrize("kind", ADMITTED, ids=lambda kind: kind.__name__)
def test_one_record_changes_no_score_of_another_by_a_bit(kind):
    critic = critic_with(ADMITTED[kind])
    engines.choose("auto", critic)
    rng = np.random.default_rng(0)
    for num_records in (2, 5, 16):
        records = rng.normal(size=(num_records, *SHAPE)).astype("float32")
        before = critic(records, training=True).numpy()
        for which in range(num_records):
            for value in (-3 * records[which], 1e30, np.inf, np.nan):
                rows = records.copy()
                rows[which] = value
                after = critic(rows, training=True).numpy()
                others = np.arange(num_records) != which
                np.testing.assert_array_equal(before[others], after[others])


@pytest.mark.parametrize("kind", ADMITTED, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("name", ["auto", "vectorized"])
def test_gradients_are_those_of_one_record_at_a_time(kind, name):
    """Of the penalized loss, whose gradient is one of gradients."""
    critic = critic_with(ADMITTED[kind])
    engine = engines.choose(name, critic)
    records = reference.records(NUM_RECORDS, SHAPE, num_draws=1, seed=1)
    loss_fn = reference.LOSSES["penalized"](critic)
    expected = reference.one_at_a_time(loss_fn, critic, records)
    losses, found = engine.differentiate(loss_fn, critic, records)
    np.testing.assert_allclose(losses, expected.losses, rtol=1e-4)
    norms = found.squared_norms().numpy()
    for i, gradient in enumerate(expected.gradients):
        flat = gradient.reshape(NUM_RECORDS, -1).astype("float64")
        np.testing.assert_allclose(
            norms[:, i], np.sum(flat**2, axis=1), rtol=1e-3, atol=1e-8
        )


@pytest.mark.parametrize(
    "layer",
    [
        layers.BatchNormalization(),
        layers.SpectralNormalization(layers.Conv2D(2, 3)),
        layers.Dropout(0.5),
        layers.SpatialDropout2D(0.5),
        layers.GaussianNoise(0.5),
        layers.Lambda(lambda x: x),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_a_refusal_by_name_says_what_to_use_instead(layer):
    reason = layer_rules.REFUSED[type(layer)]
    assert "use " in reason or "leave it out" in reason
    with pytest.raises(errors.PrivacyError) as refusal:
        engines.choose("auto", critic_with(layer))
    assert reason in str(refusal.value)
    assert type(layer) not in layer_rules.RULES


def test_an_interpolation_that_a_penalty_cannot_follow_is_refused():
    critic = critic_with(layers.UpSampling2D(2, interpolation="bilinear"))
    with pytest.raises(errors.PrivacyError, match='use "nearest"'):
        engines.choose("auto", critic)


@pytest.mark.parametrize("axis", [0, -4, [0, 3]])
@pytest.mark.parametrize(
    "kind", [layers.UnitNormalization, layers.RMSNormalization]
)
def test_a_normalization_over_the_records_is_refused(kind, axis):
    layer = kind()
    critic = critic_with(layer)
    layer.axis = axis
    with pytest.raises(errors.PrivacyError, match="axis of the records"):
        engines.choose("auto", critic)
