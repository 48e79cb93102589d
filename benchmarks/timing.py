"""Alternating timing, so that what slows the machine slows all steps."""

import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Step = Callable[[], float]
"""Takes one step and returns its milliseconds."""

# Thread pools spin for a while after a step; wait until they are idle.
_PAUSE_SECONDS = 0.01


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rounds:
    """The number of rounds.

    Attributes:
      warm_up: number of discarded rounds: tracing, first allocations.
      least: smallest number of counted rounds, however long they take.
      most: largest number of counted rounds.
      seconds: time after which no round starts, once there are `least`.
    """

    warm_up: int = 2
    least: int = 5
    most: int = 15
    seconds: float = 120.0


def timed(step: Callable[[], object]) -> Step:
    """Return a step that times itself.

    Args:
      step: function that returns once all its work is done.
    """

    def timed_step():
        start = time.perf_counter()
        step()
        return 1e3 * (time.perf_counter() - start)

    return timed_step


def interleave(
    steps: Mapping[str, Step], rounds: Rounds
) -> dict[str, list[float]]:
    """Take every step once per round; each round starts with another step.

    Args:
      steps: steps by name.
      rounds: number of rounds.

    Returns:
      Milliseconds by name, one entry per counted round.
    """
    names = list(steps)
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds.warm_up):
        for name in names:
            steps[name]()
    start = time.monotonic()
    for i in range(rounds.most):
        is_late = time.monotonic() - start > rounds.seconds
        if i >= rounds.least and is_late:
            break
        first = i % len(names)
        for name in names[first:] + names[:first]:
            time.sleep(_PAUSE_SECONDS)
            times[name].append(steps[name]())
    return times


def summarize(
    times: Mapping[str, Sequence[float]], *, references: Sequence[str]
) -> dict[str, object]:
    """Compare all forms with the fastest reference form.

    Args:
      times: milliseconds of each form, per round.
      references: forms; the one with the smallest median is the reference.

    Returns:
      The `reference`, `num_rounds`, and in `forms` each form's `ms` and
      `ratio` (median over rounds of the ratio to the reference), both with
      quartiles.
    """
    medians = {name: statistics.median(times[name]) for name in references}
    reference = min(medians, key=medians.__getitem__)
    forms = {}
    for name, found in times.items():
        ratios = [
            ms / base for ms, base in zip(found, times[reference], strict=True)
        ]
        forms[name] = {
            "ms": statistics.median(found),
            "ms_quartiles": quartiles(found),
            "ratio": statistics.median(ratios),
            "ratio_quartiles": quartiles(ratios),
        }
    return {
        "reference": reference,
        "num_rounds": len(times[reference]),
        "forms": forms,
    }


def quartiles(values: Sequence[float]) -> list[float]:
    """Return the lower and upper quartiles.

    Args:
      values: numbers, at least one.
    """
    if len(values) == 1:
        return [values[0], values[0]]
    cuts = statistics.quantiles(values, n=4, method="inclusive")
    return [cuts[0], cuts[2]]
