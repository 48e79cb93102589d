"""The parts of the trainer's iteration, each run alone."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import tensorflow as tf

from benchmarks import timing
from dpgan_tf.config import recipe as recipes
from dpgan_tf.models import dpgan
from dpgan_tf.models import purposes
from dpgan_tf.privacy import noise

GRADIENTS, FAKES, NOISE = "critic gradients", "fakes", "noise"

_NUM_ELEMENTS = 4
# More elements than the input pipeline keeps ready.
_NUM_READY = 6


def alone(
    model: dpgan.DPGAN, batches: tf.data.Dataset, recipe: recipes.Recipe
) -> dict[str, timing.Step]:
    """Return the parts, each run as often as in an iteration.

    `critic gradients` includes the fakes and the noise, since the mechanism
    cannot be split; clipping is part of an engine's work.

    Args:
      model: model from `trainer.build`.
      batches: batches from `trainer.build`.
      recipe: the run's recipe.
    """
    source = iter(batches)
    drawn = [next(source) for _ in range(_NUM_ELEMENTS)]
    spec = batches.element_spec[0]
    is_adaptive = isinstance(model, dpgan.AdvancedDPGAN)
    if is_adaptive:
        public = drawn[0][0][1]
        drawn, spec = [[(b,) for b, _ in r] for r in drawn], spec[0]
    else:
        drawn = [[(b,) for b in r] for r in drawn]
    again = itertools.repeat([()] * recipe.steps.num_critic_steps)
    once = itertools.repeat([()])
    parts = {
        "input pipeline": _time_of_drawing(iter(batches)),
        FAKES: _repeated(_fakes(model, recipe), again),
        GRADIENTS: _repeated(
            _private_gradients(model, spec), itertools.cycle(drawn)
        ),
        NOISE: _repeated(_noise(model), again),
        "critic Adam": _repeated(_critic_adam(model), again),
        "generator step": _repeated(tf.function(model.generator_step), once),
    }
    if is_adaptive:
        parts["adaptive bounds"] = _time_of_bounds(model, recipe, public)
    return {name: _keeping_count(model, step) for name, step in parts.items()}


def _repeated(
    step: Callable[..., Any], rounds: Iterator[Sequence[tuple]]
) -> timing.Step:
    """Return a step that calls another one with each of several arguments."""

    def run():
        for arguments in next(rounds):
            step(*arguments)
        tf.test.experimental.sync_devices()

    return timing.timed(run)


def _keeping_count(model: dpgan.DPGAN, step: timing.Step) -> timing.Step:
    """Return a step that does not change the count of critic steps."""

    def run():
        before = model.steps.numpy()
        found = step()
        model.steps.assign(before)
        return found

    return run


def _time_of_drawing(iterator: Iterator[Any]) -> timing.Step:
    """Return a step that reads elements as fast as they are made."""

    def step():
        for _ in range(_NUM_READY):
            next(iterator)
        start = time.perf_counter()
        for _ in range(_NUM_ELEMENTS):
            next(iterator)
        seconds = (time.perf_counter() - start) / _NUM_ELEMENTS
        # Wait for the pipeline to fill up before anything else is timed.
        time.sleep(_NUM_READY * seconds)
        return 1e3 * seconds

    return step


def _fakes(model: dpgan.DPGAN, recipe: recipes.Recipe):
    @tf.function
    def step():
        num = recipe.steps.expected_batch_size
        labels = model.draws.labels(num, purpose=purposes.Purpose.CRITIC)
        return model.draws.fakes(
            num, purpose=purposes.Purpose.CRITIC, labels=labels
        )

    return step


def _private_gradients(model: dpgan.DPGAN, spec):
    @tf.function(input_signature=[spec])
    def step(batch):
        return model.mechanism.privatize(
            model.make_gradient_fn(),
            batch,
            variables=model.critic.trainable_variables,
            groups=model.make_groups(model.variable_bounds),
            key=model.permit.key,
            step=model.steps,
        )

    return step


def _noise(model: dpgan.DPGAN):
    zeros = [
        tf.zeros(variable.shape, tf.float64)
        for variable in model.critic.trainable_variables
    ]

    @tf.function
    def step():
        return noise.add_gaussian(
            zeros,
            tf.ones([len(zeros)]),
            sampler=model.mechanism.noise_sampler,
            key=model.permit.key,
            step=model.steps,
        )

    return step


def _critic_adam(model: dpgan.DPGAN):
    zeros = [tf.zeros(v.shape) for v in model.critic.trainable_variables]

    @tf.function
    def step():
        model.update_critic(zeros)

    return step


def _time_of_bounds(model, recipe, public) -> timing.Step:
    """Return a step that times estimating the bounds, per iteration."""
    update = tf.function(model.update_bounds)
    share = recipe.steps.num_critic_steps / recipe.clipping.update_every

    def step():
        model.steps.assign(0)
        return share * timing.timed(lambda: update(public))()

    return step
