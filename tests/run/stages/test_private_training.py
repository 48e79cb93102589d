"""Private steps are those that the ledger charges, of the data it is of."""

import dataclasses
import types

import pytest

from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import budgets
from dpgan_tf.run import fitting
from dpgan_tf.run import training
from dpgan_tf.run.callbacks import ledger_guard
from dpgan_tf.run.callbacks import progress_bars
from dpgan_tf.run.stages import private_training
from tests import tiny_run
from tests.run import plain_runs


def _require_charged(mechanism, header):
    """Compare what draws with what is priced."""
    for name in (
        "noise_multiplier",
        "num_groups",
        "sampling_probability",
        "expected_batch_size",
        "effective_noise_multiplier",
    ):
        assert getattr(mechanism, name) == header[name], name


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("noise_multiplier", 0.5),
        ("sampling_probability", 0.5),
        ("expected_batch_size", 2),
    ],
)
def test_noise_that_was_not_priced_is_not_drawn(tmp_path, name, factor):
    """Neither by the machine that charges, nor by another."""
    recipe = tiny_run.recipe(tmp_path, clipping="fixed")
    budget = budgets.build_budget(recipe)
    value = factor * getattr(budget.mechanism, name)
    assert value != getattr(budget.mechanism, name)
    other = dataclasses.replace(budget.mechanism, **{name: value})
    model = types.SimpleNamespace(mechanism=other)
    with pytest.raises(privacy_errors.PrivacyError, match="not the one"):
        private_training.train(
            recipe, None, budget, None, model, None, data_dir=tmp_path
        )
    with pytest.raises(privacy_errors.PrivacyError, match="not the one"):
        private_training.follow(recipe, budget, None, model, team=None)


def test_a_run_checks_its_mechanism_before_an_attempt(tmp_path, monkeypatch):
    build = training._build

    def quieter(*args):
        model = build(*args)
        model.mechanism = dataclasses.replace(
            model.mechanism,
            noise_multiplier=model.mechanism.noise_multiplier / 2,
        )
        return model

    monkeypatch.setattr(training, "_build", quieter)
    with pytest.raises(privacy_errors.PrivacyError, match="not the one"):
        plain_runs.train(tmp_path)
    entries = tiny_run.ledger_entries(tmp_path)
    assert [entry["kind"] for entry in entries] == ["header"]


def test_no_draw_is_made_that_is_not_on_disk_as_charged(tmp_path, monkeypatch):
    """Before every step the ledger is read again, from its file."""
    ledger = tmp_path / "run/private/ledger.jsonl"
    seen = []

    class Spy(ledger_guard.Closing):
        def on_train_batch_begin(self, batch, logs=None):
            drawn = self.model.permit.num_drawn
            after = drawn + self.model.num_critic_steps
            seen.append((after, ledgers.read(ledger).charged_steps))

    original = fitting.fit

    def spied(model, batches, num_rounds, beside):
        extra = []
        if hasattr(model, "permit"):
            extra.append(Spy())
            _require_charged(model.mechanism, ledgers.read(ledger).header)
        original(model, batches, num_rounds, [*beside, *extra])

    monkeypatch.setattr(fitting, "fit", spied)
    plain_runs.train(tmp_path, steps__checkpoint_every=8)
    assert seen == [(n, 8) for n in (2, 4, 6, 8)] + [(10, 12), (12, 12)]


def test_an_error_in_a_step_gives_nothing_back(tmp_path, monkeypatch):
    """Nobody knows whether the step that failed had drawn its noise."""

    def fail(self, batch, logs=None):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(progress_bars.ProgressBar, "on_train_batch_end", fail)
    with pytest.raises(RuntimeError, match="out of memory"):
        plain_runs.train(tmp_path, warm_start__num_steps=0)
    entries = tiny_run.ledger_entries(tmp_path)
    assert [entry["kind"] for entry in entries] == [
        "header",
        "attempt",
        "reserve",
    ]


def test_what_was_lost_is_told_and_nothing_where_nothing_was(capsys):
    for charged, said in ((9, "so far 9 noisy critic steps"), (6, "")):
        ledger = types.SimpleNamespace(charged_steps=charged)
        private_training._tell_of_lost_steps(ledger, num_kept=6)
        found = capsys.readouterr().err
        assert said in found and bool(found) == bool(said)
