"""Which pixels a convolution sees, against TensorFlow and by counting."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.ghost import geometry

SIZES = [(4, 5), (7, 6), (1, 3)]
KERNELS = [(1, 1), (2, 3), (3, 2), (5, 5)]
STEPS = [
    ((1, 1), (1, 1)),
    ((2, 1), (1, 1)),
    ((2, 3), (1, 1)),
    ((3, 3), (1, 1)),
    ((1, 1), (2, 1)),
    ((1, 1), (1, 3)),
    ((1, 1), (2, 2)),
]
CASES = [
    (size, kernel, strides, dilations, padding)
    for size, kernel, (strides, dilations), padding in itertools.product(
        SIZES, KERNELS, STEPS, ("SAME", "VALID")
    )
    if padding == "SAME"
    or all(
        (k - 1) * d < n for k, d, n in zip(kernel, dilations, size, strict=True)
    )
]


def taps(size, kernel, strides, dilations, padding):
    return geometry.taps(
        size, kernel, strides=strides, dilations=dilations, padding=padding
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_taps_are_the_pixels_that_tensorflow_extracts(case):
    """Pixels are numbered from 1, so that 0 is the padding."""
    size, kernel, strides, dilations, padding = case
    height, width = size
    numbered = tf.reshape(tf.range(1.0, height * width + 1), [1, *size, 1])
    found = tf.image.extract_patches(
        numbered,
        sizes=[1, *kernel, 1],
        strides=[1, *strides, 1],
        rates=[1, *dilations, 1],
        padding=padding,
    )
    expected = np.reshape(found, [-1, kernel[0] * kernel[1]]).astype(int) - 1
    expected[expected < 0] = height * width
    ours = taps(*case)
    assert ours.dtype == np.int32
    np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize(
    "case",
    [
        ((3, 4), (2, 2), (1, 1), (1, 1), "SAME"),
        ((4, 3), (3, 2), (2, 1), (1, 1), "VALID"),
        ((4, 4), (2, 2), (1, 1), (2, 1), "SAME"),
        ((3, 3), (5, 5), (2, 2), (1, 1), "SAME"),
    ],
    ids=str,
)
def test_pairs_are_the_pixels_that_meet_under_one_tap(case):
    pixels = taps(*case)
    num_positions, num_taps = pixels.shape
    num_pixels = case[0][0] * case[0][1]
    expected = np.zeros((num_pixels, num_pixels, num_positions, num_positions))
    for s, t in itertools.product(range(num_positions), repeat=2):
        for tap in range(num_taps):
            p, q = pixels[s, tap], pixels[t, tap]
            if p < num_pixels and q < num_pixels:
                expected[p, q, s, t] += 1
    found = geometry.pairs(pixels, num_pixels)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(
        found, expected.reshape(num_pixels**2, num_positions**2)
    )
    assert expected.max() == 1
