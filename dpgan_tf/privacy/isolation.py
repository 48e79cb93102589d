"""Refuses critics and optimizers under which clipping would not protect.

A bound on one record's gradient bounds the record's influence only if no
other record's gradient depends on it.
"""

import os

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dpgan_tf.privacy import errors

_PRECISION_VARIABLES = (
    "TF_SET_ONEDNN_FPMATH_MODE",
    "ONEDNN_DEFAULT_FPMATH_MODE",
    "DNNL_DEFAULT_FPMATH_MODE",
)
_ISOLATED_LAYERS = (
    keras.Sequential,
    keras.models.Model,
    layers.InputLayer,
    layers.Dense,
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv2DTranspose,
    layers.Activation,
    layers.LeakyReLU,
    layers.ReLU,
    layers.ELU,
    layers.PReLU,
    layers.Flatten,
    layers.Reshape,
    layers.Permute,
    layers.Cropping2D,
    layers.ZeroPadding2D,
    layers.UpSampling2D,
    layers.AveragePooling2D,
    layers.MaxPooling2D,
    layers.GlobalAveragePooling2D,
    layers.GlobalMaxPooling2D,
    layers.Add,
    layers.Multiply,
    layers.Dot,
    layers.Concatenate,
    layers.Embedding,
    layers.LayerNormalization,
    layers.GroupNormalization,
)


def require_isolated(critic: keras.Model) -> None:
    """Raise unless each record's score depends on that record alone.

    Args:
      critic: D, from images [n, h, w, c], and labels [n] if it takes them, to
        scores [n, 1].

    Raises:
      PrivacyError: naming the layer, if it is not known to treat records
        apart, or if perturbing one record changed the score of another.
    """
    for layer in critic._flatten_layers():
        if type(layer) not in _ISOLATED_LAYERS and layer is not critic:
            raise errors.PrivacyError(
                f"critic layer {layer.name!r} ({type(layer).__name__}) may mix "
                "records of a batch, or is not known not to; use layers such "
                "as Conv2D, Dense or LayerNormalization."
            )
    _require_scores_apart(critic)


def require_plain_optimizer(optimizer: keras.optimizers.Optimizer) -> None:
    """Raise if the optimizer clips: the mechanism alone does that.

    Args:
      optimizer: of the critic.

    Raises:
      PrivacyError: naming the setting.
    """
    for name in ("clipnorm", "clipvalue", "global_clipnorm"):
        if getattr(optimizer, name, None) is not None:
            raise errors.PrivacyError(
                f"the critic's optimizer has {name} set; clipping a noisy "
                "batch gradient protects nobody: leave it unset."
            )


def require_full_precision(critic: keras.Model) -> None:
    """Raise if anything would round to ten bits or fewer.

    Args:
      critic: D.

    Raises:
      PrivacyError: saying how to turn it off.
    """
    for layer in critic._flatten_layers():
        if layer.compute_dtype not in ("float32", "float64"):
            raise errors.PrivacyError(
                f"critic layer {layer.name!r} computes in "
                f"{layer.compute_dtype}, whose rounding is larger than the "
                'slack of the clipping bound; use dtype="float32".'
            )
    for name in _PRECISION_VARIABLES:
        mode = os.environ.get(name, "strict")
        if mode.lower() not in ("strict", "f32", "fp32"):
            raise errors.PrivacyError(
                f"{name}={mode}: oneDNN may round to eight bits, which is more "
                "than the slack of the clipping bound; unset it."
            )
    for name, value in tf.config.optimizer.get_experimental_options().items():
        if name.startswith("auto_mixed_precision") and value:
            raise errors.PrivacyError(
                f"TensorFlow's optimizer option {name} is on, and its rounding "
                "is larger than the slack of the clipping bound; turn it off."
            )
    rounds = tf.config.experimental.tensor_float_32_execution_enabled()
    if rounds and tf.config.list_physical_devices("GPU"):
        raise errors.PrivacyError(
            "TensorFloat-32 is on, and its rounding is larger than the slack "
            "of the clipping bound; call "
            "tf.config.experimental.enable_tensor_float_32_execution(False)."
        )


def _require_scores_apart(critic: keras.Model) -> None:
    shape = (4, *critic.inputs[0].shape[1:])
    images = np.random.default_rng(0).normal(size=shape).astype("float32")
    changed = images.copy()
    changed[0] *= -3
    labels = [np.zeros([4], np.int64) for _ in critic.inputs[1:]]
    before, after = (
        critic([rows, *labels] if labels else rows, training=True).numpy()
        for rows in (images, changed)
    )
    if not np.array_equal(before[1:], after[1:]):
        raise errors.PrivacyError(
            "changing one record changed the critic's score of another; "
            "the critic must score each record by itself."
        )
