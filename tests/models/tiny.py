"""GANs that are small enough for quick steps."""

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf.models import dpgan
from dpgan_tf.models import networks
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism

SHAPE = (28, 28, 1)
NUM_CLASSES = 3


def parts(width=2, num_classes=0):
    keras.utils.set_random_seed(0)
    return (
        networks.build_critic(SHAPE, width=width, num_classes=num_classes),
        networks.build_generator(
            SHAPE, latent_dim=4, width=2, num_classes=num_classes
        ),
    )


def images(num, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (num, *SHAPE)).astype(np.float32)


def private_batch(records, chunk_size=4, random_ids=None, labels=None):
    num_chunks = max(1, -(-len(records) // chunk_size))
    padded = np.zeros((num_chunks * chunk_size, *SHAPE), np.float32)
    padded[: len(records)] = np.reshape(records, (-1, *SHAPE))
    mask = np.arange(len(padded)) < len(records)
    padded_random_ids = np.arange(len(padded))
    if random_ids is not None:
        padded_random_ids[: len(records)] = random_ids
    padded_labels = np.zeros(len(padded), np.int64)
    if labels is not None:
        padded_labels[: len(records)] = labels
    return batches.PrivateBatch(
        tf.constant(padded.reshape(num_chunks, chunk_size, *SHAPE)),
        tf.constant(padded_labels.reshape(num_chunks, chunk_size)),
        tf.constant(mask.reshape(num_chunks, chunk_size)),
        tf.constant(padded_random_ids.reshape(num_chunks, chunk_size)),
    )


def public_batch(num=3, seed=9):
    labels = np.arange(num, dtype=np.int64) % NUM_CLASSES
    return batches.PublicBatch(
        tf.constant(images(num, seed)), tf.constant(labels)
    )


def compiled(model, rate=1e-2):
    model.compile(
        critic_optimizer=keras.optimizers.SGD(rate),
        generator_optimizer=keras.optimizers.SGD(rate),
    )
    return model


def private_gan(
    kind=dpgan.AdvancedDPGAN,
    *,
    sigma=1.0,
    expected=8.0,
    groups="weight_bias",
    allow=100,
    critic=None,
    **settings,
):
    num_classes = settings.get("num_classes", 0)
    made_critic, generator = parts(num_classes=num_classes)
    critic = critic or made_critic
    shapes = [v.shape for v in critic.trainable_variables]
    make_groups, num_groups = grouping.build(groups, shapes, num_groups=2)
    model = kind(
        critic,
        generator,
        mechanism=mechanism.GroupedGaussianMechanism(
            noise_multiplier=sigma,
            num_groups=num_groups,
            sampling_probability=0.1,
            expected_batch_size=expected,
        ),
        make_groups=make_groups,
        **({"batch_size": 4} | settings),
    )
    permit(model, allow)
    return compiled(model)


def permit(model, allow=100):
    """Let a model draw noise, from the first draw of its attempt."""
    model.permit.begin((5, 6, 7, 8))
    model.permit.allow(allow)


def of_any_size(function, arguments):
    """Return a function's graph, traced once for batches of any length."""
    signature = tf.nest.map_structure(
        lambda t: tf.TensorSpec([None, *t.shape[1:]], t.dtype), arguments
    )
    return tf.function(function, input_signature=signature, autograph=False)


def updates(model, batches, *, rate=1e-2):
    """Return the critic's update on each batch, and the last step's logs.

    Every step begins with the same weights, bounds, number and noise, in the
    same graph.

    Args:
      model: a model from `private_gan`.
      batches: batches for the critic step, with any numbers of chunks.
      rate: learning rate of the critic's optimizer.
    """
    take_step = of_any_size(model.critic_step, [batches[0]])
    weights, bounds = model.critic.get_weights(), model.variable_bounds.numpy()
    found = []
    for batch in batches:
        model.critic.set_weights(weights)
        model.variable_bounds.assign(bounds)
        model.steps.assign(0)
        permit(model)
        logs = take_step(batch)
        after = model.critic.get_weights()
        found.append(
            [(a - b) / rate for a, b in zip(weights, after, strict=True)]
        )
    return found, logs


def distance(first, second):
    """Return the norm of the difference of two lists of arrays."""
    squares = [np.sum((a - b) ** 2) for a, b in zip(first, second, strict=True)]
    return np.sqrt(sum(squares))


def state(model):
    """Return all weights of a GAN in one list."""
    return [
        v.numpy()
        for network in (
            model.critic,
            model.generator,
            model.averaged_generator,
        )
        for v in network.variables
    ]
