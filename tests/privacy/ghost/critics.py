"""Random critics, small enough to differentiate a hundred of."""

import collections

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st
from keras import layers

from dpgan_tf.models import activations
from tests.privacy.ghost import reference

NUM_RECORDS = 3
NUM_LABELS = 4

ACTIVATIONS = {
    "tanh": "tanh",
    "softplus": "softplus",
    "elu": "elu",
    "gelu": "gelu",
    "relu": "relu",
    "sigmoid": "sigmoid",
    "silu": "silu",
    "leaky_relu": "leaky_relu",
    "our_leaky_relu": activations.leaky_relu,
}

BLOCKS = [
    "conv",
    "norm",
    "activation",
    "resize",
    "residual",
    "shared",
    "siamese",
    "dense_on_pixels",
    "permute",
    "nested",
]
KINDS = [*BLOCKS, "conditional", "subclass", "frozen"]


class Case:
    """A critic, a loss of it, and records."""

    def __init__(self, parts, critic, loss_fn, records) -> None:
        self.parts = parts
        self.critic = critic
        self.loss_fn = loss_fn
        self.records = records

    def __repr__(self) -> str:
        return f"Case({dict(self.parts)})"


@st.composite
def cases(draw, kind):
    """Draw a critic with a loss of any kind.

    Args:
      draw: the draw function of hypothesis.
      kind: "conditional", "subclass", "frozen", or a block it begins with.
    """
    compose = _Composer(draw, kind)
    shape = (draw(st.integers(4, 6)), draw(st.integers(4, 6)), 2)
    if kind == "subclass":
        critic = OwnCall(draw, compose)
        critic(tf.zeros([1, *shape]))
    elif kind == "conditional":
        critic = compose.conditional(shape)
    else:
        critic = compose.plain(shape)
    if kind == "frozen" or draw(st.integers(0, 3)) == 0:
        _freeze(draw, critic, compose.parts)
    seed = draw(st.integers(0, 2**16))
    _randomize(critic, seed)
    loss = draw(st.sampled_from(["penalized", "penalized", *reference.LOSSES]))
    compose.parts[loss] += 1
    num_draws = draw(st.integers(1, 2))
    records = reference.records(
        NUM_RECORDS, shape, num_draws=num_draws, seed=seed
    )
    if kind != "conditional":
        loss_fn = reference.LOSSES[loss](critic)
        return Case(compose.parts, critic, loss_fn, records)
    labels = np.random.default_rng(seed).integers(NUM_LABELS, size=NUM_RECORDS)

    def of_labelled(records):
        *others, labels = records
        score = reference.LOSSES[loss](lambda images: critic([images, labels]))
        return score(tuple(others))

    labelled = (*records, tf.constant(labels, tf.int32))
    return Case(compose.parts, critic, of_labelled, labelled)


