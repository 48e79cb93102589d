"""The command: its cells in order, what failed, and going on after a stop."""

import json

import pytest

from benchmarks import command_line
from benchmarks.unseen import __main__ as command
from dpgan_tf import errors
from tests.benchmarks.unseen import test_cells
from tests.benchmarks.unseen import test_table


@pytest.fixture
def computed(monkeypatch):
    """Let every cell be done at once, and return which were."""
    done = []

    def finish(bench, cell):
        if cell.change == "few":
            raise errors.UserError("no budget\nfor it")
        done.append(cell.name)
        test_cells.keep(bench, cell, test_table.values(0.9, 0.99))

    monkeypatch.setattr(command, "_finish", finish)
    return done


def test_the_same_command_computes_only_what_is_missing(
    tmp_path, computed, capsys
):
    asked = ["--cells=plain,inverted", f"--folder={tmp_path}"]
    assert command.main(asked) == command_line.EXIT_OK
    assert computed == [
        *("plain_auto_2", "inverted_auto_2", "plain_mnist_surrogate_2")
    ]
    computed.clear()
    assert command.main([*asked[1:], "--cells=grey"]) == command_line.EXIT_OK
    assert computed == ["grey_auto_2"]
    assert "| half the contrast, on grey | 50,000 |" in capsys.readouterr().out


def test_a_cell_that_fails_is_told_and_the_others_are_computed(
    tmp_path, computed, capsys
):
    asked = ["--cells=few,grey", f"--folder={tmp_path}"]
    assert command.main(asked) == command_line.EXIT_FAILED
    assert computed == ["grey_auto_2", "plain_mnist_surrogate_2"]
    said = capsys.readouterr()
    assert "unseen: failed: few_auto_2: no budget" in said.err
    assert "| 5,000 records | - |" in said.out


def test_a_list_computes_nothing(tmp_path, computed, capsys):
    (tmp_path / "grey_auto_2" / "run").mkdir(parents=True)
    asked = ["--cells=plain,grey", "--list", f"--folder={tmp_path}"]
    assert command.main(asked) == command_line.EXIT_OK
    assert computed == []
    assert capsys.readouterr().out.split() == [
        *("waiting", "plain_auto_2", "begun", "grey_auto_2"),
        *("waiting", "plain_mnist_surrogate_2"),
    ]


def test_a_record_has_the_table_and_each_finished_cell(
    tmp_path, computed, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    asked = ["--cells=plain,few", "--recipe=quick", "--reference=quick"]
    assert command.main(asked) == command_line.EXIT_FAILED
    assert not (tmp_path / "runs").exists()
    assert command.main([*asked, "--record"]) == command_line.EXIT_FAILED
    folder = tmp_path / "runs/results/unseen"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["plain_quick_2.json", "quick_2.md"]
    found = json.loads((folder / "plain_quick_2.json").read_text())
    assert found["values"]["samples"]["downstream_cnn"] == 0.9
    assert {"commit", "date", "command"} <= found["from"].keys()
    assert "| unchanged | 50,000 |" in (folder / "quick_2.md").read_text()


def test_bad_flags_are_one_clear_line(capsys):
    assert command.main(["--cells=nonsense"]) == command_line.EXIT_BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("unseen: error: --cells: unknown 'nonsense'")


def test_an_interrupt_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    def stop(bench, cell):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_finish", stop)
    asked = ["--cells=plain", f"--folder={tmp_path}"]
    assert command.main(asked) == command_line.EXIT_INTERRUPTED
    assert "the same command continues" in capsys.readouterr().err


def test_help_explains_every_flag(capsys):
    assert command.main(["--help"]) == command_line.EXIT_OK
    printed = capsys.readouterr().out
    for name in ("cells", "recipe", "reference", "folder", "list", "record"):
        assert f"\n  --{name}\n" in printed
