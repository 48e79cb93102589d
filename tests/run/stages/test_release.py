"""What is released of a run, when, and what is refused."""

import re
import shutil

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import text as config_text
from dpgan_tf.evaluation import score_text
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.release import sampling
from dpgan_tf.report import page
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
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
    said = f"{re.escape(str(files.release))}/.*: is no part of a release"
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
