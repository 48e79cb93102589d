"""Norms from inner products: right, and taken anew where they cancel."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import networks
from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import engine as ghost
from dpgan_tf.privacy.ghost import grams
from dpgan_tf.privacy.ghost import grid as grids
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording
from tests.privacy.ghost import cancelling
from tests.privacy.ghost import reference

SHAPE = (28, 28, 1)
GRID = grids.Grid(bits=21)
NUM = 4


@pytest.fixture(scope="module")
def critic():
    keras.utils.set_random_seed(5)
    made = networks.build_critic(SHAPE, width=4)
    # Large weights, so that rounding is large against small bounds.
    for variable in made.trainable_variables:
        variable.assign(5 * variable)
    return made


def test_cancelled_grams_are_mended(critic, monkeypatch):
    """A Gram matrix forgets a gradient that is small against its terms."""
    records = reference.records(NUM, SHAPE)
    noise = np.random.default_rng(0).normal(size=(NUM, *SHAPE))
    images = records[1].numpy()[:, 0] + 1e-3 * noise
    near = (tf.constant(images, tf.float32), *records[1:])
    loss_fn = reference.wasserstein(critic)
    expected = reference.one_at_a_time(loss_fn, critic, near).gradients
    kernels = [0, 2, 4]
    wanted = reference.norms_of(expected)[:, kernels]
    errors = {}
    for share in (grams._TRUSTED_SHARE, -np.inf):
        monkeypatch.setattr(grams, "_TRUSTED_SHARE", share)
        with reference.forced(monkeypatch, "gram", cancelling_share=0.0):
            _, gradients = ghost.differentiate(loss_fn, critic, near)
            found = np.sqrt(gradients.squared_norms())[:, kernels]
        errors[share] = np.nan_to_num(abs(found / wanted - 1), nan=1.0).max()
    # Two ways to sum float32 terms that are a thousand times their sum.
    forgotten, mended = errors.pop(-np.inf), max(errors.values())
    assert mended < 1e-3 < forgotten


def built(name):
    keras.utils.set_random_seed(1)
    make = cancelling.CRITICS[name]
    return keras.Sequential([keras.Input(cancelling.SHAPE), *make()])


def squared_norms(name, form, noise, monkeypatch, **settings):
    model = built(name)
    records = tuple(
        tf.constant(part) for part in cancelling.chunk_of_twins(4, noise)
    )
    loss_fn = reference.wasserstein(model)
    expected = reference.one_at_a_time(loss_fn, model, records)
    with reference.forced(monkeypatch, form, **settings):
        _, gradients = ghost.differentiate(loss_fn, model, records)
        return (
            gradients.squared_norms().numpy(),
            reference.norms_of(expected.gradients) ** 2,
        )


@pytest.mark.parametrize("form", ["gram", "gram without table"])
@pytest.mark.parametrize("name", cancelling.CRITICS)
def test_norms_that_cancel_are_taken_anew_from_the_gradient(
    name, form, monkeypatch
):
    """Without this, a tenth of them and more would be wrong or negative."""
    taken = []
    exactly = grams.Gram._of_record

    def counted(self, i):
        taken.append(i.numpy().item())
        return exactly(self, i)

    monkeypatch.setattr(grams.Gram, "_of_record", counted)
    found, expected = squared_norms(
        name, form, 1e-3, monkeypatch, cancelling_share=0.0
    )
    np.testing.assert_allclose(found, expected, rtol=1e-2, atol=1e-12)
    assert set(taken) == {0, 1, 2, 3}
    monkeypatch.setattr(grams, "_TRUSTED_SHARE", -np.inf)
    found, expected = squared_norms(
        name, form, 1e-5, monkeypatch, cancelling_share=0.0
    )
    assert (abs(found - expected) > 0.1 * expected).any()


def test_norms_that_do_not_cancel_are_not_taken_anew(monkeypatch):
    def never(self, i):
        raise AssertionError("a norm was taken anew")

    monkeypatch.setattr(grams.Gram, "_of_record", never)
    model = built("dense")
    with reference.forced(monkeypatch, "gram"):
        _, gradients = ghost.differentiate(
            lambda images: model(images)[:, 0],
            model,
            reference.records(4, cancelling.SHAPE)[0],
        )
        gradients.squared_norms()


def convolution_uses(num_uses):
    rng = np.random.default_rng(0)
    operator = operators.Convolution(
        strides=(1, 1), dilations=(1, 1), padding="SAME"
    )
    return [
        recording.Use(
            operator,
            a=tf.constant(rng.normal(size=(3, 4, 4, 2)), tf.float32),
            b=tf.constant(rng.normal(size=(3, 4, 4, 5)), tf.float32),
        )
        for _ in range(num_uses)
    ]


@pytest.mark.parametrize("num_uses", [1, 2, 4])
def test_the_table_of_pixels_gives_the_products_of_patches(num_uses):
    """A pixel meets a pixel once, and not once for each pair of patches."""
    uses = convolution_uses(num_uses)
    shape = tf.TensorShape([3, 3, 2, 5])
    assert costs.fits_table(uses)
    _, by_table = grams._grams(uses, shape)
    patches = [use.operator.patches(use.a, shape) for use in uses]
    assert len(by_table) == num_uses * (num_uses + 1) // 2
    for (u, v), gram in by_table.items():
        expected = tf.matmul(patches[u], patches[v], transpose_b=True)
        assert gram.shape == (3, 16, 16)
        np.testing.assert_allclose(gram, expected, rtol=1e-5, atol=1e-5)


def test_pairs_of_different_uses_count_twice():
    """|A + B|^2 = |A|^2 + 2 <A, B> + |B|^2."""
    shape = tf.TensorShape([3, 3, 2, 5])
    first, second = convolution_uses(2)
    one, other, both = (
        grams.Gram(uses, shape, GRID).squared_norms().numpy()
        for uses in ([first], [second], [first, second])
    )
    products = [
        tf.raw_ops.Conv2DBackpropFilter(
            input=use.a[i : i + 1],
            filter_sizes=shape,
            out_backprop=use.b[i : i + 1],
            strides=[1, 1, 1, 1],
            padding="SAME",
        ).numpy()
        for use in (first, second)
        for i in range(3)
    ]
    mixed = [np.sum(products[i] * products[i + 3]) for i in range(3)]
    np.testing.assert_allclose(
        both, one + 2 * np.array(mixed) + other, rtol=1e-4
    )
