"""What took long is kept in a file, with how long it took."""

import itertools

import pytest

from dpgan_tf.papers import kept


@pytest.fixture
def clock(monkeypatch):
    """Every look at the clock is ten seconds after the one before."""
    ticks = itertools.count(step=10)
    monkeypatch.setattr(kept.time, "monotonic", lambda: next(ticks))


def _interrupted():
    raise KeyboardInterrupt


def _keep(path, make, *, key="a"):
    return kept.keep(path, key, make, command="table")


@pytest.mark.usefixtures("clock")
def test_seconds_are_those_of_all_starts(tmp_path):
    path = tmp_path / "cell" / "scores.json"
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            _keep(path, _interrupted)
        assert kept.find(path, "a") is None
    made = _keep(path, lambda: {"recall": 0.5})
    assert made["seconds"] == 30
    assert made["values"] == {"recall": 0.5}
    assert _keep(path, None) == made
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.usefixtures("clock")
def test_starts_under_another_key_do_not_count(tmp_path):
    path = tmp_path / "scores.json"
    with pytest.raises(KeyboardInterrupt):
        _keep(path, _interrupted, key="b")
    assert _keep(path, dict)["seconds"] == 10
    assert _keep(path, dict, key="b")["seconds"] == 10
