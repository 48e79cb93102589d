"""The critic step in JAX: python -m benchmarks.peers.jax_step.

Each record's gradients by jit(vmap(grad)), clipped by their joint norm,
summed, noised; Adam written by hand. Layouts are TensorFlow's.
"""

import sys

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp

from benchmarks import cases
from benchmarks.peers import server


def build(form, case, given, *, chunk_size):
    """See `server.Library.build`."""
    weights = [jnp.asarray(weight) for weight in given.weights]
    zeros = [jnp.zeros_like(weight) for weight in weights]
    records = [jnp.asarray(part) for part in given[1:]]
    state = {"now": (weights, zeros, zeros, jnp.asarray(0))}

    def private_gradients(weights, records, key):
        total = _clipped_sum(
            case, weights, records, cases.CLIP_NORM, chunk_size
        )
        deviation = cases.NOISE_MULTIPLIER * cases.CLIP_NORM
        keys = jax.random.split(key, len(total))
        return [
            (s + deviation * jax.random.normal(k, s.shape)) / len(records[0])
            for s, k in zip(total, keys, strict=True)
        ]

    def plain_gradients(weights, records, key):
        del key
        return jax.grad(lambda w: _mean_loss(case, w, *records))(weights)

    gradients_of = {"private": private_gradients, "plain": plain_gradients}[
        form
    ]

    @jax.jit
    def update(state, records):
        key = jax.random.key(state[-1])
        return _adam(state, gradients_of(state[0], records, key))

    def step():
        state["now"] = jax.block_until_ready(update(state["now"], records))

    return step


def clipped_sum(case, given, *, clip_norm, chunk_size):
    """See `server.Library.clipped_sum`."""
    total = jax.jit(
        lambda weights, records: _clipped_sum(
            case, weights, records, clip_norm, chunk_size
        )
    )(given.weights, given[1:])
    return [np.asarray(part) for part in total]


def _clipped_sum(case, weights, records, clip_norm, chunk_size):
    def loss_of_record(weights, *record):
        return _mean_loss(case, weights, *(part[None] for part in record))

    per_example = jax.vmap(jax.grad(loss_of_record), in_axes=(None, 0, 0, 0))
    total = [jnp.zeros_like(weight) for weight in weights]
    for start in range(0, len(records[0]), chunk_size):
        chunk = [part[start : start + chunk_size] for part in records]
        gradients = per_example(weights, *chunk)
        flat = [g.reshape(len(g), -1) for g in gradients]
        norms = jnp.sqrt(sum(jnp.square(g).sum(axis=1) for g in flat))
        factors = jnp.minimum(1.0, clip_norm / norms)
        total = [
            sums + (factors @ g).reshape(sums.shape)
            for sums, g in zip(total, flat, strict=True)
        ]
    return total


def _mean_loss(case, weights, images, fakes, mixes):
    """Use three passes of the critic: with XLA this is faster than one."""
    rho = mixes[:, None, None, None]
    mixed = rho * images + (1 - rho) * fakes
    slopes = jax.grad(lambda x: _critic(case, weights, x).sum())(mixed)
    squares = jnp.square(slopes).sum(axis=(1, 2, 3))
    norms = jnp.sqrt(jnp.maximum(squares, 1e-12))
    penalties = cases.PENALTY_WEIGHT * jnp.square(norms - 1)
    scores = _critic(case, weights, fakes) - _critic(case, weights, images)
    return (scores[:, 0] + penalties).mean()


def _critic(case, weights, x):
    left = list(weights)
    for _ in case.convolutions:
        kernel, bias = left.pop(0), left.pop(0)
        x = lax.conv_general_dilated(
            x,
            kernel,
            (cases.STRIDE, cases.STRIDE),
            "SAME",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )
        x = jax.nn.leaky_relu(x + bias, cases.LEAKY_SLOPE)
    x = x.reshape(len(x), -1)
    for _ in case.hidden:
        kernel, bias = left.pop(0), left.pop(0)
        x = jax.nn.leaky_relu(x @ kernel + bias, cases.LEAKY_SLOPE)
    return x @ left.pop(0)


def _adam(state, gradients):
    """Return weights, both moments and the number of steps after a step."""
    weights, first, second, num_steps = state
    beta_1, beta_2 = cases.ADAM_BETAS
    num_steps = num_steps + 1
    first = [
        beta_1 * m + (1 - beta_1) * g
        for m, g in zip(first, gradients, strict=True)
    ]
    second = [
        beta_2 * v + (1 - beta_2) * jnp.square(g)
        for v, g in zip(second, gradients, strict=True)
    ]
    rate = cases.LEARNING_RATE * jnp.sqrt(1 - beta_2**num_steps)
    rate = rate / (1 - beta_1**num_steps)
    weights = [
        w - rate * m / (jnp.sqrt(v) + cases.ADAM_EPSILON)
        for w, m, v in zip(weights, first, second, strict=True)
    ]
    return weights, first, second, num_steps


if __name__ == "__main__":
    server.serve(sys.modules[__name__])
