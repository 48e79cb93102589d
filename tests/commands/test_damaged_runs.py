"""What is said of a run whose files are damaged, and how to mend it."""

import json

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.evaluation import score_text
from dpgan_tf.release import sample_files
from tests.claim import releases


@pytest.fixture
def run_dir(tmp_path):
    return releases.make_run(tmp_path / "run")


@pytest.mark.parametrize("content", ["", "{", "\ufeff{}", '{"a": 1}'])
def test_a_report_names_a_damaged_configuration(run_dir, capsys, content):
    (run_dir / "config.json").write_text(content)
    assert main.main(["report", f"--run_dir={run_dir}"]) == 2
    said = capsys.readouterr().err
    assert "config.json" in said and "not finished" not in said


@pytest.mark.parametrize("content", ["", "[]", json.dumps({"scores": 1})])
def test_damaged_scores_are_computed_again(tmp_path, content):
    files = run_files.RunFiles(tmp_path)
    files.private.mkdir()
    files.scores.write_text(content)
    with pytest.raises(errors.UserError, match="`evaluate --run_dir="):
        score_text.read(files)


@pytest.mark.parametrize("name", ["scores.json", "chosen_scores.json", "x"])
def test_a_folder_in_the_place_of_a_file_is_named(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(errors.UserError, match=f"{name}: is a folder"):
        run_files.require_replaceable(tmp_path / name)


@pytest.mark.parametrize("name", ["s.npz", "s.tfrecord", "pictures"])
def test_a_link_that_leads_nowhere_is_not_replaced_unasked(tmp_path, name):
    (tmp_path / name).symlink_to("nowhere")
    with pytest.raises(errors.UserError, match="add --overwrite"):
        sample_files.require_writable(
            tmp_path / name, is_table=False, overwrite=False
        )
    sample_files.require_writable(
        tmp_path / name, is_table=False, overwrite=True
    )
