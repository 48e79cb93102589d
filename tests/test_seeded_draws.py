"""What a key or a seed means: numbers that no change of the code may change."""

import json
import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.models import decoupled
from dpgan_tf.models import dpgan
from dpgan_tf.models import public_draws
from dpgan_tf.models import purposes
from dpgan_tf.models import wgan_gp
from dpgan_tf.privacy import noise
from dpgan_tf.privacy.ledger import header
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.release import latents
from tests.models import tiny

GOLDEN = json.loads(
    (pathlib.Path(__file__).parent / "golden" / "draws.json").read_text()
)
KEY = [0x1234_5678_9ABC_DEF0, -77, 5, 6]  # Philox uses two.
PURPOSES, KINDS = purposes.Purpose, purposes.Kind


def draws_of(step, *, num_classes=5, largest_count=0):
    """Return draws whose fakes are the latents."""
    latent = keras.Input((3,))
    label = keras.Input((), dtype="int64")
    return public_draws.PublicDraws(
        keras.Model([latent, label], keras.layers.Identity()(latent)),
        steps=tf.Variable(step, dtype=tf.int64),
        seed=11,
        num_classes=num_classes,
        largest_count=largest_count,
    )


def keys_of_steps():
    return [
        draws_of(step)._key(purpose, kind).numpy()
        for step in (0, 7)
        for purpose in PURPOSES
        for kind in KINDS
    ]


def fakes_and_labels():
    found = []
    for purpose in PURPOSES:
        draws = draws_of(3)
        labels = draws.labels(4, purpose=purpose)
        fakes, mixes = draws.fakes(4, purpose=purpose, labels=labels)
        found.append(np.concatenate([np.ravel(fakes), mixes, labels]))
    return found


def counts_of_rows():
    draws = draws_of(3, largest_count=1)
    draws._generator = lambda inputs, training: tf.fill([4, 9], 0.5)
    return [
        draws.fakes(4, purpose=p, labels=tf.range(4, dtype=tf.int64))[0]
        for p in PURPOSES
    ]


def noise_of_steps():
    return [
        np.concatenate(
            [
                np.ravel(value)
                for value in noise.add_gaussian(
                    [tf.zeros([2, 2], tf.float64), tf.zeros([3], tf.float64)],
                    tf.constant([1.0, 2.5], tf.float64),
                    sampler=header.PHILOX,
                    key=tf.constant(KEY, tf.int64),
                    step=tf.constant(step, tf.int64),
                )
            ]
        )
        for step in (0, 1, 99)
    ]


def keys_of_a_seed():
    return [
        keys.from_seed(4, attempt=attempt, purpose=purpose).as_integers()[:2]
        for purpose in ("noise", "sampling", "summary")
        for attempt in (0, 2)
    ]


def samples_of_a_release():
    drawn = latents.block_latents(5, 2, latent_dim=2)
    halves = tf.fill([latents.BLOCK_SIZE, 4], 0.5)
    counts = latents.block_counts(halves, 5, 2, largest=3)
    return [np.ravel(drawn)[:8], np.ravel(counts)[:32]]


def batches_of_records():
    images = np.arange(64, dtype=np.uint8).reshape(16, 2, 2, 1)
    (private,) = pipelines.poisson_batches(
        records.PrivateRecords(images, np.arange(16)),
        sampling_probability=0.4,
        chunk_size=16,
        key=np.array(KEY, np.int64),
        steps_per_round=1,
        sampler=header.PHILOX,
    ).take(1)
    (public,) = pipelines.public_batches(
        records.PublicRecords(images, np.arange(16)),
        batch_size=5,
        seed=8,
        steps_per_round=1,
    ).take(1)
    batch = private[0]
    return [
        batch.labels[batch.mask],
        batch.random_ids[batch.mask],
        np.sort(public[0].labels),
    ]


DRAWS = {
    function.__name__: function
    for function in (
        keys_of_steps,
        fakes_and_labels,
        counts_of_rows,
        noise_of_steps,
        keys_of_a_seed,
        samples_of_a_release,
        batches_of_records,
    )
}


@pytest.mark.parametrize("name", DRAWS)
def test_what_is_drawn_for_a_key_stays(name):
    found = [np.asarray(values) for values in DRAWS[name]()]
    for values, wanted in zip(found, GOLDEN[name], strict=True):
        if values.dtype.kind == "i":
            np.testing.assert_array_equal(values, wanted)
        else:  # Processors differ in the last bits of a logarithm.
            wanted = np.asarray(wanted, values.dtype)
            np.testing.assert_array_max_ulp(values, wanted, maxulp=8)


def steps_of(kind):
    """Take a round, and return which keys were asked for, in their order."""
    settings = {
        "num_critic_steps": 1,
        "num_classes": tiny.NUM_CLASSES,
        "objective": "bce",
    }
    if kind is wgan_gp.WGANGP:
        networks = tiny.parts(num_classes=tiny.NUM_CLASSES)
        model = kind(*networks, batch_size=4, **settings)
        tiny.compiled(model)
    else:
        model = tiny.private_gan(kind, **settings)
    asked = []
    key = model.draws._key

    def remembered(purpose, number):
        asked.append([int(purpose), int(number)])
        return key(purpose, number)

    model.draws._key = remembered
    private, public = tiny.private_batch(tiny.images(2)), tiny.public_batch()
    batch = {
        wgan_gp.WGANGP: public,
        dpgan.DPGAN: private,
        decoupled.DecoupledDPGAN: private,
    }.get(kind, (private, public))
    model.train_step([batch])
    return asked


@pytest.mark.parametrize(
    "kind",
    [
        wgan_gp.WGANGP,
        dpgan.DPGAN,
        dpgan.AdvancedDPGAN,
        decoupled.DecoupledDPGAN,
        decoupled.AdvancedDecoupledDPGAN,
    ],
)
def test_a_round_asks_for_the_same_keys_as_ever(kind):
    assert steps_of(kind) == GOLDEN["rounds"][kind.__name__]
