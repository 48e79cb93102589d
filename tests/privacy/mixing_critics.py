"""Critics in which records meet, or could, on images [n, 4, 4, 1].

Each ends in a branch with weights of zero: no perturbation of a record shows
anything before the first step.
"""

import keras
import numpy as np
from keras import layers
from keras import ops

from dpgan_tf.privacy import elementwise

SHAPE = (4, 4, 1)


def branched(mix):
    """A critic with a branch of zeros on what `mix` makes of features."""
    image = keras.Input(SHAPE)
    hidden = layers.Dense(3, activation="tanh")(layers.Flatten()(image))
    branch = layers.Dense(1, kernel_initializer="zeros")(mix(hidden))
    return keras.Model(image, layers.Add()([layers.Dense(1)(hidden), branch]))


def through(layer):
    """A critic with a layer in its branch."""
    return lambda: branched(layer)


class BatchMean(layers.Layer):
    """A layer of one's own."""

    def call(self, inputs):
        return inputs - ops.mean(inputs, axis=0, keepdims=True)


class Dense(layers.Dense):
    """A subclass with the name of a known layer."""

    def call(self, inputs):
        return super().call(inputs) + ops.sum(inputs, axis=0, keepdims=True)


class OwnCall(keras.Model):
    """A subclass of a model."""

    def __init__(self) -> None:
        super().__init__(name="own_call")
        self.score = layers.Dense(1)

    def build(self, shape):
        self.score.build((None, 16))
        self.built = True

    def call(self, images):
        flat = ops.reshape(images, (-1, 16))
        return self.score(flat - ops.mean(flat, axis=0, keepdims=True))


def own_call():
    critic = OwnCall()
    critic.build((None, *SHAPE))
    return critic


class Functional(keras.Model):
    """A subclass with the name of a known model, and its inputs and outputs."""

    def call(self, inputs, training=None, mask=None):
        found = super().call(inputs)
        return found + ops.mean(found, axis=0, keepdims=True)


def functional_subclass():
    image = keras.Input(SHAPE)
    return Functional(image, layers.Dense(1)(layers.Flatten()(image)))


def nested(layer):
    inner = keras.Sequential([keras.Input((3,)), layer])
    return through(inner)


def twice_nested(layer):
    inner = keras.Sequential([keras.Input((3,)), layer])
    middle = keras.Input((3,))
    return through(keras.Model(middle, layers.Dense(3)(inner(middle))))


def nested_subclass():
    class Inner(keras.Model):
        def call(self, inputs):
            return inputs - ops.mean(inputs, axis=0, keepdims=True)

    return branched(Inner())


def replaced_call():
    critic = branched(layers.Dense(2, name="replaced"))
    layer = critic.get_layer("replaced")
    plain = layer.call
    layer.call = lambda inputs: plain(inputs) + ops.sum(inputs, axis=0)
    return critic


def replaced_convolution():
    image = keras.Input(SHAPE)
    layer = layers.Conv2D(2, 3, name="replaced")
    layer.convolution_op = lambda inputs, kernel: ops.roll(
        inputs[:, 1:3, 1:3] * ops.ones(2), 1, axis=0
    )
    hidden = layers.Flatten()(layer(image))
    return keras.Model(image, layers.Dense(1)(hidden))


def replaced_call_of_the_critic():
    critic = branched(layers.Dense(2))
    critic.call = lambda images, training=None, mask=None: ops.sum(
        images, axis=(0, 2, 3)
    )
    return critic


def replaced_activation():
    critic = branched(layers.Dense(2, name="replaced", activation="relu"))
    layer = critic.get_layer("replaced")
    layer.activation = lambda x: x - ops.mean(x, axis=0)
    return critic


def regularized():
    return branched(layers.Dense(2, kernel_regularizer="l2"))


def activity_regularized():
    return branched(layers.Dense(2, activity_regularizer="l2"))


def plain_norm(axis):
    return layers.LayerNormalization(axis=axis, center=False, scale=False)


def changed_later():
    layer = plain_norm(-1)
    critic = branched(layer)
    layer.axis = [0]
    return critic


class Remembering(keras.constraints.Constraint):
    """A constraint of one's own."""

    def __call__(self, w):
        return w


def constrained():
    return branched(layers.Dense(2, kernel_constraint=Remembering()))


def open_sizes():
    image = keras.Input((None, None, 1))
    hidden = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3)(image))
    return keras.Model(image, layers.Dense(1)(hidden))


def fixed_batch():
    image = keras.Input(SHAPE, batch_size=4)
    return keras.Model(image, layers.Dense(1)(layers.Flatten()(image)))


def records_as_columns():
    """[n] joined with [n, 1] may be [n, n]."""
    image, label = keras.Input(SHAPE), keras.Input((), dtype="int64")
    score = layers.Dense(1)(layers.Flatten()(image))
    numbers = layers.Reshape((1,))(layers.Embedding(4, 1)(label))
    rows = layers.Rescaling(1.0)(label)
    return keras.Model(
        [image, label],
        layers.Add()([layers.Multiply()([score, rows]), numbers]),
    )


