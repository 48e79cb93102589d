"""What is released of a run, when, and what is refused."""

import re
import shutil
import types

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import text as config_text
from dpgan_tf.data import records
from dpgan_tf.evaluation import score_text
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.release import sampling
from dpgan_tf.report import page
from dpgan_tf.run import assembly
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
from dpgan_tf.run.summary import private_summary
from tests import tiny_run
from tests.run import plain_runs


def test_scores_are_published_only_where_the_records_are(
    labelled, tmp_path, monkeypatch
):
    """They say something of private records, and have no noise."""
    assert score_text.PUBLIC_BENCHMARKS == ("mnist", "fashion_mnist")
    shutil.copytree(labelled.files.root, tmp_path / "run")
    files = run_files.existing(tmp_path / "run")
    card = files.release / "MODEL_CARD.md"
    assert "## Quality" not in card.read_text()
    assert "<h2>Scores" not in page.build_for_release(files)
    monkeypatch.setattr(
        score_text, "PUBLIC_BENCHMARKS", (labelled.recipe.data.source,)
    )
    run_release.write_again(labelled.recipe, files)
    assert "## Quality" in card.read_text()
    assert "Not covered by epsilon" in card.read_text()
    assert "<h2>Scores" in page.build_for_release(files)
    assert all(f.ok for f in claim_check.check_run(files.root))


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
        files = plain_runs.train(folder)
    with pytest.raises(
        errors.UserError,
        match="12 steps of the run are left.*`train --run_dir=",
    ):
        run_release.write_again(tiny_run.recipe(folder), files)


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
        plain_runs.train(folder, **same)
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
        plain_runs.train(folder, **same)
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
    plain_runs.train(folder, **same)
    assert all(f.ok for f in claim_check.check_run(folder / "run"))
    assert not list(release.rglob(".*"))


def test_what_no_private_step_has_trained_is_not_released(tmp_path):
    files = run_files.RunFiles(tmp_path / "run")
    ledger = types.SimpleNamespace(charged_steps=7)
    run_release.require_some_kept(files, ledger, num_kept=1)
    with pytest.raises(
        privacy_errors.PrivacyError,
        match="/run: all 7 charged steps were lost .*start a new run",
    ):
        run_release.require_some_kept(files, ledger, num_kept=0)


@pytest.mark.parametrize(
    "error",
    [errors.UserError("no classifier.\nmore"), MemoryError("no classifier.")],
)
def test_scores_that_fail_leave_none_and_say_how_to_get_them(
    tmp_path, monkeypatch, capsys, error
):
    """A release does not wait for them, and old ones would be of another."""
    files = run_files.RunFiles(tmp_path)
    files.private.mkdir()
    files.scores.write_text("{}")

    def fail(*args, target, **kwargs):
        assert target == "died"
        raise error

    monkeypatch.setattr(run_release.run_scores, "score_run", fail)
    run_release.score(
        files, None, data_dir=tmp_path, num_samples=10, target="died"
    )
    said = capsys.readouterr().err
    assert "without scores (no classifier.)" in said
    assert f"`evaluate --run_dir={tmp_path}`" in said
    assert not files.scores.exists()


def test_a_release_of_a_plain_run_is_its_average_as_it_is(finished):
    """Without a summary there is nothing to calibrate, and no guide."""
    files = run_files.existing(finished / "run")
    recipe = config_text.read(files.config)
    model = types.SimpleNamespace(
        averaged_generator=assembly.build_generator(
            recipe, records.Form((28, 28, 1))
        )
    )
    taken = private_summary.read(recipe, files)
    weights = run_release._weights(model, taken)
    expected = model.averaged_generator.get_weights()
    for found, kept in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(found, kept)
    assert taken.guide is None
