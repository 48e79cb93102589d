"""Tells a process's seconds to its stages, which it watches from outside.

A stage is what the package itself shows as its progress (`progress.waiting`,
`progress.bar`), or a function of `FUNCTIONS`. Every moment belongs to the
stage that began last and goes on: the parts add up to the whole. Other threads
do not count, since the main one waits for what it needs.
"""

import contextlib
import functools
import importlib
import os
import pathlib
import threading
import time
from collections.abc import Callable, Iterator
from unittest import mock

from dpgan_tf import progress

REST = "between the stages"

FUNCTIONS = {
    "ledger": ("dpgan_tf.run.stages.run_ledger", "open_or_begin"),
    "moments": ("dpgan_tf.privacy.summary.class_moments", "take"),
    "surrogates": ("dpgan_tf.run.summary.surrogates", "draw"),
    "directions": ("dpgan_tf.run.summary.feature_rows", "projection"),
    "moments of features": ("dpgan_tf.privacy.summary.class_features", "take"),
    "building networks": ("dpgan_tf.run.assembly", "build_networks"),
    "warm start": ("dpgan_tf.run.stages.warm_start", "train"),
    "fit": ("dpgan_tf.run.summary.fit", "once"),
    "building the model": ("dpgan_tf.run.gans", "build_dpgan"),
    "release": ("dpgan_tf.run.stages.release", "write_generator"),
    "scores": ("dpgan_tf.run.stages.release", "score"),
    "claim": ("dpgan_tf.run.stages.release", "write_claim"),
}
"""Stages without progress of their own, or with several: module, function.

A function that another version of the package lacks is not watched: its time
belongs to what calls it.
"""


class Stopwatch:
    """Seconds by stage.

    Attributes:
      seconds: seconds of each stage, in the order in which they began; a stage
        within another one has both names, with " / " between them.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        """Start.

        Args:
          now: clock, in seconds.
        """
        self._now = now
        self._open: list[str] = []
        self._last = now()
        self._thread = threading.current_thread()
        self.seconds: dict[str, float] = {}

    def begin(self, stage: str) -> Callable[[], None]:
        """Begin a stage.

        Args:
          stage: name of the stage.

        Returns:
          A function that ends it, whose further calls do nothing.
        """
        if threading.current_thread() is not self._thread:
            return lambda: None
        self._tell()
        outer = self._open[-1] if self._open else ""
        name = " / ".join(filter(None, (outer, stage)))
        if outer.rpartition(" / ")[2] == stage:
            name = outer
        self._open.append(name)
        self.seconds.setdefault(name, 0.0)
        is_over = False

        def end():
            nonlocal is_over
            if not is_over:
                self._tell()
                self._open.remove(name)
                is_over = True

        return end

    def stop(self) -> None:
        """Tell the time since the last stage to `REST`."""
        self._tell()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage.

        Args:
          name: name of the stage.

        Yields:
          Nothing.
        """
        end = self.begin(name)
        try:
            yield
        finally:
            end()

    def _tell(self) -> None:
        now = self._now()
        owner = self._open[-1] if self._open else REST
        self.seconds[owner] = self.seconds.get(owner, 0.0) + now - self._last
        self._last = now


@contextlib.contextmanager
def watching(watch: Stopwatch) -> Iterator[None]:
    """Tell a watch what the package does meanwhile.

    Args:
      watch: the watch.

    Yields:
      Nothing.
    """
    with contextlib.ExitStack() as stack:

        def replace(module, name, watched):
            original = getattr(module, name)
            stack.enter_context(
                mock.patch.object(module, name, watched(watch, original))
            )

        replace(progress, "waiting", _watched_waiting)
        replace(progress, "bar", _watched_bar)
        for stage, (module_name, name) in FUNCTIONS.items():
            with contextlib.suppress(ImportError, AttributeError):
                replace(
                    importlib.import_module(module_name),
                    name,
                    functools.partial(_watched_function, stage=stage),
                )
        yield


def age() -> float:
    """Return the seconds since this process began."""
    fields = pathlib.Path("/proc/self/stat").read_text().rpartition(")")[2]
    began = int(fields.split()[19]) / os.sysconf("SC_CLK_TCK")
    return float(pathlib.Path("/proc/uptime").read_text().split()[0]) - began


def _watched_waiting(watch, original):
    @contextlib.contextmanager
    def waiting(title):
        with watch.stage(title), original(title):
            yield

    return waiting


def _watched_bar(watch, original):
    def bar(title, **options):
        made, end = original(title, **options), watch.begin(title)
        close = made.close

        def close_and_end():
            close()
            end()

        made.close = close_and_end
        return made

    return bar


def _watched_function(watch, original, *, stage):
    @functools.wraps(original)
    def function(*arguments, **options):
        with watch.stage(stage):
            return original(*arguments, **options)

    return function