def arrayed():
    return branched(layers.Rescaling([[1.0], [2.0], [3.0]]))


def named_like_an_elementwise_one(x):
    return x - ops.mean(x, axis=0, keepdims=True)


named_like_an_elementwise_one.__name__ = "relu"
assert not elementwise.is_known(named_like_an_elementwise_one)


def operation(function):
    return through(function)


MIXING = {
    # Operations that are no layers.
    "mean": operation(lambda h: h - ops.mean(h, axis=0, keepdims=True)),
    "mean alone": operation(lambda h: ops.mean(h, axis=0, keepdims=True) + h),
    "sum": operation(lambda h: h * ops.sum(h, axis=0)),
    "max": operation(lambda h: h - ops.max(h, axis=0)),
    "sort": operation(lambda h: ops.sort(h, axis=0)),
    "roll": operation(lambda h: ops.roll(h, 1, axis=0)),
    "flip": operation(lambda h: ops.flip(h, axis=0)),
    "cumsum": operation(lambda h: ops.cumsum(h, axis=0)),
    "transpose": operation(lambda h: h @ ops.transpose(h) @ h),
    "matmul": operation(
        lambda h: ops.matmul(ops.matmul(h, ops.transpose(h)), h)
    ),
    "reshape": operation(lambda h: ops.reshape(h, (-1, 3))),
    "softmax": operation(lambda h: ops.softmax(h, axis=0)),
    "normalize": operation(lambda h: ops.normalize(h, axis=0)),
    "broadcast": operation(
        lambda h: ops.sum(h[:, :1] + h[:, 0], axis=1, keepdims=True)
    ),
    "take": operation(lambda h: h + ops.take(h, [0], axis=0)),
    "einsum": operation(lambda h: ops.einsum("bi,ci->bi", h, h)),
    "var": operation(lambda h: h * ops.var(h)),
    "add": operation(lambda h: h + 1.0),
    # Layers.
    "batch normalization": through(layers.BatchNormalization()),
    "frozen batch normalization": through(
        layers.BatchNormalization(trainable=False)
    ),
    "dropout": through(layers.Dropout(0.5)),
    "gaussian noise": through(layers.GaussianNoise(1.0)),
    "gaussian dropout": through(layers.GaussianDropout(0.1)),
    "spectral normalization": through(
        layers.SpectralNormalization(layers.Dense(2))
    ),
    "lambda": through(layers.Lambda(lambda h: h - ops.mean(h, axis=0))),
    "own layer": through(BatchMean()),
    "subclass of a known layer": through(Dense(2)),
    "masking": through(layers.Masking()),
    "activity regularization": through(layers.ActivityRegularization(0.1)),
    "unit normalization": through(layers.UnitNormalization(axis=0)),
    "layer norm of records": through(plain_norm(0)),
    "layer norm of records from the end": through(plain_norm(-2)),
    "layer norm of all": through(plain_norm([0, 1])),
    "layer norm of records, changed later": changed_later,
    "softmax of records": through(layers.Softmax(axis=0)),
    "softmax of all": through(layers.Softmax(axis=(-1, -2))),
    "concatenate": operation(lambda h: layers.Concatenate(axis=0)([h, h])),
    "concatenate from the end": operation(
        lambda h: layers.Concatenate(axis=-2)([h, h])
    ),
    "arrayed": arrayed,
    "a mask": operation(lambda h: layers.Softmax()(h, mask=h)),
    "a mask of numbers": operation(
        lambda h: layers.Softmax()(h, mask=np.ones((4, 3), bool))
    ),
    "added numbers": operation(
        lambda h: layers.Add()([h, np.ones((4, 3), np.float32)])
    ),
    # Functions.
    "activation": through(
        layers.Activation(lambda h: h - ops.mean(h, axis=0, keepdims=True))
    ),
    "activation of a layer": through(
        layers.Dense(2, activation=lambda h: ops.softmax(h, axis=0))
    ),
    "activation with a known name": through(
        layers.Activation(named_like_an_elementwise_one)
    ),
    "layer as an activation": through(
        layers.Dense(2, activation=layers.BatchNormalization())
    ),
    # Whole models.
    "own call": own_call,
    "subclass of a functional model": functional_subclass,
    "nested": nested(layers.BatchNormalization()),
    "twice nested": twice_nested(layers.Dropout(0.1)),
    "nested subclass": nested_subclass,
    "replaced call": replaced_call,
    "replaced call of the critic": replaced_call_of_the_critic,
    "replaced convolution": replaced_convolution,
    "replaced activation": replaced_activation,
    "regularized": regularized,
    "activity regularized": activity_regularized,
    "constrained": constrained,
    "open sizes": open_sizes,
    "fixed batch": fixed_batch,
    "records as columns": records_as_columns,
}
