"""The measured critics are the published ones, in every description."""

import math

import numpy as np
import pytest

from benchmarks import cases
from benchmarks import critics
from benchmarks import inputs

SIZES = {
    "mnist": 1_030_144,
    "celeba48": 4_124_928,
    "lsun64": 4_314_752,
    "mlp": 784 * 512 + 512 + 512 * 256 + 256 + 256,
}
TINY = {
    "conv": cases.Case(
        name="tiny_conv",
        image_shape=(6, 5, 3),
        convolutions=(2, 4),
        vectorized_ms=1,
    ),
    "dense": cases.Case(
        name="tiny_dense",
        image_shape=(3, 3, 1),
        hidden=(4, 3),
        vectorized_ms=1,
    ),
}


@pytest.mark.parametrize("name", cases.CASES)
def test_parameters_are_as_many_as_published(name):
    shapes = cases.CASES[name].weight_shapes()
    assert sum(map(math.prod, shapes)) == SIZES[name]


@pytest.mark.parametrize("name", TINY)
def test_keras_critics_have_the_weights_that_are_described(name):
    case = TINY[name]
    given = inputs.draw(case, 3)
    for build in (critics.build, critics.build_with_keras_activation):
        critic = build(case, given.weights)
        found = critic.get_weights()
        for mine, wanted in zip(found, given.weights, strict=True):
            np.testing.assert_array_equal(mine, wanted)


@pytest.mark.parametrize("name", TINY)
def test_both_activations_give_the_same_scores(name):
    case = TINY[name]
    given = inputs.draw(case, 3)
    scores = [
        build(case, given.weights)(given.images).numpy()
        for build in (critics.build, critics.build_with_keras_activation)
    ]
    np.testing.assert_allclose(*scores, rtol=1e-6, atol=1e-6)


def test_inputs_survive_a_file(tmp_path):
    given = inputs.draw(TINY["conv"], 2)
    path = tmp_path / "inputs.npz"
    inputs.save(path, given)
    found = inputs.load(path)
    for mine, wanted in zip(found.weights, given.weights, strict=True):
        np.testing.assert_array_equal(mine, wanted)
    for mine, wanted in zip(found[1:], given[1:], strict=True):
        np.testing.assert_array_equal(mine, wanted)


def test_only_the_vectorized_form_is_left_out_and_says_why():
    case = cases.Case(name="slow", image_shape=(2, 2, 1), vectorized_ms=500)
    why = case.left_out("private_vectorized", 100, limit_s=30)
    assert why == "about 50 s a step, limit 30 s"
    assert not case.left_out("private_vectorized", 60, limit_s=30)
    assert not case.left_out("private_ghost", 100, limit_s=30)
