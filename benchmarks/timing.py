"""Steps timed in turns, so that what slows the machine slows all of them."""

import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Step = Callable[[], float]
"""Takes one step and returns the milliseconds that it took."""

# Thread pools spin for a while after a step; the next one starts without.
_PAUSE_SECONDS = 0.01


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rounds:
    """How often every step is taken.

    Attributes:
      warm_up: rounds that are discarded: tracing, first allocations.
      least: rounds that count, however long they take.
      most: rounds that count at most.
      seconds: no round begins after this time, once there are `least`.
    """

    warm_up: int = 2
    least: int = 5
    most: int = 15
    seconds: float = 120.0


def timed(step: Callable[[], object]) -> Step:
    """Return a step that times itself.

    Args:
      step: returns when all its work is done.
    """

    def timed_step():
        start = time.perf_counter()
        step()
        return 1e3 * (time.perf_counter() - start)

    return timed_step


def interleave(
    steps: Mapping[str, Step], rounds: Rounds
) -> dict[str, list[float]]:
    """Take every step once a round; each round begins with another one.

    Args:
      steps: by name.
      rounds: how many.

    Returns:
      For each name its milliseconds, one entry for each round that counts.
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
    """Compare all forms with the fastest of some.

    Args:
      times: milliseconds of each form, round by round.
      references: forms whose smallest median is what all are compared with.

    Returns:
      The `reference`, `num_rounds`, and in `forms` for each form `ms` and
      `ratio` (median of the rounds' ratios to the reference), both with
      their quartiles.
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
    """Return the lower and the upper quartile.

    Args:
      values: at least one.
    """
    if len(values) == 1:
        return [values[0], values[0]]
    cuts = statistics.quantiles(values, n=4, method="inclusive")
    return [cuts[0], cuts[2]]
