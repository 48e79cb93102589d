"""A ledger is of a run's data and mechanism; no key is used twice."""

import json
import shutil

import numpy as np
import pytest

from dpgan_tf import run_files
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import keystream
from dpgan_tf.privacy.ledger import header
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import fitting
from dpgan_tf.run import team as teams
from dpgan_tf.run import training
from dpgan_tf.run.stages import run_ledger
from tests import tiny_run
from tests.run import plain_runs


def test_other_records_are_refused(tmp_path, monkeypatch):
    """Of a run that was stopped before its private steps."""

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(fitting, "fit", stop)
        with pytest.raises(KeyboardInterrupt):
            plain_runs.train(tmp_path, warm_start__num_steps=0)
    assert ledgers.read(tmp_path / "run/private/ledger.jsonl")
    tiny_run.write_records(tmp_path, seed=1)
    with pytest.raises(privacy_errors.LedgerError, match="another data set"):
        plain_runs.train(tmp_path, warm_start__num_steps=0)


def test_an_edited_ledger_is_refused(copy):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    path = folder / "run/private/ledger.jsonl"
    path.write_text(path.read_text().replace('"num_steps":4', '"num_steps":1'))
    with pytest.raises(privacy_errors.LedgerError):
        plain_runs.train(folder, **same)


def test_a_missing_ledger_beside_a_checkpoint_is_refused(copy):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    (folder / "run/private/ledger.jsonl").unlink()
    with pytest.raises(privacy_errors.LedgerError, match="no ledger"):
        plain_runs.train(folder, **same)


def test_a_mechanism_that_changed_since_is_not_resumed(copy, monkeypatch):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    original = budgets.ledger_header
    monkeypatch.setattr(
        budgets,
        "ledger_header",
        lambda *args: original(*args) | {"budget.noise_multiplier": 99.0},
    )
    with pytest.raises(privacy_errors.LedgerError, match="noise_multiplier"):
        plain_runs.train(folder, **same)


class Attempts:
    """A ledger that knows of some attempts."""

    def __init__(self, num_attempts):
        self.num_attempts = num_attempts


def test_keys_of_noise_and_sampling_are_fresh_from_entropy(tmp_path):
    recipe = tiny_run.recipe(tmp_path)
    made = [
        key.secret
        for _ in range(3)
        for key in run_ledger.draw_keys(recipe, Attempts(0))
    ]
    assert len(set(made)) == 6


def test_seeded_keys_follow_from_seed_and_attempt(tmp_path):
    """So that a run that goes on does not draw its noise again."""
    recipe = tiny_run.recipe(tmp_path, budget__noise_seed=1)
    first, again, later = (
        run_ledger.draw_keys(recipe, Attempts(number)) for number in (0, 0, 1)
    )
    assert first == again
    assert len({key.secret for key in (*first, *later)}) == 4
    noise, _ = first
    assert noise == keys.from_seed(1, attempt=0, purpose="noise")


def test_a_ledger_is_begun_with_the_budgets_numbers_and_opened_again(tmp_path):
    recipe = tiny_run.recipe(tmp_path)
    budget = budgets.build_budget(recipe)
    data = run_data.load(recipe, data_dir=tmp_path)
    (tmp_path / "run").mkdir()
    files = run_files.enter(tmp_path / "run", config_json=recipe.to_json())
    training._describe_data(files, data)
    begun = run_ledger.open_or_begin(recipe, files, budget, data.private)
    for name, value in budgets.ledger_header(recipe, budget).items():
        assert begun.header[name] == value
    again = run_ledger.open_or_begin(recipe, files, budget, data.private)
    assert again.head == begun.head
    assert len(files.ledger.read_text().splitlines()) == 1


class Chief:
    """A team whose chief has a run that was begun with the older sampler."""

    def from_chief(self, numbers):
        assert numbers == [header.NOISE_SAMPLERS.index(header.CHACHA20)]
        return [np.asarray(header.NOISE_SAMPLERS.index(header.PHILOX))]


class Ledger:
    """A ledger with a sampler in its header."""

    def __init__(self, sampler):
        self.header = {"noise_sampler": sampler}


@pytest.mark.parametrize("sampler", header.NOISE_SAMPLERS)
def test_the_ledger_decides_the_sampler(tmp_path, sampler):
    budget = budgets.build_budget(tiny_run.recipe(tmp_path))
    assert budget.mechanism.noise_sampler == header.CHACHA20
    found = run_ledger.with_sampler(budget, teams.ALONE, Ledger(sampler))
    assert found.mechanism.noise_sampler == sampler
    assert found.plan == budget.plan


def test_other_machines_draw_with_the_chiefs_sampler(tmp_path):
    budget = budgets.build_budget(tiny_run.recipe(tmp_path))
    found = run_ledger.with_sampler(budget, Chief(), None)
    assert found.mechanism.noise_sampler == header.PHILOX


@pytest.mark.parametrize(
    "changes", [{"budget__noise_seed": 3}, {"steps__jit_compile": True}]
)
def test_what_cannot_have_a_cipher_keeps_the_older_sampler(tmp_path, changes):
    budget = budgets.build_budget(tiny_run.recipe(tmp_path, **changes))
    assert budget.mechanism.noise_sampler == header.PHILOX


def test_a_run_ends_with_the_sampler_that_it_was_begun_with(
    tmp_path, monkeypatch
):
    """Its ledger names the older one; this version would begin with the new."""

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    def refuse(*args, **kwargs):
        raise AssertionError("a cipher")

    with monkeypatch.context() as patched:
        patched.setattr(fitting, "fit", stop)
        patched.setattr(budgets, "_noise_sampler", lambda _: header.PHILOX)
        with pytest.raises(KeyboardInterrupt):
            plain_runs.train(tmp_path, warm_start__num_steps=0)
    monkeypatch.setattr(keystream, "_chacha20_of_operands", refuse)
    plain_runs.train(tmp_path, warm_start__num_steps=0)
    claim = json.loads((tmp_path / "run/release/privacy.json").read_text())
    assert claim["noise_sampler"] == header.PHILOX
    assert claim["num_steps_kept"] == claim["num_steps"] > 0
    assert claim["noise_generator"].startswith("Philox")


def test_a_new_run_takes_noise_and_samples_from_the_cipher(
    tmp_path, monkeypatch
):
    """Each step asks twice, under two keys, and never for the same stream."""
    asked = []
    real = keystream.chacha20

    def remember(num, *, key, step):
        asked.append((bytes(key), int(step)))
        return real(num, key=key, step=step)

    monkeypatch.setattr(keystream, "chacha20", remember)
    plain_runs.train(tmp_path, warm_start__num_steps=0)
    claim = json.loads((tmp_path / "run/release/privacy.json").read_text())
    assert claim["noise_sampler"] == header.CHACHA20
    of_key = {}
    for key, step in asked:
        if any(key):  # The rehearsal and a machine's trial have no secret.
            of_key.setdefault(key, []).append(step)
    noise, samples = sorted(of_key.values(), key=len)
    assert sorted(noise) == list(range(claim["num_steps"]))
    assert len(set(samples)) == len(samples)  # Some are drawn ahead.
    assert set(noise) <= set(samples)