class _Composer:
    """Draws layers, one after the other."""

    def __init__(self, draw, kind) -> None:
        self.draw = draw
        self.kind = kind
        self.parts = collections.Counter()

    def plain(self, shape):
        image = keras.Input(shape)
        return keras.Model(image, self.score(self.vector(self.body(image))))

    def conditional(self, shape):
        """Labels as a channel, or by projection."""
        image, label = keras.Input(shape), keras.Input((), dtype="int32")
        if self.draw(st.booleans()):
            self.parts["projection"] += 1
            features = self.vector(self.body(image))
            size = features.shape[-1]
            found = _embedding(size)(label)
            inner = layers.Dot(axes=1)([features, found])
            out = layers.Add()([self.score(features), inner])
            return keras.Model([image, label], out)
        self.parts["label as channel"] += 1
        size = shape[0] * shape[1]
        found = _embedding(size)(label)
        channel = layers.Reshape((*shape[:2], 1))(found)
        joint = layers.Concatenate()([image, channel])
        out = self.score(self.vector(self.body(joint)))
        return keras.Model([image, label], out)

    def body(self, x):
        if self.kind in BLOCKS:
            x = self.block(x, [self.kind])
        for _ in range(self.draw(st.integers(0, 2))):
            x = self.block(x, BLOCKS)
        return x

    def block(self, x, names):
        name = self.draw(st.sampled_from(names))
        self.parts[name] += 1
        return getattr(self, name)(x)

    def conv(self, x):
        return self.convolution(x)(x)

    def convolution(self, x, *, same_shape=False):
        draw = self.draw
        kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
        strides = dilation = (1, 1)
        filters, padding = x.shape[-1], "same"
        if not same_shape:
            # oneDNN reads beyond the image from one channel to one, where the
            # horizontal stride is 3 and the vertical one is not.
            filters = draw(st.sampled_from([2, 3, 5, 6]))
            padding = draw(st.sampled_from(["same", "valid"]))
            if draw(st.booleans()):
                strides = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
                self.parts[f"strides {strides}"] += 1
        if strides == (1, 1) and draw(st.booleans()):
            dilation = draw(st.sampled_from([(2, 1), (1, 2), (2, 2)]))
            self.parts["dilation"] += 1
        if padding == "valid":
            reach = [
                (k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)
            ]
            if any(r > n for r, n in zip(reach, x.shape[1:3], strict=True)):
                padding = "same"
        self.parts[padding] += 1
        return layers.Conv2D(
            filters,
            kernel,
            strides=strides,
            padding=padding,
            dilation_rate=dilation,
            use_bias=draw(st.booleans()),
            activation=self.activation_or_none(),
            kernel_initializer="zeros",
        )

    def activation_or_none(self):
        if self.draw(st.booleans()):
            return None
        self.parts["activation as argument"] += 1
        return ACTIVATIONS[self.activation_name()]

    def activation_name(self):
        name = self.draw(st.sampled_from(sorted(ACTIVATIONS)))
        self.parts[name] += 1
        return name

    def activation(self, x):
        name = self.activation_name()
        if name == "leaky_relu" and self.draw(st.booleans()):
            return layers.LeakyReLU(negative_slope=0.3)(x)
        return layers.Activation(ACTIVATIONS[name])(x)

    def norm(self, x):
        """Over at least a few entries: two entries become signs."""
        draw = self.draw
        flags = {
            "center": draw(st.booleans()),
            "scale": draw(st.booleans()),
            "epsilon": 0.1,
        }
        channels = x.shape[-1]
        if draw(st.booleans()):
            groups = draw(
                st.sampled_from([g for g in (1, 2, 3, -1) if channels % g == 0])
            )
            self.parts["group norm"] += 1
            return layers.GroupNormalization(groups, **flags)(x)
        axes = [-1] if len(x.shape) == 2 else [-1, [1, 2], [1, 2, 3], [3, 1], 2]
        if len(x.shape) == 3:
            axes = [-1, [1, 2], 1]
        axis = draw(st.sampled_from(axes))
        self.parts[f"layer norm {axis}"] += 1
        return layers.LayerNormalization(axis=axis, **flags)(x)

    def resize(self, x):
        kinds = [
            layers.UpSampling2D((1, 2)),
            layers.ZeroPadding2D(((0, 1), (1, 0))),
        ]
        if min(x.shape[1:3]) >= 3:
            kinds += [
                layers.AveragePooling2D((2, 1)),
                layers.MaxPooling2D(2),
                layers.AveragePooling2D(2, strides=1, padding="same"),
                layers.Cropping2D(((0, 1), (1, 0))),
            ]
        kind = self.draw(st.sampled_from(kinds))
        self.parts[type(kind).__name__] += 1
        return kind(x)

    def residual(self, x):
        return layers.Add()([x, self.convolution(x, same_shape=True)(x)])

    def shared(self, x):
        """One after the other, the second time on its own output."""
        twice = self.convolution(x, same_shape=True)
        return twice(layers.Activation("tanh")(twice(x)))

    def siamese(self, x):
        """The same weights on an image and on a smaller one."""
        shared = self.convolution(x, same_shape=True)
        small = layers.AveragePooling2D(2, padding="same")(x)
        pooled = layers.GlobalAveragePooling2D(keepdims=True)(shared(small))
        return layers.Add()([shared(x), pooled])

    def dense_on_pixels(self, x):
        units = self.draw(st.integers(2, 5))
        activation = self.activation_or_none()
        return _dense(units, activation=activation)(x)

    def permute(self, x):
        order = self.draw(st.sampled_from([(2, 1, 3), (3, 1, 2), (1, 3, 2)]))
        return layers.Permute(order)(x)

    def nested(self, x):
        inner = keras.Input(x.shape[1:])
        flat = [name for name in BLOCKS if name != "nested"]
        out = self.block(self.convolution(inner)(inner), flat)
        return keras.Model(inner, out)(x)

    def vector(self, x):
        """From an image to a few features."""
        kinds = ["flatten", "average", "max", "rows", "rows"]
        kind = self.draw(st.sampled_from(kinds))
        self.parts[kind] += 1
        if kind == "average":
            x = layers.GlobalAveragePooling2D()(x)
        elif kind == "max":
            x = layers.GlobalMaxPooling2D()(x)
        elif kind == "flatten":
            x = layers.Flatten()(x)
        else:
            size = x.shape[2] * x.shape[3]
            x = layers.Reshape((x.shape[1], size))(x)
            x = _dense(3, activation=self.activation_or_none())(x)
            if self.draw(st.booleans()):
                x = self.norm(x)
            x = layers.Flatten()(x)
        use_bias = self.draw(st.booleans())
        x = _dense(5, use_bias=use_bias)(x)
        if self.draw(st.booleans()):
            x = self.norm(x)
        return self.activation(x)

    def score(self, x):
        return _dense(1, use_bias=self.draw(st.booleans()))(x)


