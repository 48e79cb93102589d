import numpy as np
import pytest

from dpgan_tf.audit import audit
from dpgan_tf.audit import canaries
from dpgan_tf.audit import keys
from dpgan_tf.audit import steps
from dpgan_tf.audit import summaries
from tests.audit import reports
from tests.audit import tiny

CASE = tiny.case(summary=(3.0,), together=3.0, num_steps=2)


def make():
    with pytest.MonkeyPatch.context() as patch:
        reports.without_search(patch, factor=1.5)
        return audit.make(CASE, num_canaries=400, seed=7)


@pytest.fixture(scope="module")
def made():
    return make()


def test_a_seed_repeats_an_audit(made):
    again = make()
    np.testing.assert_array_equal(made.scores, again.scores)
    assert made.found == again.found


def test_spoiled_canaries_come_on_top(made):
    assert len(made.canaries) == 420
    assert made.canaries.is_spoiled.sum() == 20


def test_a_score_is_that_of_the_summary_and_of_the_steps(monkeypatch):
    monkeypatch.setattr(steps, "take", lambda *_: np.array([1.0, 2.0]))
    monkeypatch.setattr(summaries, "take", lambda *_: np.array([0.5, 0.0]))
    made_keys = keys.make(1)
    two = canaries.toss(2, num_spoiled=0, generator=made_keys.coins)
    assert audit.score(CASE, two, made_keys).tolist() == [1.5, 2.0]
