"""Charged, lost and kept steps; errors that repeat and cost nothing."""

import json

import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf.claim import check as claim_check
from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import fitting
from dpgan_tf.run.callbacks import ledger_guard
from tests import tiny_run
from tests.run import lost_runs


class _Crash(ledger_guard.Closing):
    """Ends a run in the middle of a step, as no clean stop does."""

    def __init__(self, after):
        super().__init__()
        self._left = after

    def on_train_batch_begin(self, batch, logs=None):
        if not self._left:
            raise MemoryError("killed")
        self._left -= 1


def _crash(folder, monkeypatch, *, after, **changes):
    """Run, and crash once some private steps are taken."""
    fit = fitting.fit

    def crashing(model, batches, num_rounds, watchers):
        more = [_Crash(after)] if hasattr(model, "permit") else []
        fit(model, batches, num_rounds, [*watchers, *more])

    with monkeypatch.context() as patched:
        patched.setattr(fitting, "fit", crashing)
        with pytest.raises(MemoryError):
            lost_runs.train(folder, **changes)


@pytest.mark.parametrize(
    ("num_steps", "crashes"),
    [
        (4, [0]),
        pytest.param(6, [0, 1, 1], marks=pytest.mark.slow),
        pytest.param(5, [2, 1], marks=pytest.mark.slow),
    ],
)
def test_a_run_whose_steps_were_all_lost_is_not_released(
    tmp_path, monkeypatch, num_steps, crashes
):
    """What would be released saw public records only."""
    every = -(-num_steps // len(crashes))
    changes = {"steps.num_steps": num_steps, "steps.checkpoint_every": every}
    for after in crashes:
        _crash(tmp_path, monkeypatch, after=after, **changes)
    for _ in range(2):
        with pytest.raises(
            privacy_errors.PrivacyError, match=f"all {num_steps} charged steps"
        ):
            lost_runs.train(tmp_path, **changes)
    assert not (tmp_path / "run/release").exists()
    kinds = [entry["kind"] for entry in tiny_run.ledger_entries(tmp_path)]
    assert "release" not in kinds


def test_lost_steps_are_told_of_everywhere(tmp_path, monkeypatch, capsys):
    """One reservation of three is lost: 3 of 9 steps, one of them drawn."""
    changes = {"steps.num_steps": 9, "steps.checkpoint_every": 3}
    _crash(tmp_path, monkeypatch, after=4, **changes)
    capsys.readouterr()
    files = lost_runs.train(tmp_path, **changes)
    said = (
        "6 noisy critic steps are charged, of which 3 were lost in a crash "
        "and 3 trained the critic"
    )
    assert f"so far {said}" in capsys.readouterr().err
    said = (
        "9 noisy critic steps are charged, of which 3 were lost in a crash "
        "and 6 trained the critic"
    )
    claim = json.loads((files.release / "privacy.json").read_text())
    numbers = ("num_steps", "num_steps_lost", "num_steps_kept")
    assert [claim[name] for name in numbers] == [9, 3, 6]
    assert said in claim["statement"]
    card = (files.release / "MODEL_CARD.md").read_text()
    assert said in card
    assert "| steps lost in a crash | 3 |" in card
    assert tiny_run.ledger_entries(tmp_path)[-1]["num_kept"] == 6
    findings = claim_check.check_run(files.root)
    assert all(finding.ok for finding in findings), findings
    assert said in findings[0].detail


def test_records_that_cannot_be_read_cost_no_step(tmp_path, monkeypatch):
    """The round that has no batch is given back, as often as it is tried."""
    gatherer = pipelines._gatherer

    def damaged(source):
        def fail(indices):
            raise errors.DatasetError("cat.png: damaged; prepare it anew.")

        if isinstance(source, records.PublicRecords):
            return gatherer(source)
        shape = source.examples.shape[1:]

        def gather(indices):
            read = tf.numpy_function(fail, [indices], tf.float32)
            return tf.ensure_shape(read, [*indices.shape, *shape])

        return gather

    monkeypatch.setattr(pipelines, "_gatherer", damaged)
    for _ in range(2):
        with pytest.raises(errors.DatasetError, match="cat.png: damaged"):
            lost_runs.train(
                tmp_path, steps__num_steps=4, warm_start__num_steps=0
            )
    charged = ledgers.read(tmp_path / "run/private/ledger.jsonl").charged_steps
    assert charged == 0
