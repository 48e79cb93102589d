import io
import sys
import threading
import time

import pytest

from dpgan_tf import progress


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_bars_within_bars_move_no_cursor_of_a_log(monkeypatch, depth):
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    bars = [
        progress.bar(f"bar {i}", total=2, unit="step") for i in range(depth)
    ]
    for bar in reversed(bars):
        bar.update(2)
        bar.refresh()
        bar.close()
    assert "\x1b" not in log.getvalue()
    assert f"bar {depth - 1}" in log.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_hears_what_is_waited_for_and_then_how_long(monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr(progress, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(progress, "_LOG_SECONDS", 0.01)
    with progress.waiting("pricing"):
        while "so far" not in log.getvalue():
            time.sleep(0.01)
    said = log.getvalue()
    time.sleep(0.05)
    assert said.startswith("pricing\npricing: 0 seconds so far\n")
    assert log.getvalue() == said and "\r" not in said


def test_what_is_done_at_once_is_not_said_in_a_log(monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with progress.waiting("pricing"):
        pass
    assert log.getvalue() == ""


def test_a_terminal_has_a_clock(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_CLOCK_SECONDS", 0.01)
    with progress.waiting("pricing"):
        time.sleep(0.05)
    assert terminal.getvalue().count("pricing (00:00)") > 1


def test_an_error_ends_the_waiting(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    before = threading.active_count()
    with pytest.raises(KeyError), progress.waiting("pricing"):
        raise KeyError
    assert threading.active_count() == before
