import io
import sys

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
