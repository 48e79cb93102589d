"""Layers of one's own, as users might write them: good ones and wrong ones."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from keras import ops


class Gate(layers.Layer):
    """Rows or pixels times weights, squashed."""

    def __init__(self, units=3, **settings):
        super().__init__(**settings)
        self.units = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units))

    def call(self, inputs):
        return ops.tanh(ops.matmul(inputs, self.kernel))

    def get_config(self):
        return super().get_config() | {"units": self.units}


class Block(layers.Layer):
    """A convolution inside, and pixels that a product takes for records."""

    def build(self, shape):
        self.convolution = layers.Conv2D(4, 3, padding="same")
        self.convolution.build(shape)
        self.mix = layers.Dense(4)
        self.mix.build((None, 4))

    def call(self, inputs):
        hidden = ops.relu(self.convolution(inputs))
        pixels = self.mix(ops.reshape(hidden, (-1, 4)))
        return ops.reshape(pixels, ops.shape(hidden))


class NoWeights(layers.Layer):
    def call(self, inputs):
        return ops.sin(inputs)


GOOD = (Gate, Block, NoWeights)


class BatchMean(layers.Layer):
    def call(self, inputs):
        return inputs - ops.mean(inputs, axis=0, keepdims=True)


class OnlyInTraining(layers.Layer):
    def call(self, inputs, training=None):
        return BatchMean.call(self, inputs) if training else inputs


class CumulativeSum(layers.Layer):
    def call(self, inputs):
        return ops.cumsum(inputs, axis=0)


class Sorted(layers.Layer):
    def call(self, inputs):
        return ops.sort(inputs, axis=0)


class Rolled(layers.Layer):
    def call(self, inputs):
        return ops.roll(inputs, 1, axis=0)


class Reshaped(layers.Layer):
    """Columns and records change places."""

    def call(self, inputs):
        rows = ops.reshape(inputs, (-1, inputs.shape[-1]))
        return ops.reshape(ops.transpose(rows), ops.shape(inputs))


class Largest(layers.Layer):
    """Meets only with records beyond what images hold."""

    def call(self, inputs):
        return inputs / ops.maximum(1.0, ops.max(ops.abs(inputs)) / 1e8)


class HiddenByZero(layers.Layer):
    """A branch that two weights of zero hide, and its gradient as well."""

    def build(self, shape):
        del shape
        self.gains = self.add_weight(shape=(2,), initializer="zeros")

    def call(self, inputs):
        bounded = ops.tanh(ops.nan_to_num(inputs))
        mean = ops.mean(bounded, axis=0, keepdims=True)
        return inputs + self.gains[0] * self.gains[1] * mean


class BatchSize(layers.Layer):
    def call(self, inputs):
        return inputs / ops.cast(ops.shape(inputs)[0], "float32")


class Position(layers.Layer):
    def call(self, inputs):
        number = ops.cast(ops.arange(ops.shape(inputs)[0]), "float32")
        return inputs + ops.reshape(number, (-1, *[1] * (inputs.ndim - 1)))


class MixedGradient(layers.Layer):
    """Records meet on the way back alone."""

    def call(self, inputs):
        @tf.custom_gradient
        def same(x):
            return tf.identity(x), lambda up: up - tf.reduce_mean(up, axis=0)

        return same(inputs)


class MixedWeightGradient(layers.Layer):
    def build(self, shape):
        del shape
        self.gain = self.add_weight(shape=(), initializer="ones")

    def call(self, inputs):
        @tf.custom_gradient
        def scaled(x, gain):
            return x * gain, lambda up: (up * gain, tf.reduce_sum(x))

        return scaled(inputs, self.gain.value)


class KerasState(layers.Layer):
    def build(self, shape):
        del shape
        self.seen = self.add_weight(
            shape=(), trainable=False, initializer="zeros"
        )

    def call(self, inputs):
        self.seen.assign_add(ops.sum(inputs))
        return inputs + self.seen


class RawState(layers.Layer):
    """A variable that Keras does not know."""

    def build(self, shape):
        del shape
        self.seen = tf.Variable(0.0, trainable=False)

    def call(self, inputs):
        self.seen.assign_add(tf.reduce_sum(inputs))
        return inputs + self.seen


class TrainedState(layers.Layer):
    """A weight that a call changes."""

    def build(self, shape):
        del shape
        self.seen = self.add_weight(shape=(), initializer="zeros")

    def call(self, inputs):
        self.seen.assign(0.5 * self.seen + ops.mean(inputs))
        return inputs


class PythonState(layers.Layer):
    def call(self, inputs):
        self.seen = inputs
        return inputs


class StateInAList(layers.Layer):
    def build(self, shape):
        del shape
        self.seen = np.zeros(1)

    def call(self, inputs):
        before = float(self.seen[0])
        if tf.executing_eagerly():
            self.seen[0] = np.sum(inputs)
        return inputs + before


class BatchNormalized(layers.Layer):
    def build(self, shape):
        self.norm = layers.BatchNormalization()
        self.norm.build(shape)

    def call(self, inputs, training=None):
        return self.norm(inputs, training=training)


class Dropping(layers.Layer):
    def build(self, shape):
        self.drop = layers.Dropout(0.5)
        self.drop.build(shape)

    def call(self, inputs, training=None):
        return self.drop(inputs, training=training)


class Drawing(layers.Layer):
    def call(self, inputs):
        return inputs + tf.random.normal(tf.shape(inputs))


class DrawingFromNumpy(layers.Layer):
    def call(self, inputs):
        return inputs + np.random.normal()


class DrawingFromASeed(layers.Layer):
    """The same numbers each time, by a record's place."""

    def call(self, inputs):
        return inputs + tf.random.stateless_normal(tf.shape(inputs), [1, 2])


class Half(layers.Layer):
    def call(self, inputs):
        return ops.cast(inputs, "float16")


class Pair(layers.Layer):
    def call(self, inputs):
        return inputs, inputs


class OneForAll(layers.Layer):
    def call(self, inputs):
        return ops.sum(inputs, axis=0)


MEET = "lets records meet"
STATE = "it has a state|that a call changes|a state that training changes"
WRONG = {
    BatchMean: MEET,
    OnlyInTraining: MEET,
    CumulativeSum: MEET,
    Sorted: MEET,
    Rolled: MEET,
    Reshaped: MEET,
    Largest: f"{MEET}: 1e\\+30",
    HiddenByZero: MEET,
    BatchSize: "in a batch of 1 they have other outputs",
    Position: "their order changed",
    MixedGradient: "in its gradient by the inputs",
    MixedWeightGradient: "in its gradient by the weights",
    KerasState: STATE,
    RawState: STATE,
    TrainedState: "changes its weights",
    PythonState: "sets self.seen",
    StateInAList: STATE,
    BatchNormalized: STATE,
    Dropping: STATE,
    Drawing: "draws random numbers",
    DrawingFromNumpy: "draws random numbers",
    DrawingFromASeed: "their order changed",
    Half: "gives float16",
    Pair: "one float32 tensor",
    OneForAll: "with the records first",
}
"""Layers that are refused, and what moved."""


def critic_with(layer, shape=(6, 6, 2)):
    """Return a critic with a layer in the middle."""
    image = keras.Input(shape)
    hidden = layer(layers.Conv2D(4, 3, padding="same")(image))
    return keras.Model(image, layers.Dense(1)(layers.Flatten()(hidden)))
