"""The measured critics as Keras models."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers

from benchmarks import cases
from dpgan_tf.models import activations
from dpgan_tf.models import networks


def build(case: cases.Case, weights: Sequence[np.ndarray]) -> keras.Model:
    """Build a critic with this project's activation.

    Args:
      case: the critic's case.
      weights: its initial weights.

    Returns:
      A model from images [n, h, w, c] to scores [n, 1].
    """
    if case.convolutions:
        critic = networks.build_critic(
            case.image_shape,
            width=case.convolutions[0],
            num_convolutions=len(case.convolutions),
        )
    else:
        critic = _build_dense(case)
    critic.set_weights(weights)
    return critic


def build_with_keras_activation(
    case: cases.Case, weights: Sequence[np.ndarray]
) -> keras.Model:
    """Build a critic with Keras' own leaky ReLU.

    Args:
      case: the critic's case.
      weights: its initial weights.

    Returns:
      A model that computes the same as that of `build`.
    """
    critic = keras.models.clone_model(
        build(case, weights), clone_function=_clone_layer
    )
    critic.set_weights(weights)
    return critic


def adam(critic: keras.Model) -> keras.optimizers.Adam:
    """Return the optimizer of all forms, built for a critic.

    Args:
      critic: the critic.
    """
    beta_1, beta_2 = cases.ADAM_BETAS
    optimizer = keras.optimizers.Adam(
        cases.LEARNING_RATE,
        beta_1=beta_1,
        beta_2=beta_2,
        epsilon=cases.ADAM_EPSILON,
    )
    optimizer.build(critic.trainable_variables)
    return optimizer


def _clone_layer(layer):
    if isinstance(layer, layers.Activation):
        return layers.LeakyReLU(cases.LEAKY_SLOPE)
    return type(layer).from_config(layer.get_config())


def _build_dense(case: cases.Case) -> keras.Model:
    critic = keras.Sequential(
        [keras.Input(case.image_shape, name="image"), layers.Flatten()],
        name="critic",
    )
    for i, width in enumerate(case.hidden):
        critic.add(layers.Dense(width, name=f"dense_{i + 1}"))
        critic.add(layers.Activation(activations.leaky_relu))
    critic.add(layers.Dense(1, use_bias=False, name="score"))
    return critic