class OwnCall(keras.Model):
    """A critic with a `call` of its own."""

    def __init__(self, draw, compose) -> None:
        super().__init__()
        self.first = layers.Conv2D(
            3, (2, 3), padding="same", kernel_initializer="zeros"
        )
        self.again = compose.convolution(
            tf.zeros([1, 4, 4, 3]), same_shape=True
        )
        self.features = _dense(4, activation="tanh")
        self.score = _dense(1)
        self.gate = _dense(4, use_bias=False)
        self.num_times = draw(st.integers(1, 3))

    def call(self, images):
        x = tf.nn.softplus(self.first(images))
        for i in range(self.num_times):
            x = x + tf.sin(self.again(x)) / (1 + i)
        x = tf.concat([x[:, ::2], -(x[:, 1::2] ** 2)], axis=1)
        x = tf.reduce_mean(x, axis=2)
        x = self.features(tf.reshape(x, [tf.shape(x)[0], 3 * x.shape[1]]))
        return self.score(x * tf.sigmoid(self.gate(x)))


def _dense(units, **settings):
    return layers.Dense(units, kernel_initializer="zeros", **settings)


def _embedding(size):
    return layers.Embedding(NUM_LABELS, size, embeddings_initializer="zeros")


def _freeze(draw, critic, parts):
    """Make constants of some layers, but not of all."""
    owners = [
        layer
        for layer in critic._flatten_layers()
        if layer.weights and not isinstance(layer, keras.Model)
    ]
    if len(owners) > 1:
        parts["frozen"] += 1
        owners[draw(st.integers(0, len(owners) - 2))].trainable = False


def _randomize(critic, seed):
    """Let no bias be zero, and no scale be one."""
    rng = np.random.default_rng(seed)
    for variable in critic.weights:
        shape = variable.shape
        fan_in = np.prod(shape[:-1]) if len(shape) > 1 else 4
        size = rng.normal(size=shape) / np.sqrt(fan_in)
        variable.assign(size + 0.5 * (len(shape) == 1))
