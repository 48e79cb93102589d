"""A discriminator, and what is made of its answers."""

import numpy as np
import pytest

from dpgan_tf.evaluation.metrics import jensen_shannon
from tests.evaluation import toy


def test_the_jensen_shannon_divergence_has_its_known_values():
    found = jensen_shannon.jensen_shannon(np.array([0.5, 0, 1]))
    np.testing.assert_allclose(
        found, [0, 1.5 - 0.75 * np.log2(3), 1.5 - 0.75 * np.log2(3)]
    )
    assert found[1] == pytest.approx(0.3113, abs=5e-5)


def test_equation_5_as_printed_has_its_known_values():
    """KL(B(.9) | B(.5)) / 2 + KL(B(.5) | B(.9)) / 2, by hand."""
    one = 0.9 * np.log(1.8) + 0.1 * np.log(0.2)
    other = 0.5 * np.log(0.5 / 0.9) + 0.5 * np.log(0.5 / 0.1)
    found = jensen_shannon.half_symmetrised(np.array([0.5, 0.9, 0.0]))
    np.testing.assert_allclose(found[:2], [0, (one + other) / 2], atol=1e-12)
    assert np.isfinite(found[2])


def test_a_discriminator_tells_noise_from_images_but_not_images_from_images():
    real, noise = toy.halves(600, 1), toy.halves(600, 2)
    noise.images[:] = np.random.default_rng(3).integers(
        200, 256, noise.images.shape
    )
    far = toy.run(jensen_shannon, noise, real)
    near = toy.run(jensen_shannon, toy.halves(600, 4), real)
    assert far["js_score"] > 0.25 > 0.15 > near["js_score"]
    assert far["js_score_printed"] > near["js_score_printed"]
