"""Public draws follow from seed, step and purpose, and are what they say."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import public_draws
from dpgan_tf.models import purposes

CRITIC, GENERATOR = purposes.Purpose.CRITIC, purposes.Purpose.GENERATOR


def draws(*, step=0, seed=11, num_classes=0, largest_count=0, chance=None):
    """Return draws whose fakes are the latents, or a chance in every column."""
    latent = keras.Input((3,))
    made = keras.layers.Identity()(latent)
    if chance is not None:
        made = 0 * made + chance
    inputs = [latent]
    if num_classes:
        inputs.append(keras.Input((), dtype="int64"))
    return public_draws.PublicDraws(
        keras.Model(inputs if num_classes else latent, made),
        steps=tf.Variable(step, dtype=tf.int64),
        seed=seed,
        num_classes=num_classes,
        largest_count=largest_count,
    )


def test_draws_differ_by_step_and_purpose_and_repeat_for_a_seed():
    _, first = draws().fakes(4, purpose=CRITIC)
    _, again = draws().fakes(4, purpose=CRITIC)
    np.testing.assert_array_equal(first, again)
    _, other = draws().fakes(4, purpose=purposes.Purpose.BOUNDS)
    assert np.all(first != other)
    _, later = draws(step=1).fakes(4, purpose=CRITIC)
    assert np.all(first != later)


def test_another_seed_gives_other_fakes():
    one, other = (
        draws(seed=seed).fakes(4, purpose=CRITIC)[0].numpy() for seed in (1, 2)
    )
    assert np.all(one != other)


def test_latents_are_standard_normal_and_mixes_uniform():
    fakes, mixes = draws().fakes(30_000, purpose=CRITIC)
    # 90,000 draws: the mean's deviation is 1 / 300, the variance's 1 / 212.
    assert abs(np.mean(fakes)) < 5 / 300
    assert abs(np.var(fakes) - 1) < 5 / 212
    # Kolmogorov and Smirnov: beyond 1.95 / sqrt(n) once in a thousand.
    places = (np.arange(30_000) + 0.5) / 30_000
    assert np.abs(np.sort(mixes) - places).max() < 1.95 / np.sqrt(30_000)
    assert 0 <= np.min(mixes) and np.max(mixes) < 1
    # Five deviations of a correlation.
    assert abs(np.corrcoef(fakes[:, 0], mixes)[0, 1]) < 5 / np.sqrt(30_000)


def test_latents_and_labels_are_not_drawn_alike():
    """One key for both would tie a fake to its label."""
    model = draws(num_classes=2)
    labels = model.labels(30_000, purpose=GENERATOR)
    fakes, _ = model.fakes(30_000, purpose=GENERATOR, labels=labels)
    for column in range(3):
        found = np.corrcoef(fakes[:, column], labels)[0, 1]
        assert abs(found) < 5 / np.sqrt(30_000)


def test_without_classes_there_are_no_labels():
    assert draws().labels(4, purpose=GENERATOR) is None


def test_labels_are_seen_by_the_generator():
    latent, label = keras.Input((3,)), keras.Input((), dtype="int64")
    shown = keras.ops.cast(label, "float32")[:, None] + 0 * latent
    model = public_draws.PublicDraws(
        keras.Model([latent, label], shown),
        steps=tf.Variable(0, dtype=tf.int64),
        seed=11,
        num_classes=5,
        largest_count=0,
    )
    labels = tf.constant([4, 0, 3, 3], tf.int64)
    fakes, _ = model.fakes(4, purpose=CRITIC, labels=labels)
    np.testing.assert_array_equal(fakes[:, 0], labels)


@pytest.mark.parametrize("largest", [1, 4])
def test_rows_are_counts_over_their_largest(largest):
    model = draws(largest_count=largest, chance=0.3)
    fakes, _ = model.fakes(20_000, purpose=CRITIC)
    counts = largest * fakes.numpy()
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-5)
    assert counts.min() == 0 and np.rint(counts.max()) == largest
    # Of a binomial's share: a variance of .21 over largest, in 60,000 draws.
    assert abs(fakes.numpy().mean() - 0.3) < 5 * np.sqrt(0.21 / 60_000)


def test_labels_are_uniform():
    labels = draws(num_classes=3).labels(30_000, purpose=GENERATOR).numpy()
    counts = np.bincount(labels, minlength=3)
    assert len(counts) == 3
    # Five standard deviations of a binomial count.
    assert np.abs(counts - 10_000).max() < 5 * np.sqrt(30_000 * 2 / 9)
