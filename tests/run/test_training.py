"""Whole runs: in one process, killed at random moments, and altered."""

import dataclasses
import itertools
import json
import os
import re
import shutil
import types

import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import text as config_text
from dpgan_tf.data import records
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.release import sampling
from dpgan_tf.report import page
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run import data as run_data
from dpgan_tf.run import fitting
from dpgan_tf.run import training
from dpgan_tf.run.callbacks import ledger_guard
from dpgan_tf.run.callbacks import progress_bars
from dpgan_tf.run.stages import private_batches
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
from dpgan_tf.run.stages import release_contents
from dpgan_tf.run.stages import release_process
from tests import tiny_run
from tests.data import poisson_check


def train(folder, *, with_scores=False, **changes):
    return training.train(
        tiny_run.recipe(folder, **changes),
        run_dir=folder / "run",
        data_dir=folder,
        with_scores=with_scores,
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fitting, "LOG_EVERY", 4)
        patched.setattr(fitting, "PICTURE_EVERY", 8)
        train(folder, with_scores=True)
    return folder


@pytest.fixture
def copy(finished, tmp_path):
    """A finished run that a test may damage."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    shutil.copy(finished / "records.npz", tmp_path / "records.npz")
    recipe = json.loads((tmp_path / "run" / "config.json").read_text())
    return tmp_path, {"data.source": recipe["data"]["source"]}


def test_a_run_spends_its_budget_exactly_and_every_check_holds(finished):
    findings = claim_check.check_run(finished / "run")
    assert findings
    assert all(f.ok for f in findings), findings
    claim = json.loads((finished / "run/release/privacy.json").read_text())
    assert claim["num_steps"] == 12
    assert 0.99 < claim["epsilon"] <= 1
    assert claim["claim"] == "(epsilon, delta)-DP"


def test_the_folders_are_those_of_the_architecture(finished):
    run = finished / "run"
    assert sorted(os.listdir(run / "release")) == [
        "MODEL_CARD.md",
        "generator",
        "privacy.json",
        "samples.png",
    ]
    assert {"ledger.jsonl", "checkpoints", "logs"} <= set(
        os.listdir(run / "private")
    )
    assert (run / "private").stat().st_mode & 0o077 == 0


def test_the_released_generator_makes_images(finished):
    generator = sampling.load_generator(
        sampling.generator_directory(finished / "run/release")
    )
    images = generator.all_samples(5, 3).examples
    assert images.shape == (5, 28, 28, 1)
    assert np.isfinite(images).all()


def test_the_graph_tells_nothing_of_how_the_run_went(finished, tmp_path):
    """It is that of other weights, whatever was traced on the way to these."""
    recipe = config_text.from_json((finished / "run/config.json").read_text())
    form = records.Form((28, 28, 1))
    made = assembly.build_generator(recipe, form)
    release_process.write(
        tmp_path,
        release_contents.Contents(
            recipe=recipe,
            form=form,
            columns=(),
            weights=[np.ones(weight.shape) for weight in made.weights],
        ),
    )
    name = "generator/1/saved_model.pb"
    released = (finished / "run/release" / name).read_bytes()
    assert released == (tmp_path / name).read_bytes()


def test_nothing_secret_is_released(finished):
    """Neither the nonce, nor a commitment, nor the fingerprint or its salt."""
    entries = tiny_run.ledger_entries(finished)
    data = json.loads((finished / "run/private/data.json").read_text())
    secrets = {data["fingerprint_salt"]}
    for entry in entries:
        secrets |= {entry.get("nonce"), entry.get("key_commitment")}
        secrets.add(entry.get("parameters", {}).get("data_fingerprint"))
    released = b"".join(
        path.read_bytes()
        for path in (finished / "run/release").rglob("*")
        if path.is_file()
    )
    for secret in secrets - {None}:
        assert secret.encode() not in released


def test_the_logs_show_budget_samples_weights_and_settings(finished):
    """Scalars from private records stand under private/ and nowhere else."""
    logs = finished / "run/private/logs"
    found = {}
    for stage in ("warm_start", "private"):
        events = event_accumulator.EventAccumulator(str(logs / stage))
        events.Reload()
        found[stage] = set(events.Tags()["tensors"])
    assert "public/critic_loss" in found["warm_start"]
    assert "public/critic_loss" not in found["private"]
    assert not any(t.startswith("private/") for t in found["warm_start"])
    for tags in found.values():
        assert "samples" in tags
        assert any("kernel" in tag for tag in tags)
    assert "_hparams_/session_start_info" in found["private"]
    assert {
        "budget/epsilon",
        "budget/delta_at_target_epsilon",
        "private/num_records",
        "private/mean_loss",
        "private/clipped_fraction_0",
        "private/clip_norms_0",
    } <= found["private"]


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
        train(tmp_path)
    monkeypatch.setattr(fitting, "fit", second)
    train(tmp_path)
    assert (begun["steps"], begun["num_rounds"]) == (6, 3)
    for before, after in zip(stop.state, begun["state"], strict=True):
        np.testing.assert_array_equal(before, after)
    # The bounds are last, and did not begin so.
    assert np.any(stop.first_state[-1] != begun["state"][-1])


def test_training_turns_tensor_float_off(copy):
    folder, changes = copy
    precision = tf.config.experimental
    precision.enable_tensor_float_32_execution(True)
    train(folder, **changes)
    assert not precision.tensor_float_32_execution_enabled()


def test_training_again_changes_nothing(finished):
    before = (finished / "run/private/ledger.jsonl").read_bytes()
    claim = (finished / "run/release/privacy.json").read_bytes()
    train(finished)
    assert (finished / "run/private/ledger.jsonl").read_bytes() == before
    assert (finished / "run/release/privacy.json").read_bytes() == claim


def test_every_attempt_reserves_before_it_draws_and_settles(finished):
    kinds = [entry["kind"] for entry in tiny_run.ledger_entries(finished)]
    assert kinds == [
        *("header", "attempt", *["reserve"] * 3, "settle", "release")
    ]


def test_a_lost_release_is_written_again_from_the_checkpoint(copy):
    folder, _ = copy
    files = run_files.existing(folder / "run")
    latent = np.ones((1, 4), np.float32)
    directory = sampling.generator_directory(files.release)
    before = sampling.load_generator(directory)._generate(latent=latent)
    shutil.rmtree(files.release)
    recipe = config_text.from_json(files.config.read_text())
    precision = tf.config.experimental
    precision.enable_tensor_float_32_execution(True)
    run_release.write_again(recipe, files)
    assert not precision.tensor_float_32_execution_enabled()
    after = sampling.load_generator(directory)._generate(latent=latent)
    np.testing.assert_array_equal(before["images"], after["images"])
    assert all(f.ok for f in claim_check.check_run(folder / "run"))


def test_an_unfinished_run_is_not_released(tmp_path):
    folder = tmp_path
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(private_training, "train", lambda *args, **kwargs: None)
        for name in ("write_generator", "write_claim"):
            patch.setattr(run_release, name, lambda *args: None)
        files = train(folder)
    with pytest.raises(
        errors.UserError,
        match="12 steps of the run are left.*`train --run_dir=",
    ):
        run_release.write_again(tiny_run.recipe(folder), files)


def test_another_configuration_is_refused_and_changes_nothing(copy):
    folder, same = copy
    before = (folder / "run/private/ledger.jsonl").read_bytes()
    with pytest.raises(errors.UserError, match="steps.num_steps is 12 there"):
        train(folder, steps__num_steps=16, **same)
    assert (folder / "run/private/ledger.jsonl").read_bytes() == before


def test_other_records_are_refused(tmp_path, monkeypatch):
    """Of a run that was stopped before its private steps."""

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(fitting, "fit", stop)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path, warm_start__num_steps=0)
    assert ledgers.read(tmp_path / "run/private/ledger.jsonl")
    tiny_run.write_records(tmp_path, seed=1)
    with pytest.raises(privacy_errors.LedgerError, match="another data set"):
        train(tmp_path, warm_start__num_steps=0)


def test_a_folder_of_other_files_is_refused(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    with pytest.raises(errors.UserError, match="holds files that are not"):
        train(tmp_path)
    assert os.listdir(tmp_path / "run") == ["thesis.txt"]


def test_an_edited_ledger_is_refused(copy):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    path = folder / "run/private/ledger.jsonl"
    path.write_text(path.read_text().replace('"num_steps":4', '"num_steps":1'))
    with pytest.raises(privacy_errors.LedgerError):
        train(folder, **same)


@pytest.mark.parametrize(
    ("name", "content"),
    [("config.json", "{"), ("config.json", "[]"), ("private/data.json", "")],
)
def test_a_damaged_file_of_a_run_is_named(copy, name, content):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    (folder / "run" / name).write_text(content)
    with pytest.raises(errors.UserError, match=name):
        train(folder, **same)


def test_a_damaged_checkpoint_is_named(copy):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    checkpoints = folder / "run/private/checkpoints/private"
    for index in checkpoints.glob("ckpt-*/*.index"):
        index.write_bytes(index.read_bytes()[:20])
    with pytest.raises(errors.UserError, match="missing or damaged"):
        train(folder, **same)


def test_a_missing_ledger_beside_a_checkpoint_is_refused(copy):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    (folder / "run/private/ledger.jsonl").unlink()
    with pytest.raises(privacy_errors.LedgerError, match="no ledger"):
        train(folder, **same)


def test_a_ledger_older_than_its_checkpoint_is_refused(copy):
    """Whoever rolls the ledger back wins no budget."""
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    path = folder / "run/private/ledger.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))
    with pytest.raises(privacy_errors.LedgerError, match="newer than the"):
        train(folder, **same)


def critic_distance(first, second):
    """Return by how much the trained critics of two runs differ at most."""
    readers = [
        tf.train.load_checkpoint(
            tf.train.latest_checkpoint(files.checkpoints("private"))
        )
        for files in (first, second)
    ]
    critics = [
        [
            reader.get_tensor(name)
            for name in sorted(reader.get_variable_to_shape_map())
            if name.startswith("critic_") and "optimizer" not in name
        ]
        for reader in readers
    ]
    assert critics[0]
    return max(
        np.max(np.abs(ours - theirs))
        for ours, theirs in zip(*critics, strict=True)
    )


@pytest.mark.slow
def test_seeded_noise_repeats_and_voids_the_claim(tmp_path):
    runs = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(tiny_run.write_records(tmp_path), folder)
        files = train(
            folder,
            budget__noise_seed=1,
            data__source=str(tmp_path / "records.npz"),
        )
        runs.append(files)
        claim = json.loads((files.release / "privacy.json").read_text())
        assert claim["claim"] == "none"
        assert claim["epsilon"] is None
        assert claim["statement"] in page.build(files)
    # Threads add in any order: rounding may differ. Another key moves the
    # weights by .01 and more.
    assert critic_distance(*runs) < 2e-3


def test_entropy_noise_does_not_repeat(finished, tmp_path):
    files = train(tmp_path, data__source=str(finished / "records.npz"))
    theirs = run_files.existing(finished / "run")
    assert critic_distance(files, theirs) > 5e-3


def test_all_records_private_by_the_basic_algorithm(tmp_path):
    files = train(
        tmp_path,
        data__public_fraction=0.0,
        clipping="fixed",
        grouping="single",
        warm_start__num_steps=0,
        data__num_private_examples=300,
    )
    assert all(f.ok for f in claim_check.check_run(files.root))


def test_training_samples_as_is_charged_and_anew_for_every_attempt(tmp_path):
    """The batches that training gets are Poisson with the ledger's q."""
    recipe = tiny_run.recipe(tmp_path, clipping="fixed")
    budget = budgets.build_budget(recipe)
    data = run_data.load(recipe, data_dir=tmp_path)
    (tmp_path / "run").mkdir()
    files = run_files.enter(tmp_path / "run", config_json=recipe.to_json())
    training._describe_data(files, data)
    ledger = private_training.open_ledger(recipe, files, budget, data.private)
    counts = []
    examples = records.scale(data.private.examples)
    number_of = {image.tobytes(): i for i, image in enumerate(examples)}
    assert len(number_of) == len(examples)
    for _ in range(2):
        noise_key, key = private_training.draw_keys(recipe, ledger)
        assert noise_key.secret != key.secret
        batches = private_batches.build(
            recipe, budget, data, key=key.as_integers(), first_step=0
        )
        rows = np.zeros((1_500, len(data.private)), int)
        steps = itertools.chain.from_iterable(batches)
        for t, batch in enumerate(itertools.islice(steps, 1_500)):
            for image in batch.examples[batch.mask].numpy():
                rows[t, number_of[image.tobytes()]] += 1
        counts.append(rows)
    q = ledger.header["sampling_probability"]
    assert not poisson_check.violations(counts[0], q=q)
    assert np.any(counts[0] != counts[1])


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
        train(tmp_path)
    entries = tiny_run.ledger_entries(tmp_path)
    assert [entry["kind"] for entry in entries] == ["header"]


