"""The ghost engine on the shipped critics, against one record at a time."""

import contextlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import networks
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import vectorized
from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import engine as ghost
from tests.privacy.ghost import reference

NETWORKS = {
    "28x28": ((28, 28, 1), 4, 3),
    "48x48": ((48, 48, 3), 8, 3),
    "64x64": ((64, 64, 3), 4, 4),
}
MOST_NETWORKS = pytest.mark.parametrize(
    "network",
    ["28x28", pytest.param("48x48", marks=pytest.mark.slow), "64x64"],
)
SHAPE = (28, 28, 1)


def build(shape, width, num_convolutions):
    keras.utils.set_random_seed(3)
    critic = networks.build_critic(
        shape, width=width, num_convolutions=num_convolutions
    )
    rng = np.random.default_rng(3)
    for variable in critic.trainable_variables:
        if len(variable.shape) == 1:
            variable.assign(0.1 * rng.normal(size=variable.shape))
    return critic


@pytest.fixture(scope="module")
def small():
    return build(SHAPE, 4, 3)


def compare(critic, records, loss, *, monkeypatch=None, form=None):
    loss_fn = reference.LOSSES[loss](critic)
    expected = reference.one_at_a_time(loss_fn, critic, records)
    forced = contextlib.nullcontext()
    if form is not None:
        forced = reference.forced(monkeypatch, form)
    with forced:
        values, gradients = ghost.differentiate(loss_fn, critic, records)
        reference.assert_gradients_equal(gradients, expected.gradients)
    np.testing.assert_allclose(values, expected.losses, rtol=1e-5, atol=1e-5)
    return loss_fn, expected


@pytest.mark.parametrize("form", reference.FORMS)
@MOST_NETWORKS
def test_the_shipped_critics_have_the_reference_norms_and_clipped_sums(
    network, form, monkeypatch
):
    shape, width, num_convolutions = NETWORKS[network]
    critic = build(shape, width, num_convolutions)
    records = reference.records(4, shape)
    compare(critic, records, "penalized", monkeypatch=monkeypatch, form=form)


@MOST_NETWORKS
def test_both_engines_clip_the_shipped_critics_alike(network):
    shape, width, num_convolutions = NETWORKS[network]
    critic = build(shape, width, num_convolutions)
    records = reference.records(4, shape, num_draws=2, seed=1)
    loss_fn, expected = compare(critic, records, "penalized")
    values, gradients = vectorized.differentiate(loss_fn, critic, records)
    np.testing.assert_allclose(values, expected.losses, rtol=1e-5)
    reference.assert_gradients_equal(gradients, expected.gradients)
    found = ghost.differentiate(loss_fn, critic, records)[1]
    explicit = [g.numpy() for g in gradients.gradients]
    reference.assert_gradients_equal(found, explicit)


def test_the_published_mnist_critic_agrees_in_its_own_mix_of_forms():
    critic = build(SHAPE, 64, 3)
    compare(critic, reference.records(3, SHAPE), "penalized")


@pytest.mark.parametrize("form", reference.FORMS)
@pytest.mark.parametrize("loss", reference.LOSSES)
def test_losses_with_and_without_penalty_agree(small, loss, form, monkeypatch):
    records = reference.records(3, SHAPE, seed=2)
    compare(small, records, loss, monkeypatch=monkeypatch, form=form)


@pytest.mark.parametrize("num_draws", [1, 2, 3])
def test_a_loss_over_many_draws_of_a_record_agrees(
    small, num_draws, monkeypatch
):
    records = reference.records(2, SHAPE, num_draws=num_draws)
    compare(
        small,
        records,
        "penalized",
        monkeypatch=monkeypatch,
        form="explicit in blocks of 2",
    )


@pytest.mark.parametrize("together", [1, 2])
def test_the_rule_sees_norms_block_by_block_or_all_at_once(
    small, together, monkeypatch
):
    """A record's factors are in its own place, and none are beyond the end."""
    records = reference.records(5, SHAPE)
    loss_fn = reference.penalized(small)
    expected = reference.one_at_a_time(loss_fn, small, records).gradients
    seen = []

    def rule(squares, places):
        seen.append(places.numpy().tolist())
        some = expected_squares[places.numpy()]
        np.testing.assert_allclose(squares, some, rtol=1e-3, atol=1e-9)
        weights = 1 / (2.0 + tf.cast(places, tf.float64))
        return tf.repeat(weights[:, None], squares.shape[1], axis=1)

    expected_squares = reference.norms_of(expected) ** 2
    bounds = tf.constant(np.sqrt(expected_squares.max(axis=0)))
    monkeypatch.setattr(costs, "_MOST_RECORDS", 3)
    with reference.forced(monkeypatch, "explicit"):
        _, gradients = ghost.differentiate(loss_fn, small, records)
        _, sums = gradients.weighted_sum(rule, bounds=bounds, together=together)
    blockwise = [[0, 1, 2], [3, 4, 4]]
    assert seen == (blockwise if together == 1 else [[0, 1, 2, 3, 4]])
    weights = 1 / (2.0 + np.arange(5))
    for bound, total, gradient in zip(bounds, sums, expected, strict=True):
        np.testing.assert_allclose(
            total,
            np.tensordot(weights, gradient, axes=1),
            atol=2e-5 * float(bound),
        )


