"""A convolution of a picture of twice the size."""

from typing import Any

import keras
import tensorflow as tf


class ResizeConvolution(keras.layers.Layer):
    """Repeats pixels to double height and width, then applies a convolution.

    Transposed convolutions reach some pixels more often than their neighbours,
    and draw a grid; this reaches all alike (Odena, Dumoulin, Olah:
    "Deconvolution and Checkerboard Artifacts", 2016). Both steps are one
    transposed convolution, whose kernel is the sum of this one at four places:
    in half the time of the two, to the rounding.
    """

    def __init__(self, filters: int, kernel_size: int, **options: Any) -> None:
        """Make a layer without weights yet.

        Args:
          filters: number of channels of its output.
          kernel_size: height and width of the kernel; odd.
          **options: of a Keras layer.

        Raises:
          ValueError: for an even kernel, which has no middle.
        """
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size={kernel_size}; expected an odd one.")
        super().__init__(**options)
        self.filters = filters
        self.kernel_size = kernel_size

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights.

        Args:
          input_shape: (None, height, width, channels).
        """
        size, channels = self.kernel_size, input_shape[-1]
        self.kernel = self.add_weight(
            shape=(size, size, self.filters, channels), name="kernel"
        )
        self.bias = self.add_weight(
            shape=(self.filters,), initializer="zeros", name="bias"
        )

    def call(self, pictures: tf.Tensor) -> tf.Tensor:
        """Return pictures [n, 2 h, 2 w, filters].

        Args:
          pictures: [n, h, w, channels].
        """
        kernel = sum(
            tf.pad(self.kernel, [[i, 1 - i], [j, 1 - j], [0, 0], [0, 0]])
            for i in range(2)
            for j in range(2)
        )
        num = tf.shape(pictures)[0]
        shape = [num, *self.compute_output_shape(pictures.shape)[1:]]
        doubled = tf.nn.conv2d_transpose(pictures, kernel, shape, 2, "SAME")
        return doubled + self.bias

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Return (None, 2 h, 2 w, filters).

        Args:
          input_shape: (None, h, w, channels).
        """
        num, height, width, _ = input_shape
        return (num, 2 * height, 2 * width, self.filters)