def test_a_run_that_another_process_trains_is_left_alone(tmp_path):
    (tmp_path / "run").mkdir()
    with (
        lock.lock(tmp_path / "run"),
        pytest.raises(privacy_errors.LedgerError, match="another process"),
    ):
        train(tmp_path)
    assert os.listdir(tmp_path / "run") == [lock.FILE_NAME]


def test_no_file_or_weight_of_a_run_holds_a_key(tmp_path, monkeypatch):
    made, draw = [], keys.from_entropy
    build, models = training._build, []

    def remember():
        made.append(draw())
        return made[-1]

    def keep(*args):
        models.append(build(*args))
        return models[-1]

    monkeypatch.setattr(keys, "from_entropy", remember)
    monkeypatch.setattr(training, "_build", keep)
    train(tmp_path)
    paths = [path for path in tmp_path.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in paths)
    assert len(made) == 2 and len(paths) > 10
    for key in made:
        assert key.commitment.encode() in content or key is made[1]
        assert key.secret.hex().encode() not in content
        for half in (key.secret[:8], key.secret[8:]):
            assert half not in content and half[::-1] not in content
        for number in key.as_integers():
            assert str(number).encode() not in content
    (model,) = models
    names = {variable.name for variable in model.variables}
    assert names and model.permit.key.name not in names
    assert tuple(model.permit.key.numpy()) == made[0].as_integers()
    for variable in model.variables:
        assert not np.isin(made[0].as_integers(), np.array(variable)).any()


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
    train(tmp_path, steps__checkpoint_every=8)
    assert seen == [(n, 8) for n in (2, 4, 6, 8)] + [(10, 12), (12, 12)]


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
        train(folder, **same)


