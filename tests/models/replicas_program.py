"""Takes steps on two replicas and on one; prints what differs, as JSON."""

import json
import sys

import numpy as np
import tensorflow as tf

from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.models import decoupled
from dpgan_tf.models import dpgan
from tests.models import tiny

KINDS = {
    "basic": dpgan.DPGAN,
    "advanced": dpgan.AdvancedDPGAN,
    "decoupled": decoupled.DecoupledDPGAN,
}
NUM_ROUNDS = 2


def build(kind, sigma):
    return tiny.private_gan(kind, sigma=sigma, num_critic_steps=2, allow=99)


def batches_of(kind, share):
    private = pipelines.poisson_batches(
        records.PrivateRecords(tiny.images(40)),
        sampling_probability=0.3,
        chunk_size=4,
        key=np.array([1, 2]),
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
    return model


def together(kind, sigma, *, everything_twice):
    """Take the steps on two replicas.

    Args:
      kind: class of the model.
      sigma: noise multiplier.
      everything_twice: give all records to both replicas, by mistake.
    """
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        model = build(kind, sigma)

    def make(context):
        del context
        if everything_twice:
            return batches_of(kind, pipelines.EVERYTHING).flat_map(
                lambda *e: tf.data.Dataset.from_tensors(e).repeat(2)
            )
        return batches_of(kind, pipelines.Share(num_here=2, num_replicas=2))

    model.fit(
        strategy.distribute_datasets_from_function(make),
        steps_per_epoch=NUM_ROUNDS,
        verbose=0,
    )
    return model


def main():
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    found = {}
    for name, kind in KINDS.items():
        one = [v.numpy() for v in variables_of(alone(kind, 1.0))]
        for twice in (False, True) if name == "basic" else (False,):
            model = together(kind, 1.0, everything_twice=twice)
            pairs = [v.values for v in variables_of(model)]
            found[f"{name}{'_twice' * twice}"] = {
                "moved": max(
                    float(np.max(np.abs(a - b)))
                    for a, b in zip(
                        one,
                        [v.numpy() for v in variables_of(build(kind, 1.0))],
                        strict=True,
                    )
                ),
                "from_one": max(
                    float(np.max(np.abs(a.numpy() - b)))
                    for (a, _), b in zip(pairs, one, strict=True)
                ),
                "between": max(
                    float(np.max(np.abs(a.numpy() - b.numpy())))
                    for a, b in pairs
                ),
                "num_drawn": model.permit.num_drawn,
            }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
