"""What a process must be told to record its releases, or to repeat another's.

Noise enters at one place, `noise.add_gaussian`. There a run's noisy values are
recorded together with the sums before noise, and there a second run gets the
first one's in the place of its own. So do the choices of a summary, at
`exponential.choose`, with their scores. What the second run divides sums by,
and whatever else it does, follows from its own records.
"""

import contextlib
import dataclasses
import functools
import hashlib
import os
import pathlib
import secrets
import sys
from unittest import mock

import numpy as np
import tensorflow as tf

from dpgan_tf.claim import about
from dpgan_tf.data import pipelines
from dpgan_tf.data import split as splits
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy import noise
from dpgan_tf.privacy.summary import exponential
from tests.replay import releases

_NEAR = 20
"""One record in so many is drawn just below the threshold, one just above."""

_DISTANCE = 1e-9
"""How near; the q of another number of records is farther away."""

_LARGEST = 1 - 2.0**-20
"""A number that is in no sample."""

_MORE = 10
"""So many times more records than expected are in a sample that differs."""


class Exchange:
    """Records the releases of this process, or hands out another's."""

    def __init__(self, given: pathlib.Path | None) -> None:
        """Read what another process released, if it is to be repeated."""
        self.taken: dict[str, releases.Release] = {}
        self._given = None if given is None else releases.read(given)

    @contextlib.contextmanager
    def patched(self):
        """Let all noise and all choices pass through here."""
        with (
            mock.patch.object(
                noise,
                "add_gaussian",
                functools.partial(self._add_gaussian, noise.add_gaussian),
            ),
            mock.patch.object(
                exponential,
                "choose",
                functools.partial(self._choose, exponential.choose),
            ),
        ):
            yield

    def _choose(self, plain, scores, *, noise_multiplier, words):
        found = plain(scores, noise_multiplier=noise_multiplier, words=words)
        number = len(releases.of(releases.CHOICE, self.taken))
        name = f"{releases.CHOICE}-{number:06}"
        chosen = [np.array([found])]
        if self._given is not None:
            chosen = self._given[name].noisy
        self.taken[name] = releases.Release(
            [scores], np.array([noise_multiplier]), chosen
        )
        return int(chosen[0][0])

    def _add_gaussian(self, plain, values, deviations, *, key, step, **others):
        noisy = plain(values, deviations, key=key, step=step, **others)
        mechanism = sys._getframe(1).f_globals["__name__"].rpartition(".")[2]
        exchanged = tf.numpy_function(
            functools.partial(self._exchange, mechanism, len(values)),
            [tf.convert_to_tensor(key), step, deviations, *values, *noisy],
            [tf.float64] * len(values),
        )
        return [
            tf.ensure_shape(new, old.shape)
            for new, old in zip(tf.nest.flatten(exchanged), noisy, strict=True)
        ]

    def _exchange(self, mechanism, num, key, step, deviations, *both):
        name = releases.name(mechanism, key, step)
        values, noisy = both[:num], both[num:]
        if self._given is not None:
            noisy = self._given[name].noisy
        # All replicas of a step come here, with the same values.
        self.taken[name] = releases.Release(values, deviations, noisy)
        return list(noisy)


@contextlib.contextmanager
def same_entropy():
    """Let what the package draws from the system be the same in all runs.

    Keys, salts and nonces are drawn before any record has an effect on them.
    Their hashes are in the ledger, and that one's is in the claim: if it is
    equal, so is every word of the ledger.
    """
    counts: dict[str, int] = {}
    plain = os.urandom

    def drawn(size):
        caller = sys._getframe(1)
        while caller.f_globals["__name__"] == __name__:
            caller = caller.f_back
        name = caller.f_globals["__name__"]
        if not name.startswith("dpgan_tf."):
            return plain(size)
        counts[name] = counts.get(name, 0) + 1
        return hashlib.shake_256(f"{name} {counts[name]}".encode()).digest(size)

    with (
        mock.patch.object(os, "urandom", drawn),
        mock.patch.object(secrets, "token_bytes", lambda size: drawn(size)),
        mock.patch.object(secrets, "token_hex", lambda size: drawn(size).hex()),
    ):
        yield


@contextlib.contextmanager
def same_day():
    """Let every release be of one day, which is public."""
    plain = about.today

    def today(**given):
        return dataclasses.replace(plain(**given), released_on="2026-01-01")

    with mock.patch.object(about, "today", today):
        yield


def no_fingerprint() -> contextlib.AbstractContextManager:
    """Let the ledger hold no hash of the records.

    It has one under a secret salt, so that a run refuses other records; it
    differs by design, and with it the ledger's last line, which is released.
    """
    return mock.patch.object(splits, "fingerprint", lambda *_, **__: 64 * "0")


@contextlib.contextmanager
def drawn_alike(
    *, probability: float, num: int, special: list[int], missing: int | None
):
    """Let neighbours draw the same samples in every second step.

    In steps of even number a record is drawn by its number among `num` private
    ones, whether or not another is missing; the special ones always are, and
    some of the others by a hair: a different probability would show. In steps
    of odd number the run on all records draws none of them, and the other one
    many, so that no statistic is the same.

    Args:
      probability: declared sampling probability.
      num: number of private records, the missing one included.
      special: numbers of those that are left out by one run or the other.
      missing: number of the record that this run lacks; None for none.
    """
    plain, batches = keystream.uniforms, pipelines.poisson_batches
    numbers = np.arange(num)
    here = numbers if missing is None else np.delete(numbers, missing)
    away = (numbers + 1) * _DISTANCE
    below, above = numbers % _NEAR == 0, numbers % _NEAR == 1

    def alike(step, **settings):
        drawn = plain(num, step=step, **settings)
        drawn = tf.where(below, probability - away, drawn)
        drawn = tf.where(above, np.minimum(probability + away, _LARGEST), drawn)
        is_special = np.isin(numbers, special)
        drawn = tf.where(is_special, drawn * probability, drawn)
        return tf.gather(drawn, here)

    def apart(num_here, step, **settings):
        if missing is None:
            return tf.fill([num_here], tf.constant(_LARGEST, tf.float64))
        return plain(num_here, step=step, **settings) / _MORE

    def uniforms(num_here, *, step, **settings):
        if num_here != len(here):
            raise ValueError(f"{num_here} records, expected {len(here)}")
        return tf.cond(
            step % 2 == 0,
            lambda: alike(step, **settings),
            lambda: apart(num_here, step, **settings),
        )

    def poisson_batches(*args, **settings):
        with mock.patch.object(keystream, "uniforms", uniforms):
            return batches(*args, **settings)

    with mock.patch.object(pipelines, "poisson_batches", poisson_batches):
        yield