def test_an_error_in_a_step_gives_nothing_back(tmp_path, monkeypatch):
    """Nobody knows whether the step that failed had drawn its noise."""

    def fail(self, batch, logs=None):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(progress_bars.ProgressBar, "on_train_batch_end", fail)
    with pytest.raises(RuntimeError, match="out of memory"):
        train(tmp_path, warm_start__num_steps=0)
    entries = tiny_run.ledger_entries(tmp_path)
    assert [entry["kind"] for entry in entries] == [
        "header",
        "attempt",
        "reserve",
    ]


def test_a_release_without_a_checkpoint_is_refused(copy):
    folder, _ = copy
    files = run_files.existing(folder / "run")
    shutil.rmtree(files.checkpoints("private"))
    recipe = config_text.from_json(files.config.read_text())
    with pytest.raises(errors.UserError, match="no checkpoint to release"):
        run_release.write_again(recipe, files)


@pytest.mark.parametrize(
    "name",
    [
        "statistics.json",
        "generator/statistics.json",
        ".htaccess",
        ".git/config",
        "generator/.well-known/key",
        ".privacy.json.news",
        "samples.csv",
        "columns.txt",
    ],
)
def test_a_foreign_file_in_the_release_is_refused_and_left_alone(copy, name):
    """Hidden ones, too: a folder that is published is often a repository."""
    folder, same = copy
    files = run_files.existing(folder / "run")
    foreign = files.release / name
    foreign.parent.mkdir(parents=True, exist_ok=True)
    foreign.write_text("mine")
    before = _content_of(files.release), files.ledger.read_bytes()
    recipe = config_text.from_json(files.config.read_text())
    said = f"{re.escape(str(files.release))}/.*: does not belong to a release"
    with pytest.raises(privacy_errors.PrivacyError, match=said):
        run_release.write_again(recipe, files)
    with pytest.raises(privacy_errors.PrivacyError, match=said):
        train(folder, **same)
    assert (_content_of(files.release), files.ledger.read_bytes()) == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda release: (release / ".git").mkdir(),
        lambda release: _replace_by_folder(release / "privacy.json"),
        lambda release: _replace_by_folder(release / "samples.png"),
        lambda release: _replace_by_link(release / "samples.png"),
        lambda release: _replace_by_link(release / "generator"),
        lambda release: _replace_by_link(release),
    ],
    ids=["empty folder", "claim", "picture", "link", "generator", "release"],
)
def test_what_is_no_plain_file_of_a_release_is_refused(copy, spoil):
    folder, same = copy
    files = run_files.existing(folder / "run")
    spoil(files.release)
    before = _content_of(files.root)
    recipe = config_text.from_json(files.config.read_text())
    with pytest.raises(privacy_errors.PrivacyError, match=r"/release"):
        run_release.write_again(recipe, files)
    with pytest.raises(privacy_errors.PrivacyError, match=r"/release"):
        train(folder, **same)
    after = _content_of(files.root)
    after[files.places] = before[files.places]
    assert after == before


