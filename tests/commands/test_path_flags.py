"""Folders and files that flags name are looked at before any work begins."""

import json
import os

import pytest

from dpgan_tf import __main__ as main

REPORT = ["report", "--run_dir=RUN"]
GENERATE = ["generate", "--run_dir=RUN"]
EVALUATE = ["evaluate", "--run_dir=RUN"]


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path_factory, monkeypatch):
    """What is not refused begins to work."""
    monkeypatch.chdir(tmp_path_factory.mktemp("work"))


def error_of(capsys, arguments):
    assert main.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--preset=mnist", "--run_dir="],
        ["train", "--preset=mnist", "--data_dir="],
        ["train", "--preset=mnist", "--devices="],
        ["evaluate", "--run_dir="],
        [*EVALUATE, "--metrics="],
        ["export", "--run_dir="],
        ["verify", "--release_dir="],
        [*GENERATE, "--output="],
        ["report", "--run_dir="],
        ["table", "--number=7", "--results_dir="],
        ["prepare-data", "--dataset="],
    ],
    ids=" ".join,
)
def test_an_empty_value_is_no_value(capsys, arguments):
    message = error_of(capsys, arguments)
    assert f"{arguments[-1]}: is empty" in message


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--preset=mnist", "--run_dir=FILE"],
        ["train", "--preset=mnist", "--run_dir=FILE/below/it"],
        ["train", "--preset=mnist", "--data_dir=FILE"],
        ["train", "--run_dir=FILE"],
        ["evaluate", "--run_dir=FILE"],
        [*EVALUATE, "--data_dir=FILE"],
        ["export", "--run_dir=FILE"],
        ["report", "--run_dir=FILE"],
        ["verify", "--run_dir=FILE"],
        ["generate", "--release_dir=FILE"],
        [*GENERATE, "--output=FILE/samples.npz"],
        [*REPORT, "--output=FILE/page.html"],
        ["table", "--number=7", "--results_dir=FILE"],
        ["figure", "--name=ppgan_fig2", "--runs_dir=FILE"],
        ["prepare-data", "--data_dir=FILE"],
    ],
    ids=" ".join,
)
def test_a_file_is_no_folder(capsys, tmp_path, arguments):
    path = tmp_path / "file"
    path.write_text("x")
    arguments = [text.replace("FILE", str(path)) for text in arguments]
    assert "is not a folder; choose another name" in error_of(capsys, arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--preset=mnist", "--run_dir=HERE/run"],
        [*GENERATE, "--output=HERE/many/samples.npz"],
        [*REPORT, "--output=HERE/page.html"],
        ["table", "--number=7", "--results_dir=HERE/results"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_written_is_said_at_once(
    capsys, tmp_path, monkeypatch, arguments
):
    """As root everything may be written, so the system's answer is set."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    arguments = [text.replace("HERE", str(tmp_path)) for text in arguments]
    message = error_of(capsys, arguments)
    assert f"{arguments[-1]}: cannot be written" in message
    assert not list(tmp_path.iterdir())


def test_a_run_goes_on_by_its_folder_alone_or_not_at_all(capsys, tmp_path):
    message = error_of(capsys, ["train", f"--run_dir={tmp_path}"])
    assert f"no run is in {tmp_path}" in message
    assert "--config=FILE" in message
    both = ["--preset=mnist", "--config=x.json"]
    assert "not both" in error_of(capsys, ["train", *both])
    missing = error_of(capsys, ["train", f"--config={tmp_path}/no.json"])
    assert "no.json: no such file" in missing
    (tmp_path / "config.json").write_text(json.dumps({"colour": "red"}))
    message = error_of(capsys, ["train", f"--run_dir={tmp_path}"])
    assert "config.json: not a configuration: " in message
    moved = ["train", "--preset=mnist", "--dataset=x.npz", "--run_dir=none"]
    assert "use --set data.source=PATH" in error_of(capsys, moved)
