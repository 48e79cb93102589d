"""Activations whose second derivative is known to be zero."""

import keras
import tensorflow as tf

from dpgan_tf.privacy import elementwise

LEAKY_SLOPE = 0.2
"""Slope below zero, of the critics of dp-GAN."""


@elementwise.known
@keras.saving.register_keras_serializable(package="dpgan_tf")
def leaky_relu(x: tf.Tensor) -> tf.Tensor:
    """Return x where it is positive, and a fifth of it elsewhere.

    As `keras.layers.LeakyReLU`, but for the gradient penalty: its gradient is
    linear in what comes back, with a slope that does not depend on x.
    TensorFlow's own says that this slope has the gradient zero, and a whole
    pass through the critic goes on with zeros, a sixth of a WGAN-GP step.

    Args:
      x: of any shape.

    Returns:
      A tensor of that shape.
    """
    return _leaky_relu(x)


@tf.custom_gradient
def _leaky_relu(x):
    def gradient(upstream):
        return tf.raw_ops.LeakyReluGrad(
            gradients=upstream,
            features=tf.stop_gradient(x),
            alpha=LEAKY_SLOPE,
        )

    return tf.nn.leaky_relu(x, LEAKY_SLOPE), gradient
