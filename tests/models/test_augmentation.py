"""Shifts: what moves where, who meets which, and that the bound holds."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import augmentation
from dpgan_tf.models import decoupled
from tests.models import tiny


def test_pixels_move_and_borders_are_repeated():
    image = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1)
    down = augmentation.shift(
        tf.constant(image), tf.constant([[1, 0]], tf.int64)
    )
    np.testing.assert_array_equal(down[0, :, :, 0], image[0, [0, 0, 1], :, 0])
    left = augmentation.shift(
        tf.constant(image), tf.constant([[0, -2]], tf.int64)
    )
    np.testing.assert_array_equal(
        left[0, :, :, 0], image[0, :, :, 0][:, [2, 3, 3, 3]]
    )


def test_each_image_has_its_own_shift():
    images = tf.constant(tiny.images(3))
    offsets = tf.constant([[0, 0], [2, 1], [-3, 4]], tf.int64)
    together = augmentation.shift(images, offsets)
    for i in range(3):
        alone = augmentation.shift(images[i : i + 1], offsets[i : i + 1])
        np.testing.assert_array_equal(together[i], alone[0])
    np.testing.assert_array_equal(together[0], images[0])


def test_offsets_are_uniform_and_both_ends_are_reached():
    drawn = augmentation.draw_offsets(
        [3_000], tf.constant([1, 2], tf.int64), most=2
    ).numpy()
    shares = [np.mean(drawn == value) for value in range(-2, 3)]
    np.testing.assert_allclose(shares, 0.2, atol=0.03)


def gan(**settings):
    return tiny.private_gan(
        decoupled.DecoupledDPGAN,
        **{"sigma": 1e-9, "clip_norm": 0.3, "objective": "bce"} | settings,
    )


def noisy_sum(model, *args, **kwargs):
    groups = model.make_groups(model.variable_bounds)
    batch = tiny.private_batch(*args, **kwargs)
    return [8 * g.numpy() for g in model.noisy_gradients(batch, groups)[0]]


@pytest.mark.parametrize("engine", ["ghost", "vectorized"])
def test_a_records_shifts_follow_its_random_id_and_not_its_slot(engine):
    settings = {"largest_shift": 3, "draws_per_record": 2, "engine": engine}
    images, indices = tiny.images(5), np.array([7, 3, 50, 12, 200])
    order = [4, 2, 0, 3, 1]
    (first, again, other), _ = tiny.updates(
        gan(**settings),
        [
            tiny.private_batch(images, random_ids=indices),
            tiny.private_batch(images[order], random_ids=indices[order]),
            tiny.private_batch(images, random_ids=indices + 1),
        ],
    )
    assert 8 * tiny.distance(first, again) < 1e-4
    assert 8 * tiny.distance(first, other) > 1e-3


@pytest.mark.parametrize("draws_per_record", [1, 3])
def test_one_record_moves_the_sum_by_its_bound_whatever_its_views(
    draws_per_record,
):
    settings = {"largest_shift": 3, "draws_per_record": draws_per_record}
    images = tiny.images(6)
    more = np.append(images, 50 * tiny.images(1, seed=4), axis=0)
    moved = tiny.distance(
        noisy_sum(gan(**settings), images), noisy_sum(gan(**settings), more)
    )
    assert 0.2 < moved <= 0.3 * (1 + 1e-3)


def test_views_are_averaged_before_the_clip(monkeypatch):
    """One record under two shifts that are known, and a bound that binds."""
    shifts = tf.constant([[3, -2], [-3, 1]], tf.int64)
    monkeypatch.setattr(
        augmentation,
        "draw_offsets",
        lambda shape, key, *, most: tf.tile(shifts[None], [shape[0], 1, 1]),
    )
    settings = {"largest_shift": 3, "draws_per_record": 2, "groups": "single"}
    model, image = gan(**settings), tiny.images(1)
    gradients = []
    for shift in tf.unstack(shifts):
        with tf.GradientTape() as tape:
            score = model.critic(augmentation.shift(image, shift[None]))[0, 0]
            loss = tf.nn.softplus(-score)
        variables = [v.value for v in model.critic.trainable_variables]
        gradients.append([g.numpy() for g in tape.gradient(loss, variables)])
    mean = [(one + two) / 2 for one, two in zip(*gradients, strict=True)]
    zero = [np.zeros_like(part) for part in mean]
    length = tiny.distance(mean, zero)
    assert length < 0.99 * np.mean([tiny.distance(g, zero) for g in gradients])
    bound = float(0.5 * length)
    clipped = [bound / length * part for part in mean]
    found = noisy_sum(gan(clip_norm=bound, **settings), image)
    assert tiny.distance(found, clipped) < 1e-3 * bound


def test_fakes_are_seen_as_records_are_by_both_networks():
    model, fakes = gan(largest_shift=2), tf.constant(tiny.images(4))
    seen = model.as_critic_sees(fakes, purpose=-1)
    assert np.any(seen.numpy() != fakes.numpy())
    again = model.as_critic_sees(fakes, purpose=-1)
    np.testing.assert_array_equal(seen, again)
    same = gan().as_critic_sees(fakes, purpose=-1)
    np.testing.assert_array_equal(same, fakes)
    shifted, still = gan(largest_shift=2), gan()
    shifted.generator_step()
    still.generator_step()
    updates = [
        [v.numpy() for v in one.generator.trainable_variables]
        for one in (shifted, still)
    ]
    assert tiny.distance(*updates) > 0
