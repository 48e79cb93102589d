"""How much noise is too much."""

import math

import pytest

from dpgan_tf.run import noise_levels


@pytest.mark.parametrize(
    ("length", "word"),
    [
        (0.0, ""),
        (0.06, ""),  # The most of the presets.
        (0.13, ""),  # The paper's own setting on MNIST.
        (0.15, ""),
        (math.nextafter(0.15, 1), "poor"),
        (10.0, "poor"),
        (math.nextafter(10, 11), "hopeless"),
        (math.inf, "hopeless"),
    ],
)
def test_noise_is_judged_by_its_length(length, word):
    assert noise_levels.judge(length) == word
