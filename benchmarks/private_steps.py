"""A private critic step: the mechanism with an engine, then Adam."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from benchmarks import cases
from benchmarks import critics
from benchmarks import inputs
from dpgan_tf.models import losses
from dpgan_tf.privacy import batches
from dpgan_tf.privacy import bounds
from dpgan_tf.privacy import engines
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import mechanism as mechanisms


def build(
    case: cases.Case,
    given: inputs.Inputs,
    *,
    engine_name: str,
    chunk_size: int,
) -> Callable[[], object]:
    """Build a critic and its private step.

    Args:
      case: the critic.
      given: weights and records.
      engine_name: "ghost" or "vectorized".
      chunk_size: largest number of records in a chunk.

    Returns:
      A function that takes a step.
    """
    critic = critics.build(case, given.weights)
    adam = critics.adam(critic)
    mechanism, groups = _mechanism(critic, batch_size=len(given.images))
    counter = tf.Variable(0, trainable=False, dtype=tf.int64)
    engine = engines.choose(engine_name, critic)
    batch = in_chunks(given.images, chunk_size)
    fakes = tf.constant(given.fakes), tf.constant(given.mixes)

    # As in training, chunk sizes are not known while tracing.
    @tf.function(input_signature=[_specs(batch), *_fixed_specs(fakes)])
    def step(batch, fakes, mixes):
        gradients, _ = mechanism.privatize(
            gradient_fn(critic, engine, fakes, mixes),
            batch,
            variables=critic.trainable_variables,
            groups=groups,
            key=tf.constant([1, 2, 3, 4], tf.int64),
            step=counter.assign_add(1),
        )
        adam.apply(gradients, critic.trainable_variables)

    return lambda: step(batch, *fakes)


def gradient_fn(
    critic: keras.Model,
    engine: engines.Engine,
    fakes: tf.Tensor,
    mixes: tf.Tensor,
) -> mechanisms.GradientFn:
    """Return a mechanism's gradient function, with one draw per record.

    Args:
      critic: critic D.
      engine: engine from `engines.choose`.
      fakes: G(z), [b, h, w, c]; record i is paired with row i.
      mixes: rho, [b].
    """
    loss = losses.joint_critic_loss if engine.joint_pass else losses.critic_loss

    def loss_fn(records):
        return loss(critic, *records, penalty_weight=cases.PENALTY_WEIGHT)

    def differentiate(images, labels, random_ids):
        del labels
        rows = random_ids[:, None]
        records = images, tf.gather(fakes, rows), tf.gather(mixes, rows)
        return engine.differentiate(loss_fn, critic, records)

    return differentiate


def in_chunks(images: np.ndarray, chunk_size: int) -> batches.PrivateBatch:
    """Split records into chunks of one size, as the pipeline does.

    Args:
      images: float32 [b, h, w, c].
      chunk_size: largest number of records in a chunk.
    """
    num_images = len(images)
    num_chunks = -(-num_images // chunk_size)
    size = -(-num_images // num_chunks)
    num_padded = num_chunks * size - num_images
    padded = np.pad(images, [(0, num_padded)] + [(0, 0)] * 3)
    places = np.arange(num_chunks * size).reshape(num_chunks, size)
    mask = places < num_images
    return batches.PrivateBatch(
        examples=tf.constant(padded.reshape(*places.shape, *images.shape[1:])),
        labels=tf.zeros(places.shape, tf.int64),
        mask=tf.constant(mask),
        random_ids=tf.constant(np.where(mask, places, 0), tf.int64),
    )


def _mechanism(
    critic: keras.Model, *, batch_size: int
) -> tuple[mechanisms.GroupedGaussianMechanism, grouping.Groups]:
    """Return a mechanism with one group per weight and one for all biases.

    Args:
      critic: critic whose variables are grouped.
      batch_size: divisor of the noisy sum.
    """
    variables = critic.trainable_variables
    make_groups, num_groups = grouping.build(
        "weight_bias", [v.shape for v in variables], num_groups=1
    )
    mechanism = mechanisms.GroupedGaussianMechanism(
        noise_multiplier=cases.NOISE_MULTIPLIER,
        num_groups=num_groups,
        sampling_probability=0.01,
        expected_batch_size=float(batch_size),
    )
    norms = bounds.fixed_bounds(cases.CLIP_NORM, num_variables=len(variables))
    return mechanism, make_groups(norms)


def _specs(batch: batches.PrivateBatch) -> batches.PrivateBatch:
    return tf.nest.map_structure(
        lambda tensor: tf.TensorSpec(
            [None, None, *tensor.shape[2:]], tensor.dtype
        ),
        batch,
    )


def _fixed_specs(tensors: Sequence[tf.Tensor]) -> list[tf.TensorSpec]:
    return [tf.TensorSpec.from_tensor(tensor) for tensor in tensors]
