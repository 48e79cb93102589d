"""Tells the milliseconds of one critic step to the operations that take them.

TensorFlow's profiler records when each operation of the compiled graph begins
and ends. Operations run on several threads, so that they may add up to more
than the step takes; what is left is Python, waiting and scheduling.
"""

import collections
import pathlib
import statistics
import tempfile
from collections.abc import Callable, Iterable, Mapping

import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

from benchmarks import cases
from benchmarks import forms
from benchmarks import inputs
from benchmarks import timing

_NUM_WARM_UPS = 3
_HOST_TRACER_LEVEL = 3  # Operations of TensorFlow, too.
_CPU = "CPU"
_PICOSECONDS_IN_MS = 1e9


def measure(
    *, case: str, batch: int, form: str, chunk_size: int, num_steps: int
) -> dict[str, object]:
    """Take steps, first alone and then under the profiler.

    Args:
      case: one of `cases.CASES`.
      batch: number of records.
      form: one of `cases.FORMS`.
      chunk_size: largest number of records in a chunk, for private forms.
      num_steps: number of steps of both kinds.

    Returns:
      `ms`, the median of the steps alone, and by type of operation in `ops`
      `ms` and `count` in one step, the longest first.
    """
    chosen = cases.CASES[case]
    given = inputs.draw(chosen, batch)
    step = forms.build(form, chosen, given, chunk_size=chunk_size)
    for _ in range(_NUM_WARM_UPS):
        step()
    times = [timing.timed(step)() for _ in range(num_steps)]
    return {
        "ms": statistics.median(times),
        "ops": by_type(_events(step, num_steps), num_steps),
    }


def by_type(
    events: Iterable[tuple[str, float]], num_steps: int
) -> dict[str, Mapping[str, float]]:
    """Add up operations of one type.

    Args:
      events: names of operations, "path/name:Type", and their milliseconds;
        other names, such as "Class::Method", are of no operation.
      num_steps: number of steps that they are of.

    Returns:
      See `measure`.
    """
    total: collections.Counter[str] = collections.Counter()
    count: collections.Counter[str] = collections.Counter()
    for name, ms in events:
        path, colon, kind = name.rpartition(":")
        is_operation = colon and kind.isidentifier() and path[-1:] != ":"
        if is_operation:
            total[kind] += ms
            count[kind] += 1
    return {
        kind: {"ms": ms / num_steps, "count": count[kind] / num_steps}
        for kind, ms in total.most_common()
    }


def _events(
    step: Callable[[], None], num_steps: int
) -> Iterable[tuple[str, float]]:
    """Yield the names and milliseconds of what the processor did in steps."""
    options = tf.profiler.experimental.ProfilerOptions(
        host_tracer_level=_HOST_TRACER_LEVEL
    )
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder, options=options):
            for _ in range(num_steps):
                step()
        (path,) = pathlib.Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
    for plane in space.planes:
        if _CPU in plane.name:
            for line in plane.lines:
                for event in line.events:
                    name = plane.event_metadata[event.metadata_id].name
                    yield name, event.duration_ps / _PICOSECONDS_IN_MS
