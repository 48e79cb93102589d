"""Time and memory of private steps against n, classes and image size.

The trainer is the real one, on pictures that it reads from ArrayRecord files;
the expected batch size does not depend on n, so neither should a step.
"""

import itertools
import pathlib
import statistics
import tempfile
import time
from collections.abc import Mapping

from benchmarks import memory
from benchmarks import picture_store
from benchmarks import scaling
from benchmarks import timing
from benchmarks import trainer
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.run import data as run_data

_SQUARES = 7
"""Squares of equal pixels along a side of a picture, about as many bytes as a
digit; sides are multiples of it, or nearly."""

_NUM_READ_AHEAD = 4
_NUM_CRITIC_STEPS = 4


def measure(
    *,
    num_records: int,
    side: int,
    num_classes: int,
    batch: int,
    width: int,
    data_dir: str,
    rounds: Mapping[str, float],
) -> dict[str, object]:
    """Write a data set, measure steps on it, and remove it.

    Args:
      num_records: number n of records.
      side: height and width of a picture, of one channel.
      num_classes: number of classes that the networks see.
      batch: expected size m of a batch.
      width: the critic's first channels, and half of the generator's last.
      data_dir: folder for the data set.
      rounds: fields of `timing.Rounds`.

    Returns:
      Of the training: `open_s`, seconds to open the records; `draw_ms`, of a
      Poisson sample with its pictures, made alone; `step_ms`, of a critic step
      with a part of the generator's, all with quartiles; `peak` in MiB.
    """
    with tempfile.TemporaryDirectory(dir=data_dir, prefix="scale_") as folder:
        store = pathlib.Path(folder) / "pictures"
        picture_store.write(
            store,
            num_records,
            shape=(side, side, 1),
            num_classes=num_classes,
            square=_square(side),
        )
        memory.forget_peak()
        recipe = _recipe(store, num_records, num_classes, batch, width)
        return _measure(recipe, timing.Rounds(**rounds))


def measure_workers(*, data_dir: str) -> dict[str, object]:
    """Time one machine and two; see `scaling.measure`.

    Args:
      data_dir: folder of MNIST.
    """
    return scaling.measure(data_dir)


def _square(side: int) -> int:
    """Return a divisor of the side that gives about `_SQUARES` squares."""
    divisors = [d for d in range(1, side + 1) if side % d == 0]
    return min(divisors, key=lambda d: abs(side / d - _SQUARES))


def _recipe(
    store: pathlib.Path,
    num_records: int,
    num_classes: int,
    batch: int,
    width: int,
) -> recipes.Recipe:
    """Return a recipe without public records, and little to prepare."""
    return recipes.change(
        presets.get("mnist_basic"),
        {
            "data.source": str(store),
            "data.public_fraction": 0.0,
            "data.num_private_examples": num_records,
            "networks.conditional": num_classes > 1,
            "networks.critic_width": width,
            "networks.generator_width": 2 * width,
            "steps.expected_batch_size": batch,
            "steps.num_critic_steps": _NUM_CRITIC_STEPS,
            "steps.num_steps": 100 * _NUM_CRITIC_STEPS,
            "budget.target_delta": 0.1 / num_records,
        },
    )


def _measure(
    recipe: recipes.Recipe, rounds: timing.Rounds
) -> dict[str, object]:
    start = time.perf_counter()
    data = run_data.load(recipe, data_dir="")
    opened = time.perf_counter() - start
    model, batches = trainer.build(recipe, data)
    steps = timing.interleave({"step": trainer.whole(model, batches)}, rounds)
    draws = _times_of_drawing(batches, rounds.least)
    return {
        "num_rounds": len(steps["step"]),
        "open_s": opened,
        **_per_step("step", steps["step"]),
        **_per_step("draw", draws),
        "peak": memory.held_mib("VmHWM"),
    }


def _per_step(name: str, times: list[float]) -> dict[str, object]:
    """Return a median and quartiles of a round's times, for one step."""
    each = [ms / _NUM_CRITIC_STEPS for ms in times]
    return {
        f"{name}_ms": statistics.median(each),
        f"{name}_ms_quartiles": timing.quartiles(each),
    }


def _times_of_drawing(batches, num_rounds: int) -> list[float]:
    """Return the milliseconds of rounds of batches, each read at once."""
    source = iter(batches)
    for _ in range(_NUM_READ_AHEAD):
        next(source)
    times = []
    for _ in itertools.repeat(None, num_rounds):
        times.append(timing.timed(lambda: next(source))())
    return times
