"""Whole runs: in one process, killed at random moments, and altered."""

import json
import os
import shutil

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.release import sampling
from dpgan_tf.report import page
from dpgan_tf.run import training
from tests import tiny_run
from tests.run import plain_runs


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


def test_training_turns_tensor_float_off(copy):
    folder, changes = copy
    precision = tf.config.experimental
    precision.enable_tensor_float_32_execution(True)
    plain_runs.train(folder, **changes)
    assert not precision.tensor_float_32_execution_enabled()


def test_training_again_changes_nothing(copy):
    folder, same = copy
    before = (folder / "run/private/ledger.jsonl").read_bytes()
    claim = (folder / "run/release/privacy.json").read_bytes()
    plain_runs.train(folder, **same)
    assert (folder / "run/private/ledger.jsonl").read_bytes() == before
    assert (folder / "run/release/privacy.json").read_bytes() == claim


def test_every_attempt_reserves_before_it_draws_and_settles(finished):
    kinds = [entry["kind"] for entry in tiny_run.ledger_entries(finished)]
    assert kinds == [
        *("header", "attempt", *["reserve"] * 3, "settle", "release")
    ]


def test_another_configuration_is_refused_and_changes_nothing(copy):
    folder, same = copy
    before = (folder / "run/private/ledger.jsonl").read_bytes()
    with pytest.raises(errors.UserError, match="steps.num_steps is 12 there"):
        plain_runs.train(folder, steps__num_steps=16, **same)
    assert (folder / "run/private/ledger.jsonl").read_bytes() == before


def test_a_folder_of_other_files_is_refused(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    with pytest.raises(errors.UserError, match="holds files that are not"):
        plain_runs.train(tmp_path)
    assert os.listdir(tmp_path / "run") == ["thesis.txt"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("config.json", "{"), ("config.json", "[]"), ("private/data.json", "")],
)
def test_a_damaged_file_of_a_run_is_named(copy, name, content):
    folder, same = copy
    shutil.rmtree(folder / "run/release")
    (folder / "run" / name).write_text(content)
    with pytest.raises(errors.UserError, match=name):
        plain_runs.train(folder, **same)


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
        files = plain_runs.train(
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
    files = plain_runs.train(
        tmp_path, data__source=str(finished / "records.npz")
    )
    theirs = run_files.existing(finished / "run")
    assert critic_distance(files, theirs) > 5e-3


def test_all_records_private_by_the_basic_algorithm(tmp_path):
    files = plain_runs.train(
        tmp_path,
        data__public_fraction=0.0,
        clipping="fixed",
        grouping="single",
        warm_start__num_steps=0,
        data__num_private_examples=300,
    )
    assert all(f.ok for f in claim_check.check_run(files.root))


def test_a_run_that_another_process_trains_is_left_alone(tmp_path):
    (tmp_path / "run").mkdir()
    with (
        lock.lock(tmp_path / "run"),
        pytest.raises(privacy_errors.LedgerError, match="another process"),
    ):
        plain_runs.train(tmp_path)
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
    plain_runs.train(tmp_path)
    paths = [path for path in tmp_path.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in paths)
    assert len(made) == 2 and len(paths) > 10
    for key in made:
        assert key.commitment.encode() in content or key is made[1]
        assert key.secret.hex().encode() not in content
        for start in range(0, len(key.secret), 8):
            word = key.secret[start : start + 8]
            assert word not in content and word[::-1] not in content
        for number in key.as_integers():
            assert str(number).encode() not in content
    (model,) = models
    names = {variable.name for variable in model.variables}
    assert names and model.permit.key.name not in names
    assert tuple(model.permit.key.numpy()) == made[0].as_integers()
    for variable in model.variables:
        assert not np.isin(made[0].as_integers(), np.array(variable)).any()
