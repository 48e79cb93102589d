"""What is printed at the end: for a person or for a program."""

import json
import shlex
import sys

import pytest
from absl import flags

from dpgan_tf import __main__ as main
from dpgan_tf.commands import results
from tests.claim import releases


def shown(*arguments, **given):
    flag_values = flags.FlagValues()
    results.define(flag_values)
    flag_values(["x", *arguments])
    results.show(flag_values, {"value": 3}, "three", **given)


NEXT = results.Next(["verify", "--run_dir=my run"], "check it")


def test_a_person_reads_the_result_and_then_what_may_follow(capsys):
    shown(then=[NEXT])
    said = capsys.readouterr()
    assert said.out == "three\n"
    assert "Next:" in said.err and "'--run_dir=my run'  # check it" in said.err


def test_a_program_reads_one_object(capsys):
    shown("--json", then=[NEXT])
    said = capsys.readouterr()
    assert said.err == ""
    found = json.loads(said.out)
    assert found == {"value": 3, "next": [NEXT.line]}


@pytest.mark.parametrize(
    ("called", "begun"),
    [
        ("/usr/bin/dpgan", ["dpgan"]),
        ("dpgan_tf/__main__.py", ["python", "-m", "dpgan_tf"]),
    ],
)
def test_a_command_can_be_typed_as_this_one_was(monkeypatch, called, begun):
    monkeypatch.setattr(sys, "argv", [called])
    words = shlex.split(NEXT.line)
    assert words == [*begun, "verify", "--run_dir=my run"]


def test_after_a_release_each_command_exists():
    for is_scored in (True, False):
        then = results.after_release("runs/x", is_scored=is_scored)
        names = [command.words[0] for command in then]
        assert set(names) <= set(main.COMMANDS)
        assert ("evaluate" in names) is not is_scored


def test_a_checked_run_leads_to_samples(tmp_path, capsys):
    releases.make_run(tmp_path)
    arguments = ["verify", f"--run_dir={tmp_path}"]
    assert main.main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] and "generate" in found["next"][0]
    assert main.main(arguments) == 0
    assert f"generate --run_dir={tmp_path}" in capsys.readouterr().err
