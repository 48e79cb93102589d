"""The command that lists presets and explains settings."""

import itertools
import json

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf.config import presets
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import kinds


def test_all_presets_are_listed(capsys):
    assert main.main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines[: len(presets.names())]]
    assert listed == list(presets.names())


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_is_printed_as_a_run_has_it(name, capsys):
    assert main.main(["presets", f"--preset={name}", "--json"]) == 0
    printed = config_text.from_json(capsys.readouterr().out)
    assert printed == presets.get(name)


def test_every_setting_of_a_preset_is_explained(capsys):
    assert main.main(["presets", "--preset=mnist"]) == 0
    text = capsys.readouterr().out
    values = kinds.flat(presets.get("mnist"))
    shown = [item for item in config_text.explain() if item.key in values]
    assert len(shown) == len(values)
    for item in shown:
        line = f"\n{item.key} = {values[item.key]}\n"
        _, found, after = f"\n{text}".partition(line)
        assert found
        explained = itertools.takewhile(
            lambda line: line[:1] == " ", after.splitlines()
        )
        expected = f"{item.meaning} Expected: {item.expected}."
        assert " ".join(map(str.strip, explained)) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset=mnits"], "mnits"),
        (["--settings", "--json"], "--settings: shows no preset"),
    ],
)
def test_a_preset_that_is_none_is_named(arguments, message, capsys):
    assert main.main(["presets", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_list_of_presets_is_for_programs_too(capsys):
    assert main.main(["presets", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["presets"]
    assert found == dict(presets.PURPOSES)


def test_every_setting_of_every_kind_is_explained(capsys):
    assert main.main(["presets", "--settings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    keys = [line for line in lines if not line.startswith(" ")]
    assert keys == [item.key for item in config_text.explain()]
    assert "summary.guide_weight" in keys and "clipping.norm" in keys
