"""A release is whole, and holds nothing that its claim does not cover."""

import os

import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import schema_check
from dpgan_tf.data import records
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.release import release
from tests import tiny_table
from tests.claim import releases

IMAGES, ROWS = records.Form((28, 28, 1)), records.Form((5,), 1)


@pytest.fixture
def run_dir(tmp_path):
    """A run that charged 30 of its 100 steps."""
    return releases.make_run(tmp_path / "run")


@pytest.fixture
def finished(tmp_path):
    return releases.make_run(tmp_path / "finished", max_steps=30)


def test_a_run_is_complete_when_its_budget_is_spent(run_dir, finished):
    assert release.is_complete(run_files.RunFiles(finished))
    assert not release.is_complete(run_files.RunFiles(run_dir))


@pytest.mark.parametrize(
    "name",
    [
        "release/privacy.json",
        "release/samples.png",
        "private/ledger.jsonl",
        "config.json",
    ],
)
def test_a_run_without_one_of_its_files_is_not_complete(finished, name):
    (finished / name).unlink()
    assert not release.is_complete(run_files.RunFiles(finished))


def test_a_complete_run_is_let_through(finished):
    release.require_complete(run_files.RunFiles(finished))


def test_an_unfinished_run_is_told_how_to_go_on(run_dir):
    (run_dir / "release/privacy.json").unlink()
    with pytest.raises(errors.UserError) as raised:
        release.require_complete(run_files.RunFiles(run_dir))
    assert str(raised.value) == (
        f"{run_dir}: not finished, so there is nothing to report; continue "
        f"with `train --run_dir={run_dir}`."
    )


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("release/privacy.json", "export"),
        ("release/MODEL_CARD.md", "export"),
        ("release/generator/1/saved_model.pb", "export"),
    ],
)
def test_a_damaged_run_is_not_said_to_be_unfinished(run_dir, name, remedy):
    (run_dir / name).write_text("x")
    with pytest.raises(errors.UserError, match=f"damaged .*{remedy}"):
        release.require_complete(run_files.RunFiles(run_dir))


@pytest.mark.parametrize("name", ["config.json", "private/ledger.jsonl"])
def test_what_no_export_can_mend_is_to_be_restored(finished, name):
    (finished / name).unlink()
    with pytest.raises(errors.UserError, match="from one backup"):
        release.require_complete(run_files.RunFiles(finished))


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (IMAGES, "notes.txt"),
        (IMAGES, ".htaccess"),
        (IMAGES, "generator/notes.txt"),
        (IMAGES, "columns.txt"),
        (IMAGES, "samples.csv"),
        (ROWS, "samples.png"),
    ],
)
def test_what_is_no_part_of_a_release_is_refused(tmp_path, form, name):
    files = run_files.RunFiles(tmp_path)
    path = files.release / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(
        privacy_errors.PrivacyError,
        match=f"^{path}: does not belong to a release",
    ):
        release.require_no_other_files(files, form)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "MODEL_CARD.md").mkdir(),
        lambda folder: (folder / "samples.png").symlink_to(__file__),
        lambda folder: os.mkfifo(folder / "samples.png"),
        lambda folder: (folder / "generator").write_text(""),
        lambda folder: (folder / "empty").mkdir(),
    ],
    ids=["folder", "link", "pipe", "file", "empty folder"],
)
def test_another_thing_by_the_name_of_a_part_is_refused(tmp_path, spoil):
    files = run_files.RunFiles(tmp_path)
    files.release.mkdir()
    spoil(files.release)
    with pytest.raises(
        privacy_errors.PrivacyError, match="does not belong to a"
    ):
        release.require_no_other_files(files, IMAGES)


def test_a_link_to_a_release_is_refused(run_dir, tmp_path):
    other = run_files.RunFiles(tmp_path / "other")
    other.root.mkdir()
    other.release.symlink_to(run_dir / "release")
    with pytest.raises(privacy_errors.PrivacyError, match="release: is a link"):
        release.require_no_other_files(other, IMAGES)


def test_a_whole_release_and_none_at_all_are_let_through(run_dir, tmp_path):
    release.require_no_other_files(run_files.RunFiles(run_dir), IMAGES)
    release.require_no_other_files(run_files.RunFiles(tmp_path), IMAGES)
    (run_dir / "release/.MODEL_CARD.md.new").write_text("of a crash")
    release.require_no_other_files(run_files.RunFiles(run_dir), IMAGES)


def _write_claim(run_dir, facts=releases.FACTS):
    release.write_claim(
        run_files.RunFiles(run_dir),
        latent_dim=3,
        num_classes=0,
        form=IMAGES,
        training_facts=facts,
        scores=(),
        about=releases.ABOUT,
    )


def test_a_claim_is_written_over_all_that_is_released(run_dir):
    for name in ("privacy.json", "MODEL_CARD.md"):
        (run_dir / "release" / name).write_text("of before")
        (run_dir / "release" / f".{name}.new").write_text("of a crash")
    _write_claim(run_dir)
    assert all(finding.ok for finding in claim_check.check_run(run_dir))
    assert not list((run_dir / "release").glob(".*"))


def test_a_claim_that_does_not_hold_is_taken_back(run_dir):
    with pytest.raises(
        privacy_errors.PrivacyError, match=r"its claim does not hold \(card: "
    ):
        _write_claim(run_dir, facts=[("a fact that no card has", "1")])
    assert not (run_dir / "release/privacy.json").exists()


def test_nothing_is_claimed_beside_a_foreign_file(run_dir):
    (run_dir / "release/records.npz").write_text("mine")
    with pytest.raises(
        privacy_errors.PrivacyError, match="does not belong to a"
    ):
        _write_claim(run_dir)
    assert not (run_dir / "release/privacy.json").exists()


def test_a_release_of_typed_columns_has_a_schema_in_place_of_names(tmp_path):
    files = run_files.RunFiles(tmp_path)
    files.release.mkdir()
    form = schema_check.form_of(tiny_table.SCHEMA)
    (files.release / "schema.json").write_text("{}")
    release.require_no_other_files(files, form)
    for other in (IMAGES, ROWS):
        with pytest.raises(privacy_errors.PrivacyError, match="schema.json"):
            release.require_no_other_files(files, other)
    (files.release / "columns.txt").write_text("a\n")
    with pytest.raises(privacy_errors.PrivacyError, match="columns.txt"):
        release.require_no_other_files(files, form)
