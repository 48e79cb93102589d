"""The precision in which a run's public products are computed.

`auto` becomes float32 or bfloat16 before the run begins, so that its recipe
says what was computed, goes on with it, and repeats it on another machine.
"""

import math
import os
import pathlib
import statistics
import time
from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.models import losses
from dpgan_tf.models import rounded
from dpgan_tf.run import assembly
from dpgan_tf.run import team as teams

AUTO = "auto"
_KEY = "networks.precision"

_CLEARLY = 1.25
"""Least speedup for which fewer bits are worth it."""

_SECONDS = 0.5
"""Time of a measurement, after a first step of either precision."""

_FEWEST, _MOST_VALUES = 8, 2**16
"""The fewest images in a measured step, and the most values of all of them."""

_PROCESSOR = pathlib.Path("/proc/cpuinfo")
_INSTRUCTIONS = {"amx_bf16", "avx512_bf16"}


def as_begun(
    recipe: recipes.Recipe, run_dir: str | os.PathLike
) -> recipes.Recipe:
    """Return the recipe with the precision that an existing run began with.

    Args:
      recipe: recipe that may leave the precision open.
      run_dir: the run's folder, which need not exist.
    """
    config = run_files.RunFiles(pathlib.Path(run_dir)).config
    if recipe.networks.precision != AUTO or not config.exists():
        return recipe
    networks = run_files.read_json(config).get("networks")
    kept = networks if isinstance(networks, Mapping) else {}
    return recipes.change(
        recipe, {_KEY: kept.get("precision", rounded.FLOAT32)}
    )


def settled(
    recipe: recipes.Recipe,
    form: records.Form,
    *,
    team: teams.Team = teams.ALONE,
) -> recipes.Recipe:
    """Return the recipe of a new run with a precision, measured if need be.

    Args:
      recipe: recipe that may leave the precision open.
      form: form of an example.
      team: the devices of the private steps; several take no measurement,
        since they could differ.

    Raises:
      UserError: if bfloat16 is asked for, and a network cannot be copied.
    """
    if recipe.networks.precision == rounded.BFLOAT16:
        _require_copies(recipe, form)
    if recipe.networks.precision != AUTO:
        return recipe
    chosen, why = _chosen(recipe, form, team)
    progress.note(f"precision: {chosen} ({why})")
    return recipes.change(recipe, {_KEY: chosen})


def _require_copies(recipe: recipes.Recipe, form: records.Form) -> None:
    for network in assembly.build_networks(recipe, form):
        rounded.network(network, rounded.BFLOAT16)


def _chosen(
    recipe: recipes.Recipe, form: records.Form, team: teams.Team
) -> tuple[str, str]:
    """Return a precision, and why."""
    if team.strategy is not None:
        return rounded.FLOAT32, "the same on all devices"
    if not has_bfloat16():
        return rounded.FLOAT32, "only processors with bfloat16 are measured"
    try:
        found = speedup(recipe, form)
    except errors.UserError:
        return rounded.FLOAT32, "a network cannot be copied"
    why = f"bfloat16 is {found:.2f} times as fast here"
    return (rounded.BFLOAT16 if found >= _CLEARLY else rounded.FLOAT32), why


def has_bfloat16() -> bool:
    """Return whether this machine computes on a processor with bfloat16."""
    if tf.config.list_physical_devices("GPU") or not _PROCESSOR.exists():
        return False
    return not _INSTRUCTIONS.isdisjoint(_PROCESSOR.read_text().split())


def speedup(recipe: recipes.Recipe, form: records.Form) -> float:
    """Return how many times as fast generator steps are in bfloat16.

    Args:
      recipe: recipe with the networks' sizes.
      form: form of an example.

    Raises:
      UserError: if a network cannot be copied.
    """
    networks = assembly.build_networks(recipe, form)
    exact, fewer = (
        _generator_step(recipe, form, *networks, precision=precision)
        for precision in (rounded.FLOAT32, rounded.BFLOAT16)
    )
    for first in (exact, fewer):
        first()
    ratios = list[float]()
    end = time.perf_counter() + _SECONDS
    while not ratios or time.perf_counter() < end:
        ratios.append(_seconds(exact) / _seconds(fewer))
    return statistics.median(ratios)


def _generator_step(
    recipe: recipes.Recipe,
    form: records.Form,
    critic: keras.Model,
    generator: keras.Model,
    *,
    precision: str,
) -> Callable[[], tf.Tensor]:
    """Return a function that computes the gradient of a generator step."""
    judge, maker = (
        rounded.network(network, precision) for network in (critic, generator)
    )
    num = min(
        recipe.steps.generator_batch_size,
        max(_FEWEST, _MOST_VALUES // math.prod(form.shape)),
    )
    latents = tf.random.stateless_normal(
        [num, recipe.networks.latent_dim], [0, 0]
    )
    num_classes = assembly.num_classes(recipe, form)
    labels = (
        tf.range(num, dtype=tf.int64) % num_classes if num_classes else None
    )

    def step():
        with tf.GradientTape() as tape:
            inputs = losses.with_labels(latents, labels)
            fakes = maker(inputs, training=True)
            loss = losses.generator_loss(judge, fakes, labels=labels)
        gradients = tape.gradient(loss, generator.trainable_variables)
        return tf.linalg.global_norm(gradients)

    return tf.function(
        step, jit_compile=recipe.steps.jit_compile
    ).get_concrete_function()


def _seconds(step: Callable[[], tf.Tensor]) -> float:
    begin = time.perf_counter()
    step().numpy()
    return time.perf_counter() - begin
