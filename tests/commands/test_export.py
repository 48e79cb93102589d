"""The release of a finished run, written again."""

import shutil

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check


def test_a_release_that_was_lost_is_written_again_and_holds(
    labelled, tmp_path, capsys
):
    shutil.copytree(labelled.files.root, tmp_path / "run")
    files = run_files.existing(tmp_path / "run")
    claim = (files.release / "privacy.json").read_bytes()
    shutil.rmtree(files.release)
    assert main.main(["export", f"--run_dir={files.root}"]) == 0
    assert capsys.readouterr().out == f"Released: {files.release}\n"
    assert all(f.ok for f in claim_check.check_run(files.root))
    # Every byte of a release follows from the run.
    assert (files.release / "privacy.json").read_bytes() == claim


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--run_dir"),
        (["--run_dir=FOLDER/gone"], "gone"),
        (["--run_dir=FOLDER"], "config.json"),
    ],
)
def test_what_is_no_run_has_no_release(tmp_path, capsys, arguments, message):
    arguments = [text.replace("FOLDER", str(tmp_path)) for text in arguments]
    assert main.main(["export", *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1
