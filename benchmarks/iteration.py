"""Times one generator iteration of the real trainer, part by part.

An iteration is one `train_step`: critic steps and a generator step. The whole
is timed as `fit` runs it; each part is timed alone on the same weights,
alternating with the whole. `other` is the remainder; it is negative if the
whole runs two parts at once.
"""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks import iteration_parts
from benchmarks import timing
from benchmarks import trainer
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.run import data as run_data

WHOLE, OTHER = "whole", "other"


def measure(
    *, preset: str, data_dir: str, rounds: Mapping[str, float]
) -> dict[str, dict[str, object]]:
    """Time the iterations of a preset on its real data.

    Args:
      preset: name of the preset.
      data_dir: folder of its data set.
      rounds: fields of `timing.Rounds`.

    Returns:
      See `measure_config`.

    Raises:
      UserError: if the data set is missing.
    """
    recipe = presets.get(preset)
    data = run_data.load(recipe, data_dir=data_dir)
    return measure_config(recipe, data, timing.Rounds(**rounds))


def measure_config(
    recipe: recipes.Recipe, data: run_data.RunData, rounds: timing.Rounds
) -> dict[str, dict[str, object]]:
    """Time the iterations of a configuration.

    Args:
      recipe: the run's recipe.
      data: the run's records.
      rounds: number of rounds.

    Returns:
      For the whole, each part and the remainder: `ms`, `ms_quartiles` and
      `share` of the whole.
    """
    model, batches = trainer.build(recipe, data)
    steps = {WHOLE: trainer.whole(model, batches)}
    steps |= iteration_parts.alone(model, batches, recipe)
    return shares(timing.interleave(steps, rounds))


def shares(
    times: Mapping[str, Sequence[float]],
) -> dict[str, dict[str, object]]:
    """Return the share of each part in the whole.

    Args:
      times: milliseconds per round of `whole`, of `critic gradients` including
        fakes and noise, and of the other parts.

    Returns:
      See `measure_config`.
    """
    parts = {name: list(found) for name, found in times.items()}
    for name in (iteration_parts.FAKES, iteration_parts.NOISE):
        parts[iteration_parts.GRADIENTS] = _less(
            parts[iteration_parts.GRADIENTS], parts[name]
        )
    whole = parts[WHOLE]
    left = whole
    for name, found in parts.items():
        if name != WHOLE:
            left = _less(left, found)
    return {
        name: {
            "ms": statistics.median(found),
            "ms_quartiles": timing.quartiles(found),
            "share": statistics.median(found) / statistics.median(whole),
        }
        for name, found in (parts | {OTHER: left}).items()
    }


def _less(a: Sequence[float], b: Sequence[float]) -> list[float]:
    return [x - y for x, y in zip(a, b, strict=True)]
