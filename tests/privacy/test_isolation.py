"""Critics that mix records, and optimizers that clip, are refused."""

import keras
import pytest
import tensorflow as tf
from keras import layers

from dpgan_tf.models import networks
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import isolation


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


@pytest.mark.parametrize(
    "layer", [layers.LayerNormalization(), layers.GroupNormalization(2)]
)
def test_layers_that_treat_records_apart_are_accepted(layer):
    isolation.require_isolated(critic_with(layer))


def test_the_shipped_critic_is_accepted():
    isolation.require_isolated(networks.build_critic((28, 28, 1), width=4))


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
    with pytest.raises(errors.PrivacyError, match="mixing"):
        isolation.require_isolated(critic_with(layer))


def test_batch_normalization_inside_a_nested_model_is_refused():
    inner = keras.Sequential(
        [keras.Input((6, 6, 4)), layers.BatchNormalization(name="hidden")]
    )
    with pytest.raises(errors.PrivacyError, match="hidden"):
        isolation.require_isolated(critic_with(inner))


def test_a_mixing_model_of_innocent_layers_is_found_by_perturbing_a_record():
    image = keras.Input((8, 8, 1), batch_size=4)
    swapped = layers.Reshape((64,))(image)
    mixed = keras.ops.roll(swapped, 1, axis=0)
    model = keras.Model(image, layers.Dense(1)(mixed))
    with pytest.raises(errors.PrivacyError):
        isolation.require_isolated(model)


@pytest.mark.parametrize(
    "setting", ["clipnorm", "clipvalue", "global_clipnorm"]
)
def test_an_optimizer_that_clips_is_refused(setting):
    optimizer = keras.optimizers.Adam(1e-3, **{setting: 1.0})
    with pytest.raises(errors.PrivacyError, match=setting):
        isolation.require_plain_optimizer(optimizer)


def test_a_plain_optimizer_is_accepted():
    isolation.require_plain_optimizer(keras.optimizers.Adam(1e-3))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_critic_that_computes_in_half_precision_is_refused(policy):
    critic = critic_with(layers.Conv2D(2, 3, dtype=policy, name="half"))
    with pytest.raises(errors.PrivacyError, match="half.*float16"):
        isolation.require_full_precision(critic)


@pytest.mark.parametrize(
    "name",
    [
        "TF_SET_ONEDNN_FPMATH_MODE",
        "ONEDNN_DEFAULT_FPMATH_MODE",
        "DNNL_DEFAULT_FPMATH_MODE",
    ],
)
def test_kernels_that_may_round_to_eight_bits_are_refused(name, monkeypatch):
    critic = critic_with(layers.Conv2D(2, 3))
    monkeypatch.setenv(name, "BF16")
    with pytest.raises(errors.PrivacyError, match=f"{name}=BF16"):
        isolation.require_full_precision(critic)
    monkeypatch.setenv(name, "STRICT")
    isolation.require_full_precision(critic)


def test_a_graph_that_is_rewritten_in_half_precision_is_refused(monkeypatch):
    critic = critic_with(layers.Conv2D(2, 3))
    options = {"auto_mixed_precision_onednn_bfloat16": True}
    monkeypatch.setattr(
        tf.config.optimizer, "get_experimental_options", lambda: options
    )
    with pytest.raises(errors.PrivacyError, match="auto_mixed_precision"):
        isolation.require_full_precision(critic)


@pytest.mark.parametrize("rounds", [True, False])
def test_products_of_ten_bits_on_a_gpu_are_refused(rounds, monkeypatch):
    critic = critic_with(layers.Conv2D(2, 3))
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    monkeypatch.setattr(
        tf.config.experimental,
        "tensor_float_32_execution_enabled",
        lambda: rounds,
    )
    if not rounds:
        isolation.require_full_precision(critic)
        return
    with pytest.raises(errors.PrivacyError, match="TensorFloat-32 is on"):
        isolation.require_full_precision(critic)


def test_a_critic_in_single_precision_is_accepted():
    isolation.require_full_precision(critic_with(layers.Conv2D(2, 3)))
