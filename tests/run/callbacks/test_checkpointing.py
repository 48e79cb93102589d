"""What a run goes on from: all of it, and nothing older than its ledger."""

import shutil

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run import fitting
from dpgan_tf.run import rehearsal
from dpgan_tf.run.callbacks import checkpointing
from dpgan_tf.run.callbacks import ledger_guard
from tests import tiny_run
from tests.models import tiny
from tests.privacy import ledgers as examples
from tests.run import lost_runs
from tests.run import plain_runs


def _state(model):
    """Everything that training changes: networks, optimizers, bounds."""
    parts = (
        model.critic,
        model.generator,
        model.averaged_generator,
        model.critic_optimizer,
        model.generator_optimizer,
    )
    variables = [variable for part in parts for variable in part.variables]
    variables.append(model.variable_bounds)
    return [np.array(variable) for variable in variables]


class _Stop(ledger_guard.Closing):
    """Keeps the state after no step and after six, and ends the run."""

    def on_train_begin(self, logs=None):
        self.first_state = _state(self.model)

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.steps.numpy()) == 6:
            self.state = _state(self.model)
            raise KeyboardInterrupt


def test_a_run_goes_on_with_the_state_it_was_stopped_with(
    tmp_path, monkeypatch
):
    fit, stop, begun = fitting.fit, _Stop(), {}

    def first(model, batches, num_rounds, watchers):
        more = [stop] if hasattr(model, "permit") else []
        fit(model, batches, num_rounds, [*watchers, *more])

    def second(model, batches, num_rounds, watchers):
        begun.update(state=_state(model), steps=int(model.steps.numpy()))
        begun["num_rounds"] = num_rounds
        fit(model, batches, num_rounds, watchers)

    monkeypatch.setattr(fitting, "fit", first)
    with pytest.raises(KeyboardInterrupt):
        plain_runs.train(tmp_path)
    monkeypatch.setattr(fitting, "fit", second)
    plain_runs.train(tmp_path)
    assert (begun["steps"], begun["num_rounds"]) == (6, 3)
    for before, after in zip(stop.state, begun["state"], strict=True):
        np.testing.assert_array_equal(before, after)
    # The bounds are last, and did not begin so.
    assert np.any(stop.first_state[-1] != begun["state"][-1])


def test_a_damaged_checkpoint_is_named(copy):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    checkpoints = folder / "run/private/checkpoints/private"
    for index in checkpoints.glob("ckpt-*/*.index"):
        index.write_bytes(index.read_bytes()[:20])
    with pytest.raises(errors.UserError, match="missing or damaged"):
        plain_runs.train(folder, **same)


def test_a_ledger_older_than_its_checkpoint_is_refused(copy):
    """Whoever rolls the ledger back wins no budget."""
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    path = folder / "run/private/ledger.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))
    with pytest.raises(privacy_errors.LedgerError, match="newer than the"):
        plain_runs.train(folder, **same)


def _put_a_file_there(folder):
    folder.write_text("")


def _put_a_dangling_link_there(folder):
    folder.symlink_to(folder.parent / "gone" / "away")


@pytest.mark.parametrize(
    "spoil", [_put_a_file_there, _put_a_dangling_link_there]
)
def test_checkpoints_that_cannot_be_saved_cost_nothing(
    tmp_path, monkeypatch, spoil
):
    changes = {
        "steps.num_steps": 4,
        "warm_start.num_steps": 0,
        "clipping": "fixed",
    }

    def stop(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rehearsal, "rehearse", stop)
        with pytest.raises(KeyboardInterrupt):
            lost_runs.train(tmp_path, **changes)
    folder = run_files.RunFiles(tmp_path / "run").checkpoints("private")
    folder.parent.mkdir(exist_ok=True)
    spoil(folder)
    for _ in range(2):
        with pytest.raises(OSError):
            lost_runs.train(tmp_path, **changes)
    entries = tiny_run.ledger_entries(tmp_path)
    assert [entry["kind"] for entry in entries] == ["header"]


def saved(tmp_path, *, every=4, ledger=None):
    checkpoints = checkpointing.Checkpoints(
        tmp_path / "ckpt", every=every, ledger=ledger
    )
    model = tiny.private_gan()
    assert checkpoints.restore(model) == 0
    return checkpoints, model


def numbers(tmp_path):
    folder = tmp_path / "ckpt"
    return (
        sorted(checkpoint_files.all_numbers(folder)) if folder.exists() else []
    )


def test_a_step_is_saved_when_it_is_due_and_the_last_two_are_kept(tmp_path):
    checkpoints, model = saved(tmp_path)
    kept = []
    for step in range(2, 17, 2):
        model.steps.assign(step)
        checkpoints.on_train_batch_end(0)
        kept.append(numbers(tmp_path))
    assert kept == [[], *[[4]] * 2, *[[4, 8]] * 2, *[[8, 12]] * 2, [12, 16]]


@pytest.mark.parametrize(("is_clean", "expected"), [(True, [3]), (False, [])])
def test_only_a_clean_end_is_saved(tmp_path, is_clean, expected):
    checkpoints, model = saved(tmp_path)
    model.steps.assign(3)
    checkpoints.close(is_clean=is_clean)
    assert numbers(tmp_path) == expected


def test_a_step_is_not_saved_a_second_time(tmp_path):
    checkpoints, model = saved(tmp_path)
    model.steps.assign(4)
    checkpoints.save()
    (path,) = (tmp_path / "ckpt").glob("ckpt-*")
    before = path.stat().st_mtime_ns
    checkpoints.close(is_clean=True)
    assert path.stat().st_mtime_ns == before


def test_a_checkpoint_of_a_ledger_that_went_on_is_restored(tmp_path):
    """The ledger may be newer: a crash costs what was reserved since."""
    ledger = ledgers.Ledger.create(
        tmp_path / "ledger.jsonl", header=examples.header()
    )
    ledger.begin_attempt("a" * 64)
    checkpoints, model = saved(tmp_path, ledger=ledger)
    model.steps.assign(4)
    model.variable_bounds.assign(tf.fill(model.variable_bounds.shape, 7.0))
    checkpoints.save()
    ledger.reserve(10)
    again = tiny.private_gan()
    restoring = checkpointing.Checkpoints(
        tmp_path / "ckpt", every=4, ledger=ledger
    )
    assert restoring.restore(again) == 4
    np.testing.assert_array_equal(again.variable_bounds, 7)
    for one, other in zip(tiny.state(model), tiny.state(again), strict=True):
        np.testing.assert_array_equal(one, other)
    # Nothing is due before four more steps.
    again.steps.assign(7)
    restoring.on_train_batch_end(0)
    assert numbers(tmp_path) == [4]


def test_no_noise_key_is_among_what_is_saved(tmp_path):
    model = tiny.private_gan()
    named = checkpointing.state_of(model)
    assert {"steps", "variable_bounds", "critic_0"} <= set(named)
    secret = tuple(model.permit.key.numpy())
    for variable in named.values():
        assert variable is not model.permit.key
        if variable.dtype.is_integer:
            assert not np.isin(variable.numpy(), secret).any()
