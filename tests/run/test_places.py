"""Where a run's records are is remembered, and may be said anew."""

import os

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.run import places as run_places
from dpgan_tf.run.places import Places


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "records.npz", images=np.zeros([3, 28, 28], np.uint8))
    files = run_files.RunFiles(tmp_path / "run")
    files.private.mkdir(parents=True)
    return files


def test_paths_are_remembered_whole_and_names_as_names(files, tmp_path):
    run_places.remember(files, Places("records.npz", "data"))
    found = run_places.find(files, "records.npz")
    assert found == (str(tmp_path / "records.npz"), str(tmp_path / "data"))
    run_places.remember(files, Places("mnist", "data"))
    assert run_places.find(files, "mnist").dataset == "mnist"


def test_a_path_that_is_no_text_is_not_remembered(files):
    run_places.remember(files, Places("mnist", "data"))
    run_places.remember(files, Places("mnist", os.fsdecode(b"d\xff")))
    assert not files.places.exists()
    assert run_places.find(files, "mnist").data_dir == "data"


def test_another_working_folder_changes_nothing(files, tmp_path, monkeypatch):
    run_places.remember(files, Places("records.npz", "data"))
    before = run_places.find(files, "records.npz")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert run_places.find(files, "records.npz") == before


def test_what_the_user_says_counts_first(files):
    run_places.remember(files, Places("records.npz", "data"))
    os.rename("records.npz", "moved.npz")
    found = run_places.find(
        files, "records.npz", dataset="moved.npz", data_dir="other"
    )
    assert found == ("moved.npz", "other")


def test_records_that_moved_with_the_working_folder_are_found(
    files, tmp_path, monkeypatch
):
    run_places.remember(files, Places("records.npz", "data"))
    (tmp_path / "new").mkdir()
    os.rename("records.npz", "new/records.npz")
    monkeypatch.chdir(tmp_path / "new")
    assert run_places.find(files, "records.npz").dataset == "records.npz"


@pytest.mark.parametrize("name", ["records.npz", "no/such.npz"])
def test_records_that_are_gone_are_named_with_the_remedy(files, name):
    run_places.remember(files, Places(name, "data"))
    os.remove("records.npz")
    with pytest.raises(errors.UserError, match=f"{name}.*--dataset=PATH"):
        run_places.find(files, name)


def test_a_run_of_before_there_was_a_note_says_the_remedy_too(files):
    files.config.write_text("{}")
    with pytest.raises(errors.UserError, match="gone.npz: .*--dataset=PATH"):
        run_places.find(files, "gone.npz")


def test_a_data_folder_that_is_gone_is_not_filled_anew(files, tmp_path):
    run_places.remember(files, Places("mnist", "data"))
    (tmp_path / "data").rmdir()
    with pytest.raises(errors.UserError, match="data: .*--data_dir=DIR"):
        run_places.find(files, "mnist")
    assert run_places.find(files, "mnist", data_dir="new").data_dir == "new"


def test_a_run_that_remembers_nothing_is_looked_up_as_before(files):
    assert run_places.find(files, "mnist") == ("mnist", "data")


@pytest.mark.parametrize("text", ["{", "[]", '{"dataset": 1, "data_dir": ""}'])
def test_a_damaged_note_is_named(files, text):
    files.places.write_text(text)
    with pytest.raises(errors.UserError, match="places.json"):
        run_places.find(files, "mnist")


def test_the_place_of_a_public_source_is_remembered(files, tmp_path):
    np.savez(tmp_path / "public.npz", images=np.zeros([3, 28, 28], np.uint8))
    assert run_places.find_public(files, "") == ""
    assert run_places.find_public(files, "public.npz") == "public.npz"
    run_places.remember(
        files, Places("records.npz", "data"), public="public.npz"
    )
    assert run_places.find_public(files, "public.npz") == str(
        tmp_path / "public.npz"
    )
    run_places.remember(files, Places("records.npz", "data"), public="mnist")
    assert run_places.find_public(files, "mnist") == "mnist"
    assert run_places.find(files, "records.npz").data_dir
