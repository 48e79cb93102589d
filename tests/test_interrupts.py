"""Signals: none is forgotten, whatever a library makes of it."""

import contextlib
import signal
import threading

import numpy as np
import pytest
from sklearn import neural_network

from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf.evaluation import plugins
from dpgan_tf.papers import kept
from dpgan_tf.privacy import errors as privacy_errors


def swallow(number=signal.SIGINT):
    """What scikit-learn's perceptron does: catch it, and return early."""
    with contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(number)


class Metric:
    name = "half_trained"
    columns: dict[str, str] = {}

    def __init__(self, stop=swallow):
        self.run = stop


@pytest.fixture(autouse=True)
def handlers_stay_as_they_were():
    before = [signal.getsignal(number) for number in interrupts.SIGNALS]
    yield
    after = [signal.getsignal(number) for number in interrupts.SIGNALS]
    assert before == after


@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_an_interrupt_that_was_caught_is_raised_at_the_end(number):
    with pytest.raises(KeyboardInterrupt), interrupts.heeded() as asked:
        swallow(number)
    assert asked == [number]


@pytest.mark.parametrize(
    "error", [SystemError("an exception set"), OSError(5, "EIO"), ValueError()]
)
def test_an_error_that_a_library_makes_of_it_is_an_interrupt(error):
    with pytest.raises(KeyboardInterrupt) as caught, interrupts.heeded():
        swallow()
        raise error
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("kind", [errors.UserError, privacy_errors.LedgerError])
def test_what_a_user_can_mend_is_said_even_then(kind):
    with pytest.raises(kind), interrupts.heeded():
        swallow()
        raise kind("disk full: free some space.")


def test_other_errors_are_what_they_are():
    with pytest.raises(ValueError), interrupts.heeded():
        raise ValueError


def test_an_inner_block_ends_at_once_and_the_outer_knows():
    after = []
    with pytest.raises(KeyboardInterrupt), interrupts.heeded() as asked:
        with interrupts.heeded():
            swallow(signal.SIGTERM)
        after.append("went on")
    assert asked == [signal.SIGTERM]
    assert not after


@pytest.mark.parametrize("block", [interrupts.heeded, interrupts.deferred])
def test_what_is_ignored_stays_ignored(block):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with block():
            signal.raise_signal(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_a_deferred_signal_acts_after_the_block(number):
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts.heeded() as asked:
        with interrupts.deferred():
            signal.raise_signal(number)
            signal.raise_signal(number)
            done.append("all of it")
        done.append("more")
    assert done == ["all of it"]
    assert asked == [number]


def test_a_deferred_signal_is_not_lost_when_the_block_fails():
    with pytest.raises(KeyboardInterrupt), interrupts.heeded():
        with interrupts.deferred():
            signal.raise_signal(signal.SIGTERM)
            raise OSError


@pytest.mark.parametrize("block", [interrupts.heeded, interrupts.deferred])
def test_other_threads_leave_signals_alone(block):
    def work():
        with block():
            done.append(True)

    done = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_no_score_of_an_interrupted_measure_is_returned():
    later = Metric(lambda metric: pytest.fail("was begun"))
    with pytest.raises(KeyboardInterrupt):
        plugins.judge(
            [Metric(), later], lambda m: m.run() or {"x": 1.0}, title="real"
        )


def test_a_perceptron_that_is_stopped_early_has_no_score(monkeypatch):
    monkeypatch.setattr(
        neural_network.MLPClassifier,
        "_update_no_improvement_count",
        lambda *args: signal.raise_signal(signal.SIGINT),
    )

    def fit(metric):
        pixels = np.eye(20)
        model = neural_network.MLPClassifier(max_iter=5)
        with pytest.warns(UserWarning, match="interrupted"):
            model.fit(pixels, np.arange(20) % 2)
        return {"x": model.score(pixels, np.arange(20) % 2)}

    with pytest.raises(KeyboardInterrupt):
        plugins.judge([Metric()], fit, title="real")


def test_nothing_half_done_is_kept_for_ever(tmp_path):
    path = tmp_path / "cell.json"
    with pytest.raises(KeyboardInterrupt):
        kept.keep(path, "key", lambda: swallow() or {"x": 1}, command="table")
    assert not path.exists()
    found = kept.keep(path, "key", lambda: {"x": 2}, command="table")
    assert found["values"] == {"x": 2}
