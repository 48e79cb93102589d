"""Resize convolutions are what they are named after, and draw no grid."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import resize_convolution


@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("shape", [(2, 4, 4, 3), (1, 5, 3, 1)])
def test_it_repeats_pixels_and_convolves(size, shape):
    pictures = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    layer = resize_convolution.ResizeConvolution(7, size)
    made = layer(pictures)
    repeated = pictures.repeat(2, axis=1).repeat(2, axis=2)
    kernel = tf.transpose(layer.kernel[::-1, ::-1], [0, 1, 3, 2])
    expected = tf.nn.conv2d(repeated, kernel, 1, "SAME")
    np.testing.assert_allclose(made, expected, atol=1e-5)
    assert made.shape == layer.compute_output_shape(shape)


@pytest.mark.parametrize("size", [3, 5])
def test_an_even_picture_stays_even_where_transposed_convolutions_draw_a_grid(
    size,
):
    picture = np.ones([1, 8, 8, 2], np.float32)
    layers = (
        resize_convolution.ResizeConvolution(1, size),
        keras.layers.Conv2DTranspose(1, size, 2, padding="same"),
    )
    spreads = [np.ptp(layer(picture)[0, 4:-4, 4:-4]) for layer in layers]
    assert spreads[0] < 1e-5
    assert spreads[1] > 0.1


def test_an_even_kernel_has_no_middle_and_raises():
    with pytest.raises(ValueError, match="kernel_size=4; expected an odd one"):
        resize_convolution.ResizeConvolution(1, 4)