def _replace_by_folder(path):
    path.unlink()
    path.mkdir()


def _replace_by_link(path):
    outside = path.parent.parent / "elsewhere"
    path.rename(outside)
    path.symlink_to(outside)


def _content_of(folder):
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_what_a_crash_left_in_the_release_is_removed(copy):
    folder, same = copy
    release = folder / "run/release"
    (release / ".privacy.json.new").write_text("{")
    train(folder, **same)
    assert all(f.ok for f in claim_check.check_run(folder / "run"))
    assert not list(release.rglob(".*"))


@pytest.mark.parametrize("content", [b"", b"\n\x07not a graph"])
def test_what_can_be_made_again_does_not_stop_a_run(copy, content, capsys):
    """Neither do the newest checkpoint and TensorFlow's note of it."""
    folder, same = copy
    files = run_files.existing(folder / "run")
    shutil.rmtree(files.release)
    charged = ledgers.read(files.ledger).charged_steps
    (files.warm_start_generator / "saved_model.pb").write_bytes(content)
    for path in files.checkpoints("warm_start").glob("*/*.index"):
        path.write_bytes(content)
    newest = max(checkpoint_files.all_numbers(files.checkpoints("private")))
    damaged = files.checkpoints("private") / f"ckpt-{newest}"
    (damaged / "variables.data-00000-of-00001").write_bytes(content)
    for path in files.checkpoints("private").glob("checkpoint"):
        path.write_bytes(content)
    train(folder, **same)
    said = capsys.readouterr().err
    assert "the warm start begins again: " in said
    assert "saved_model.pb: damaged" in said and "written again: " in said
    assert f"{damaged}: damaged" in said
    assert sampling.load_generator(files.warm_start_generator)
    assert all(f.ok for f in claim_check.check_run(files.root))
    assert ledgers.read(files.ledger).charged_steps == charged


@pytest.mark.parametrize(
    "damage", [shutil.rmtree, lambda path: (path / "saved_model.pb").unlink()]
)
def test_a_warm_start_generator_that_is_lost_is_made_again(copy, damage):
    folder, same = copy
    files = run_files.existing(folder / "run")
    shutil.rmtree(files.release)
    damage(files.warm_start_generator)
    train(folder, **same)
    assert sampling.load_generator(files.warm_start_generator)
