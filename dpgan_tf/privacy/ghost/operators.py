"""Operators that use a weight; all are linear in the weight.

An operator knows how a record's signal passes through it forward and back, and
which patches A of the input meet the gradient B with respect to the output; in
the backward pass of the gradient penalty they swap roles.
"""

import dataclasses
import math
from typing import ClassVar, Protocol

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.ghost import geometry

_FEW_CHANNELS = 4
# Dilations of a weight with zeros between its taps: TensorFlow differentiates
# dilated convolutions only on GPUs and with oneDNN, which some CPUs lack.
_SPREAD = (1, 1)


class Operator(Protocol):
    """One way of using a weight.

    Attributes:
      is_bilinear: whether the backward pass also uses the weight.
    """

    is_bilinear: bool

    def forward(self, signal: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Return the output [b, ...] for the input `signal` [b, ...]."""

    def transpose(
        self, upstream: tf.Tensor, weight: tf.Tensor, like: tf.Tensor
    ) -> tf.Tensor:
        """Return the gradient with respect to the input, shaped as `like`.

        Only bilinear operators have it.
        """


class Product(Operator, Protocol):
    """A weight between many inputs and many outputs, at many positions."""

    def patches(self, a: tf.Tensor, weight_shape: tf.TensorShape) -> tf.Tensor:
        """Return the weight's inputs: [b, positions, inputs]."""

    def overlap(self, a: tf.Tensor, weight_shape: tf.TensorShape) -> int:
        """Return the most patches that an entry of `a` is in."""


@dataclasses.dataclass(frozen=True)
class Matrix:
    """y = x W over the last axis: dense layers, embeddings as one-hot."""

    is_bilinear: ClassVar[bool] = True

    def forward(self, signal, weight):
        """See `Operator.forward`."""
        return tf.tensordot(signal, weight, axes=1)

    def transpose(self, upstream, weight, like):
        """See `Operator.transpose`."""
        del like
        return tf.tensordot(upstream, weight, axes=[[-1], [1]])

    def patches(self, a, weight_shape):
        """See `Product.patches`."""
        del weight_shape
        return tf.reshape(a, [-1, math.prod(a.shape[1:-1]), a.shape[-1]])

    def overlap(self, a, weight_shape):
        """See `Product.overlap`."""
        del a, weight_shape
        return 1


@dataclasses.dataclass(frozen=True)
class Convolution:
    """y = x * W in two dimensions, channels last.

    Attributes:
      strides: vertical and horizontal stride.
      dilations: vertical and horizontal dilation.
      padding: "SAME" or "VALID".
    """

    strides: tuple[int, int]
    dilations: tuple[int, int]
    padding: str
    is_bilinear: ClassVar[bool] = True

    def forward(self, signal, weight):
        """See `Operator.forward`."""
        return tf.nn.conv2d(signal, weight, **self._settings(self.dilations))

    def transpose(self, upstream, weight, like):
        """See `Operator.transpose`."""
        return tf.raw_ops.Conv2DBackpropInput(
            input_sizes=tf.shape(like),
            filter=_spread(weight, self.dilations),
            out_backprop=upstream,
            **self._settings(_SPREAD),
        )

    def patches(self, a, weight_shape):
        """See `Product.patches`."""
        num_inputs = math.prod(weight_shape[:3])
        if weight_shape[2] <= _FEW_CHANNELS:
            # Copying a few numbers at a time is slower than a convolution.
            pick = np.eye(num_inputs, dtype=np.float32)
            pick = pick.reshape([*weight_shape[:3], num_inputs])
            found = tf.nn.conv2d(a, pick, **self._settings(self.dilations))
            return tf.reshape(
                found, [-1, found.shape[1] * found.shape[2], num_inputs]
            )
        taps = self.taps(a, weight_shape)
        flat = tf.reshape(a, [-1, a.shape[1] * a.shape[2], a.shape[3]])
        flat = tf.pad(flat, [[0, 0], [0, 1], [0, 0]])
        found = tf.gather(flat, taps.reshape(-1), axis=1)
        return tf.reshape(found, [-1, taps.shape[0], num_inputs])

    def overlap(self, a, weight_shape):
        """See `Product.overlap`."""
        num_pixels = a.shape[1] * a.shape[2]
        taps = self.taps(a, weight_shape).reshape(-1)
        return int(np.bincount(taps, minlength=num_pixels)[:num_pixels].max())

    def taps(self, a, weight_shape) -> np.ndarray:
        """Return the pixel of `a` under each tap: int32 [positions, taps]."""
        return geometry.taps(
            tuple(a.shape[1:3]),
            tuple(weight_shape[:2]),
            strides=self.strides,
            dilations=self.dilations,
            padding=self.padding,
        )

    def _settings(self, dilations):
        return {
            "strides": [1, *self.strides, 1],
            "dilations": [1, *dilations, 1],
            "padding": self.padding,
        }


@dataclasses.dataclass(frozen=True)
class Scale:
    """y = x * w, a weight for each entry of some axes.

    Attributes:
      broadcast_shape: weight's shape against a record's [1, ...].
    """

    broadcast_shape: tuple[int, ...]
    is_bilinear: ClassVar[bool] = True

    def forward(self, signal, weight):
        """See `Operator.forward`."""
        return signal * tf.reshape(weight, self.broadcast_shape)

    def transpose(self, upstream, weight, like):
        """See `Operator.transpose`."""
        del like
        return upstream * tf.reshape(weight, self.broadcast_shape)

    def of_each_record(self, a, b, weight_shape):
        """Return the gradients [b, *weight_shape]."""
        return _sum_to(a * b, self.broadcast_shape, weight_shape)


@dataclasses.dataclass(frozen=True)
class Shift:
    """y = x + w, a weight for each entry of some axes.

    Attributes:
      broadcast_shape: weight's shape against a record's [1, ...].
    """

    broadcast_shape: tuple[int, ...]
    is_bilinear: ClassVar[bool] = False

    def forward(self, signal, weight):
        """See `Operator.forward`."""
        return signal + tf.reshape(weight, self.broadcast_shape)

    def of_each_record(self, a, b, weight_shape):
        """Return the gradients [b, *weight_shape]."""
        del a
        return _sum_to(b, self.broadcast_shape, weight_shape)


ELEMENTWISE = (Scale, Shift)


def _spread(weight, dilations):
    """Put zeros between the taps of a weight [height, width, ...]."""
    vertical, horizontal = dilations
    if vertical == horizontal == 1:
        return weight
    height, width, *channels = weight.shape
    spread = tf.pad(
        weight[:, None, :, None],
        [[0, 0], [0, vertical - 1], [0, 0], [0, horizontal - 1]]
        + [[0, 0]] * len(channels),
    )
    spread = tf.reshape(
        spread, [height * vertical, width * horizontal, *channels]
    )
    return spread[: 1 - vertical or None, : 1 - horizontal or None]


def _sum_to(values, broadcast_shape, weight_shape):
    """Sum over the axes of a record that the weight does not have."""
    shared = [i for i, size in enumerate(broadcast_shape) if i and size == 1]
    return tf.reshape(tf.reduce_sum(values, shared), [-1, *weight_shape])
