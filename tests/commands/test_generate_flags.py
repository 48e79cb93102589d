"""Flags of `generate` that say nothing together are refused."""

import pathlib

import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import generate_flags
from tests import tiny_table


def _read(*arguments):
    flag_values = flags.FlagValues()
    generate_flags.define(flag_values)
    flag_values(["generate", *arguments])
    return flag_values


def test_a_release_is_a_folder_or_that_of_a_run():
    found = generate_flags.release_dir(_read("--run_dir=runs/a"))
    assert found == pathlib.Path("runs/a/release")
    found = generate_flags.release_dir(_read("--release_dir=a"))
    assert found == pathlib.Path("a")
    for given in ([], ["--run_dir=a", "--release_dir=b"]):
        with pytest.raises(errors.UserError, match="exactly one of"):
            generate_flags.release_dir(_read(*given))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ([], "samples.npz"),
        (["--format=csv"], "samples.csv"),
        (["--format=png"], "samples"),
        (["--output=a.parquet"], "a.parquet"),
        (["--output=a.csv", "--format=csv"], "a.csv"),
    ],
)
def test_an_output_has_its_format(arguments, name):
    found = generate_flags.output_path(_read(*arguments))
    assert found == pathlib.Path(name)


def test_conditions_and_escapes_are_refused_where_they_say_nothing():
    schema = tiny_table.SCHEMA
    generate_flags.require_usable(_read(), None)
    generate_flags.require_usable(_read("--where=a=1"), schema)
    with pytest.raises(errors.UserError, match="where=a=1: the release has no"):
        generate_flags.require_usable(_read("--where=a=1"), None)
    for flag in ("--where=a=1", "--escape_formulas"):
        with pytest.raises(errors.UserError, match="is not for --shards"):
            generate_flags.require_usable(_read(flag, "--shards=2"), schema)


def test_texts_are_escaped_in_csv_files_alone():
    path = pathlib.Path("a.csv")
    assert generate_flags.as_text(_read(), path)("=1") == "=1"
    asked = _read("--escape_formulas")
    assert generate_flags.as_text(asked, path)("=1") == "'=1"
    with pytest.raises(errors.UserError, match="a.npz is no CSV file"):
        generate_flags.as_text(asked, pathlib.Path("a.npz"))
