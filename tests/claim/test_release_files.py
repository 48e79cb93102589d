"""Files of a release: what is no part of it is found and never followed."""

import hashlib
import os
import pathlib
import shutil
import tempfile

import pytest

from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import release_files
from dpgan_tf.privacy import errors
from tests.claim import releases
from tests.privacy import odd_files


@pytest.mark.parametrize(
    "name",
    [
        "critic.npz",
        "samples.csv.bak",
        "generator/1/assets/rows.csv",
        "generator/2/saved_model.pb",
    ],
)
def test_a_listed_file_that_is_no_part_of_a_release_is_found(run_dir, name):
    path = run_dir / "release" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("more")
    with pytest.raises(
        errors.PrivacyError, match="does not belong to a release"
    ):
        releases.write_claim(run_dir)
    digest = hashlib.sha256(b"more").hexdigest()
    releases.alter(
        run_dir, files=releases.read(run_dir)["files"] | {name: digest}
    )
    assert releases.failures(claim_check.check_run(run_dir)) == [f"file {name}"]


@pytest.mark.parametrize("name", ["critic.npz", "generator/.hidden"])
def test_an_unlisted_file_is_found(run_dir, name):
    (run_dir / "release" / name).write_text("more")
    assert releases.failures(claim_check.check_run(run_dir)) == [f"file {name}"]


def test_a_link_is_found_and_cannot_be_released(run_dir):
    card = run_dir / "release" / "MODEL_CARD.md"
    outside = run_dir / "card"
    card.rename(outside)
    card.symlink_to(outside)
    assert releases.failures(claim_check.check_run(run_dir)) == [
        "file MODEL_CARD.md",
        "card",
    ]
    with pytest.raises(errors.PrivacyError, match="is a link"):
        releases.write_claim(run_dir)


def test_a_pipe_in_the_release_does_not_block_the_check(run_dir):
    os.mkfifo(run_dir / "release" / "pipe")
    assert releases.failures(claim_check.check_run(run_dir)) == ["file pipe"]


@pytest.mark.parametrize(
    "name",
    [
        "variables.data-00001-of-00002",
        "variables.data-00000-of-00002",
        "variables.data-00000-of-00001.bak",
        "variables.data-99999-of-99999",
        "VARIABLES.INDEX",
    ],
)
def test_a_file_of_weights_that_nobody_wrote_is_found(run_dir, name):
    path = f"generator/1/variables/{name}"
    (run_dir / "release" / path).write_bytes(b"records")
    digest = hashlib.sha256(b"records").hexdigest()
    files = releases.read(run_dir)["files"]
    releases.alter(run_dir, files=files | {path: digest})
    assert releases.failures_of(run_dir) == [f"file {path}"]


@pytest.mark.parametrize("name", ["more", "generator/1/variables/more"])
def test_an_empty_folder_that_nobody_made_is_found(run_dir, name):
    (run_dir / "release" / name).mkdir()
    assert releases.failures_of(run_dir) == [f"file {name}"]
    (run_dir / "release" / name).rmdir()
    (run_dir / "release/generator/1/assets").mkdir()  # as TensorFlow does
    assert releases.failures_of(run_dir) == []


@pytest.mark.parametrize(
    "name, found",
    [
        ("privacy.json", "claim"),
        ("samples.png", "file samples.png"),
        ("generator", "file generator"),
        ("generator/1", "file generator/1"),
        ("generator/1/variables", "file generator/1/variables"),
        (".", "release"),
    ],
)
def test_a_link_in_the_place_of_a_file_or_folder_is_found(run_dir, name, found):
    path = pathlib.Path(os.path.normpath(run_dir / "release" / name))
    path.rename(run_dir / "elsewhere")
    path.symlink_to(run_dir / "elsewhere")
    assert found in releases.failures_of(run_dir)


@pytest.mark.parametrize("name", ["loop", "nowhere"])
def test_a_link_that_leads_nowhere_is_found(run_dir, name):
    (run_dir / "release" / name).symlink_to(name)
    assert releases.failures_of(run_dir) == [f"file {name}"]


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
@pytest.mark.parametrize(
    "name, mode, expected",
    [
        ("generator/1/variables", 0o711, "file generator/1/variables"),
        ("generator", 0o700, "file generator"),
        (".", 0o711, "file ."),
        (".", 0o700, "claim"),
        ("samples.png", 0o600, "file samples.png"),
        ("MODEL_CARD.md", 0o000, "card"),
        ("privacy.json", 0o600, "claim"),
    ],
)
def test_what_the_checker_may_not_read_is_one_failed_line(name, mode, expected):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        run_dir = releases.make_run(pathlib.Path(folder) / "run")
        (run_dir / "release" / name).chmod(mode)
        with releases.somebody_else():
            found = claim_check.check_release(run_dir / "release")
        (about,) = [item for item in found if item.name == expected]
        assert not about.ok and "Permission denied" in about.detail


def test_folders_without_end_are_not_walked(run_dir):
    deep = run_dir / "release" / "generator" / "/".join(["d"] * 300)
    deep.mkdir(parents=True)
    (deep / "hidden").write_text("records")
    assert len(releases.failures_of(run_dir)) == 1
    shutil.rmtree(run_dir / "release" / "generator" / "d")
    many = run_dir / "release" / "many"
    many.mkdir()
    for number in range(1_500):
        (many / f"{number}").touch()
    assert len(releases.failures_of(run_dir)) < 150


def test_digests_are_of_all_parts_but_the_claim(run_dir):
    found = release_files.examine(run_dir / "release")
    assert list(found) == sorted(
        ["MODEL_CARD.md", "samples.png"]
        + [f"generator/1/{name}" for name in releases.GENERATOR]
    )
    for name, result in found.items():
        content = (run_dir / "release" / name).read_bytes()
        assert result.digest == hashlib.sha256(content).hexdigest()
        assert result.problem == ""


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (odd_files.pipe, "is a named pipe; expected a plain file"),
        (odd_files.socket, "is a socket; expected a plain file"),
        (odd_files.device, "is a link"),
        (os.mkdir, "an empty folder that does not belong to a release"),
    ],
)
def test_why_there_is_no_digest_is_said(run_dir, make, problem):
    path = run_dir / "release" / "samples.png"
    path.unlink()
    make(path)
    found = release_files.examine(run_dir / "release")["samples.png"]
    assert found == release_files.Found(None, problem)


def test_a_folder_that_is_missing_is_one_problem(tmp_path):
    found = release_files.examine(tmp_path / "gone")
    assert found["."].problem == "cannot be read (No such file or directory)"


def test_no_more_than_a_thousand_files_are_looked_at(tmp_path):
    for number in range(1_001):
        (tmp_path / f"{number}").touch()
    found = release_files.examine(tmp_path)
    assert len(found) == 1_001
    assert found["..."].problem == "more than 1,000 files"
