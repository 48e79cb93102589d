"""Tables from the command line."""

import json

import pytest
from absl import flags

from dpgan_tf import __main__ as main
from dpgan_tf.commands import table as table_command
from dpgan_tf.papers import compute
from dpgan_tf.papers import provenance


@pytest.mark.parametrize("number", ["6", "7"])
def test_what_has_no_table_of_scores_has_no_finished_part(number, capsys):
    for flag in ("--finished", "--recorded", "--rows=a"):
        assert main.main(["table", f"--number={number}", flag]) == 2
        said = capsys.readouterr().err
        assert f"{flag.split('=')[0]} with --number" in said


def test_table_7_is_written_with_its_command(tmp_path, capsys):
    arguments = [f"--results_dir={tmp_path}", "--number=7"]
    assert main.main(["table", *arguments]) == 0
    content = json.loads((tmp_path / "table7.json").read_text())
    assert content["from"]["command"] == "python -m dpgan_tf table --number=7"
    assert len(content["rows"]) == 8
    assert "Table 7" in (tmp_path / "table7.md").read_text()
    capsys.readouterr()


@pytest.mark.parametrize("some", [True, False])
def test_some_rows_of_a_table_do_not_take_its_place(
    some, tmp_path, monkeypatch, capsys
):
    content = {
        "title": "Tiny",
        "columns": {},
        "rows": [],
        "notes": [],
        "from": provenance.describe("a command"),
    }
    monkeypatch.setattr(compute, "score_table_of", lambda *a, **k: content)
    monkeypatch.setattr(table_command, "_record", lambda *a, **k: None)
    arguments = [f"--results_dir={tmp_path}", "--number=2", "--seeds=0"]
    if some:
        arguments.append("--rows=real")
    assert main.main(["table", *arguments]) == 0
    assert "# Tiny" in capsys.readouterr().out
    assert (tmp_path / "table2.md").exists() == (not some)


def asked(*arguments):
    flag_values = flags.FlagValues()
    table_command.define_flags(flag_values)
    flag_values(["table", *arguments])
    return table_command._asked(flag_values)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--number=2"],
        ["--number=8", "--finished"],
        ["--number=utility_mnist", "--finished", "--recorded"],
        ["--number=2", "--rows=mnist,real"],
    ],
)
def test_the_command_is_recorded_as_it_was_given(arguments):
    command = " ".join(["python -m dpgan_tf table", *arguments])
    assert asked(*arguments) == command
    assert asked(*arguments, "--data_dir=/home/me") == command


def test_a_number_that_is_none_is_refused_with_those_there_are(capsys):
    assert main.main(["table", "--number=4"]) == 2
    said = capsys.readouterr().err
    assert "--number" in said and "utility_mnist" in said


def test_an_unknown_row_is_refused_before_anything_is_computed(
    tmp_path, capsys
):
    arguments = ["--number=2", "--rows=nobody", f"--runs_dir={tmp_path}"]
    assert main.main(["table", *arguments]) == 2
    assert "--rows=nobody: table2 has no such row" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