@pytest.mark.parametrize("form", reference.FORMS)
@pytest.mark.parametrize("padding", [0.0, 7.0, 1e30, np.nan, np.inf])
def test_padding_adds_nothing_whatever_it_holds(
    small, padding, form, monkeypatch
):
    records = reference.records(5, SHAPE)
    mask = np.array([True, False, True, True, False])
    expected = reference.one_at_a_time(
        reference.penalized(small), small, records
    )
    groups = reference.random_groups("weight_bias", expected.gradients)
    images = np.where(mask[:, None, None, None], records[0], padding)
    padded = (tf.constant(images, tf.float32), *records[1:])
    with reference.forced(monkeypatch, form):
        _, gradients = ghost.differentiate(
            reference.penalized(small), small, padded
        )
        total = reference.assert_sums_equal(
            gradients, expected.gradients, groups, mask
        )
    assert total.num_records == 3


@pytest.mark.parametrize("engine", [ghost, vectorized])
def test_the_statistics_are_those_of_the_reference(small, engine):
    records = reference.records(5, SHAPE)
    mask = np.array([True, True, False, True, True])
    loss_fn = reference.penalized(small)
    expected = reference.one_at_a_time(loss_fn, small, records).gradients
    groups = reference.random_groups("weight_bias", expected, seed=4)
    _, gradients = engine.differentiate(loss_fn, small, records)
    total = clipping.clip_and_sum(gradients, tf.constant(mask), groups=groups)
    _, num_clipped = reference.clipped_sum(expected, mask, groups)
    assert 0 < num_clipped.sum() < 4 * len(num_clipped)
    np.testing.assert_array_equal(total.num_clipped, num_clipped)
    norms = reference.norms_of(expected) ** 2 @ groups.membership.numpy()
    np.testing.assert_allclose(
        total.sum_of_norms, np.sqrt(norms)[mask].sum(0), rtol=1e-5
    )
    assert total.num_records == 4


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(form, marks=[pytest.mark.slow] * (form != "gram"))
        for form in reference.FORMS
    ],
)
def test_any_number_of_records_is_one_graph(small, form, monkeypatch):
    loss_fn = reference.penalized(small)
    everyone = reference.records(5, SHAPE)
    expected = reference.one_at_a_time(loss_fn, small, everyone).gradients
    groups = reference.random_groups("weight_bias", expected)

    @tf.function(
        input_signature=[
            [
                tf.TensorSpec([None, *SHAPE]),
                tf.TensorSpec([None, 1, *SHAPE]),
                tf.TensorSpec([None, 1]),
            ],
            tf.TensorSpec([None], tf.bool),
        ]
    )
    def step(records, mask):
        losses, gradients = ghost.differentiate(loss_fn, small, tuple(records))
        return losses, clipping.clip_and_sum(gradients, mask, groups=groups)

    with reference.forced(monkeypatch, form):
        for num in (5, 1, 3):
            part = [tensor[:num] for tensor in everyone]
            losses, total = step(part, np.ones(num, bool))
            assert losses.shape == [num]
            sums, _ = reference.clipped_sum(
                [g[:num] for g in expected], np.ones(num, bool), groups
            )
            for ours, theirs in zip(total.gradients, sums, strict=True):
                size = np.linalg.norm(groups.clip_norms)
                on_grid = np.sqrt(theirs.size) / 2 * 2.0**-20
                off = np.linalg.norm(ours - theirs)
                assert off <= (1e-5 + on_grid) * num * size
    assert step.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("engine", [ghost, vectorized])
def test_a_graph_is_traced_once_more_and_then_fits_every_size(small, engine):
    loss_fn = reference.wasserstein(small)

    @tf.function(reduce_retracing=True)
    def norms(*records):
        return engine.differentiate(loss_fn, small, records)[1].squared_norms()

    for num in (2, 3, 1, 4, 5):
        found = norms(*reference.records(num, SHAPE))
        assert found.shape == [num, len(small.trainable_variables)]
    assert norms.experimental_get_tracing_count() == 2


@pytest.mark.parametrize("form", reference.FORMS)
def test_a_chunk_of_one_record_agrees(small, form, monkeypatch):
    records = reference.records(1, SHAPE)
    compare(small, records, "penalized", monkeypatch=monkeypatch, form=form)


def test_a_weight_that_the_loss_does_not_touch_has_the_gradient_zero(small):
    image = keras.Input((4,))
    touched = keras.layers.Dense(3, name="touched")(image)
    untouched = keras.layers.Dense(2, name="untouched")(image)
    critic = keras.Model(image, [touched, untouched])

    def loss_fn(images):
        return tf.reduce_sum(critic(images)[0] ** 2, axis=1)

    records = tf.constant(
        np.random.default_rng(0).normal(size=(3, 4)), "float32"
    )
    expected = reference.one_at_a_time(loss_fn, critic, records).gradients
    _, gradients = ghost.differentiate(loss_fn, critic, records)
    reference.assert_gradients_equal(gradients, expected)
    np.testing.assert_array_equal(gradients.squared_norms()[:, 2:], 0)
