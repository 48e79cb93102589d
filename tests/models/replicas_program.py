"""Takes steps on several replicas and on one; prints what differs, as JSON.

Run with "mirrored", the replicas are two halves of this machine's processor;
with "multi_worker", this process is one of those that TF_CONFIG names. Kinds of
models follow; "basic_twice" gives all records to each replica, by mistake.
"""

import hashlib
import json
import os
import sys

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.models import decoupled
from dpgan_tf.models import dpgan
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism
from dpgan_tf.privacy import per_example
from dpgan_tf.privacy import replicas
from dpgan_tf.run import team as teams
from tests.models import tiny


class Rounded(decoupled.AdvancedDecoupledDPGAN):
    """Multiplies in bfloat16 where no private record is used."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, precision="bfloat16", **kwargs)


KINDS = {
    "basic": dpgan.DPGAN,
    "advanced": dpgan.AdvancedDPGAN,
    "decoupled": decoupled.AdvancedDecoupledDPGAN,
    "rounded": Rounded,
}
NUM_ROUNDS = 2
SIGMA, CLIP_NORM, BATCH_SIZE = 1.5, 0.7, 12.0


def build(kind, sigma):
    return tiny.private_gan(kind, sigma=sigma, num_critic_steps=2, allow=99)


def batches_of(kind, share):
    private = pipelines.poisson_batches(
        records.PrivateRecords(tiny.images(40)),
        sampling_probability=0.3,
        chunk_size=4,
        key=np.array([1, 2, 3, 4]),
        steps_per_round=2,
        share=share,
    )
    if kind is dpgan.DPGAN:
        return private
    public = pipelines.public_batches(
        records.PublicRecords(tiny.images(20, 5)),
        batch_size=4,
        seed=1,
        steps_per_round=2,
        share=share,
    )
    both = tf.data.Dataset.zip(private, public)
    return both.map(lambda *parts: tuple(zip(*parts, strict=True)))


def variables_of(model):
    return [
        variable.value
        for part in (model.critic, model.generator, model.averaged_generator)
        for variable in part.variables
    ]


def alone(kind, sigma):
    model = build(kind, sigma)
    model.fit(
        batches_of(kind, pipelines.EVERYTHING),
        steps_per_epoch=NUM_ROUNDS,
        verbose=0,
    )
    return [variable.numpy() for variable in variables_of(model)]


def together(team, kind, sigma, *, everything_twice):
    """Take the steps on all replicas.

    Args:
      team: a team from `teams.make`.
      kind: class of the model.
      sigma: noise multiplier.
      everything_twice: give all records to each replica, by mistake.
    """
    with team.scope():
        model = build(kind, sigma)

    def make(share):
        if everything_twice:
            return batches_of(kind, pipelines.EVERYTHING).flat_map(
                lambda *e: tf.data.Dataset.from_tensors(e).repeat(2)
            )
        return batches_of(kind, share)

    model.fit(team.distribute(make), steps_per_epoch=NUM_ROUNDS, verbose=0)
    return model


def noise_of_a_million_weights(team):
    """Return the noisy gradient of a critic that no record moves."""
    with team.scope():
        weights = tf.Variable(tf.zeros([1_000_000]))
    noisy_sum = mechanism.GroupedGaussianMechanism(
        noise_multiplier=SIGMA,
        num_groups=1,
        sampling_probability=0.5,
        expected_batch_size=BATCH_SIZE,
    )

    def gradient_fn(examples, labels, random_ids):
        del labels, random_ids
        num = examples.shape[0]
        zeros = tf.zeros([num, weights.shape[0]])
        return tf.zeros([num]), per_example.ExplicitGradients([zeros])

    def draw():
        [gradient], _ = noisy_sum.privatize(
            gradient_fn,
            batches.PrivateBatch(
                examples=tf.zeros([1, 2, 1]),
                labels=tf.zeros([1, 2], tf.int64),
                mask=tf.ones([1, 2], tf.bool),
                random_ids=tf.constant([[0, 1]], tf.int64),
            ),
            variables=[weights],
            groups=grouping.Groups(
                clip_norms=tf.constant([CLIP_NORM]),
                membership=tf.ones([1, 1]),
            ),
            key=tf.constant([3, 4, 5, 6], tf.int64),
            step=tf.constant(0, tf.int64),
        )
        return gradient

    drawn = tf.function(lambda: team.strategy.run(draw))()
    return team.strategy.experimental_local_results(drawn)[0].numpy()


def what_replicas_agree_on(team):
    """Return the moving means of replicas whose batches had other means."""
    with team.scope():
        layer = keras.layers.BatchNormalization(momentum=0.0)
        layer.build([None, 1])

    def step():
        context = tf.distribute.get_replica_context()
        number = tf.cast(context.replica_id_in_sync_group, tf.float32)
        layer(tf.fill([4, 1], 10.0 * number), training=True)
        replicas.agree(layer.non_trainable_variables)
        return tf.identity(layer.moving_mean.value)

    found = tf.function(lambda: team.strategy.run(step))()
    return [float(v) for v in team.strategy.experimental_local_results(found)]


def what_the_chief_says(team):
    """Return numbers that differ by machine, once the chief has spoken."""
    with team.scope():
        shared = tf.Variable([0.0, 0.0])
    shared.assign([0.1 + team.number, 0.2])
    team.share([shared])
    count, key = team.from_chief([7 + team.number, [2**62 + team.number, -3]])
    return [int(count), *key.tolist(), *shared.numpy().tolist()]


def make_team(mode):
    devices = ["CPU:0", "CPU:1"] if mode == "mirrored" else []
    return teams.make(
        mode,
        devices=devices,
        tf_config=os.environ.get("TF_CONFIG"),
        trusted_network=mode == "multi_worker",
    )


def main(mode, *runs):
    team = make_team(mode)
    gradient = noise_of_a_million_weights(team)
    unit = SIGMA * CLIP_NORM / BATCH_SIZE
    found = {
        "noise": float(np.std(gradient)) / unit,
        "agreed": what_replicas_agree_on(team),
    }
    if mode == "multi_worker":
        found["heard"] = what_the_chief_says(team)
    found |= {run: what_differs(team, run) for run in runs}
    json.dump(found, sys.stdout)


def what_differs(team, run):
    """Return how the weights of replicas differ from those of one device."""
    name = run.removesuffix("_twice")
    kind = KINDS[name]
    one = alone(kind, 1.0)
    start = [v.numpy() for v in variables_of(build(kind, 1.0))]
    model = together(team, kind, 1.0, everything_twice=run != name)
    copies = [
        [np.asarray(copy) for copy in variable.values]
        for variable in variables_of(model)
    ]
    return {
        "moved": max(map(_distance, one, start)),
        "from_one": max(
            _distance(copy, alone_there)
            for here, alone_there in zip(copies, one, strict=True)
            for copy in here
        ),
        "weights": sorted(
            {
                hashlib.sha256(
                    b"".join(here[i].tobytes() for here in copies)
                ).hexdigest()
                for i in range(len(copies[0]))
            }
        ),
        "num_drawn": model.permit.num_drawn,
    }


def _distance(a, b):
    return float(np.max(np.abs(a - b)))


if __name__ == "__main__":
    main(*sys.argv[1:])
