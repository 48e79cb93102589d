"""Checks that a peer computes the same clipped sum of the same records."""

import pathlib
import tempfile

import numpy as np
import tensorflow as tf

from benchmarks import cases
from benchmarks import critics
from benchmarks import inputs
from benchmarks import private_steps
from benchmarks.peers import client
from dpgan_tf import errors
from dpgan_tf.privacy import clipping
from dpgan_tf.privacy import engines
from dpgan_tf.privacy import grouping

TOLERANCE = 1e-4
"""Largest difference allowed, relative to the sum's largest entry."""


def compare(
    *, peer: str, case: str, batch: int, chunk_size: int, peers_python: str
) -> dict[str, float]:
    """Compare a peer's clipped sum of gradients with ours.

    Args:
      peer: one of `client.MODULES`.
      case: one of `cases.CASES`.
      batch: number of records; about half of them are clipped.
      chunk_size: chunk size of the peer.
      peers_python: interpreter of the peers.

    Returns:
      The largest difference, relative to the largest entry.

    Raises:
      UserError: if the difference is larger than `TOLERANCE`.
    """
    given = inputs.draw(cases.CASES[case], batch)
    bound, ours = _our_sum(cases.CASES[case], given)
    wanted = {"case": case, "batch": batch, "chunk_size": chunk_size}
    module = client.MODULES[peer]
    with (
        client.running(peer, python=peers_python, module=module) as process,
        tempfile.TemporaryDirectory() as folder,
    ):
        sent, answered = (pathlib.Path(folder, f"{i}.npz") for i in "io")
        inputs.save(sent, given)
        process.ask(
            {
                "clipped_sum": wanted,
                "inputs": str(sent),
                "outputs": str(answered),
                "clip_norm": bound * (1 - clipping.ROUNDING_SLACK),
            }
        )
        with np.load(answered) as arrays:
            theirs = [arrays[f"arr_{i}"] for i in range(len(ours))]
    return {"largest_difference": _difference(ours, theirs, name=peer)}


def _our_sum(
    case: cases.Case, given: inputs.Inputs
) -> tuple[float, list[np.ndarray]]:
    """Return the median norm, as clip norm, and the clipped sum."""
    critic = critics.build(case, given.weights)
    differentiate = private_steps.gradient_fn(
        critic,
        engines.choose("ghost", critic),
        tf.constant(given.fakes),
        tf.constant(given.mixes),
    )
    indices = tf.range(len(given.images), dtype=tf.int64)
    _, gradients = differentiate(
        tf.constant(given.images), tf.zeros_like(indices), indices
    )
    squares = tf.reduce_sum(gradients.squared_norms(), axis=1)
    bound = float(np.median(np.sqrt(squares)))
    num_variables = len(critic.trainable_variables)
    shares = tf.fill([num_variables], bound / num_variables**0.5)
    total = clipping.clip_and_sum(
        gradients,
        tf.ones_like(indices, tf.bool),
        groups=grouping.fixed([0] * num_variables)(shares),
    )
    return bound, [part.numpy() for part in total.gradients]


def _difference(ours, theirs, *, name: str) -> float:
    largest = max(np.abs(part).max() for part in ours)
    differences = [
        np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)
    ]
    found = float(np.max(differences) / largest)  # NaN if any is NaN.
    if not found <= TOLERANCE:
        raise errors.UserError(
            f"peer {name}: its clipped sum differs from ours by {found:.2g} "
            f"of the largest entry; expected at most {TOLERANCE:g}."
        )
    return found
