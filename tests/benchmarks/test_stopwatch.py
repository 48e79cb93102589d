"""Every second belongs to one stage, by a clock that is moved by hand."""

import importlib
import threading
import time

import pytest

from benchmarks import stopwatch
from dpgan_tf import progress


class Clock:
    """A clock that goes on only when it is told."""

    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds

    def wait(self, seconds):
        self.seconds += seconds


@pytest.fixture
def clock():
    return Clock()


def test_a_stage_has_its_time_without_that_of_stages_within_it(clock):
    watch = stopwatch.Stopwatch(clock)
    clock.wait(1)
    with watch.stage("fit"):
        clock.wait(2)
        with watch.stage("law"):
            clock.wait(4)
        clock.wait(8)
    with watch.stage("release"):
        clock.wait(16)
    clock.wait(32)
    watch.stop()
    assert watch.seconds == {
        stopwatch.REST: 33,
        "fit": 10,
        "fit / law": 4,
        "release": 16,
    }


def test_a_stage_that_says_its_name_twice_is_one(clock):
    watch = stopwatch.Stopwatch(clock)
    with watch.stage("warm start"):
        clock.wait(1)
        with watch.stage("warm start"):
            clock.wait(2)
    assert watch.seconds == {stopwatch.REST: 0, "warm start": 3}


def test_stages_may_end_in_any_order_and_more_than_once(clock):
    watch = stopwatch.Stopwatch(clock)
    end_outer = watch.begin("a")
    end_inner = watch.begin("b")
    clock.wait(1)
    end_outer()
    end_outer()
    clock.wait(2)
    end_inner()
    clock.wait(4)
    watch.stop()
    assert watch.seconds == {stopwatch.REST: 4, "a": 0, "a / b": 3}


def test_a_stage_that_fails_has_ended(clock):
    watch = stopwatch.Stopwatch(clock)
    with pytest.raises(KeyError), watch.stage("a"):
        clock.wait(1)
        raise KeyError
    clock.wait(2)
    watch.stop()
    assert watch.seconds == {stopwatch.REST: 2, "a": 1}


def test_another_thread_changes_nothing(clock):
    watch = stopwatch.Stopwatch(clock)
    thread = threading.Thread(target=lambda: watch.begin("scores")())
    thread.start()
    thread.join()
    assert not watch.seconds


def test_progress_and_functions_are_watched_and_then_left_alone(
    clock, monkeypatch
):
    monkeypatch.setattr(
        stopwatch,
        "FUNCTIONS",
        {
            "age": ("benchmarks.stopwatch", "age"),
            "gone": ("benchmarks.stopwatch", "no_such_function"),
            "lost": ("benchmarks.no_such_module", "age"),
        },
    )
    before = progress.waiting, progress.bar, stopwatch.age
    watch = stopwatch.Stopwatch(clock)
    with stopwatch.watching(watch):
        with progress.waiting("reading"):
            clock.wait(1)
        with progress.bar("steps", total=2, unit="step") as bar:
            clock.wait(2)
            bar.update(2)
        assert stopwatch.age() > 0
    assert (progress.waiting, progress.bar, stopwatch.age) == before
    assert watch.seconds == {
        stopwatch.REST: 0,
        "reading": 1,
        "steps": 2,
        "age": 0,
    }


@pytest.mark.parametrize("stage", stopwatch.FUNCTIONS)
def test_every_watched_function_is_there(stage):
    module, name = stopwatch.FUNCTIONS[stage]
    assert callable(getattr(importlib.import_module(module), name))


def test_a_process_grows_older_by_the_time_that_passes():
    before = stopwatch.age()
    time.sleep(0.1)
    # Both are hundredths of a second; any machine wakes within two seconds.
    assert 0.08 < stopwatch.age() - before < 2
