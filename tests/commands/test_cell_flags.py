"""Flags of the commands that compute cells."""

import pathlib

import pytest
from absl import flags

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.commands import cell_flags
from dpgan_tf.config.parts import kinds
from dpgan_tf.papers import definitions


def parsed(*arguments):
    flag_values = flags.FlagValues()
    cell_flags.define(flag_values)
    flag_values(["table", *arguments])
    return flag_values


@pytest.mark.parametrize("seeds", ["", "a", "0,0", "-1"])
def test_bad_seeds_are_refused(seeds, capsys):
    assert main.main(["table", "--number=2", f"--seeds={seeds}"]) == 2
    assert "--seeds" in capsys.readouterr().err


@pytest.mark.parametrize("seeds", ["1.0", "0,,1", "0, 1,1", "1e3"])
def test_what_is_no_list_of_seeds_is_shown_with_an_example(seeds):
    with pytest.raises(errors.UserError, match="different whole.*as 0,1,2"):
        cell_flags.seeds(parsed(f"--seeds={seeds}"))


def test_three_seeds_are_the_default_and_one_is_quick():
    assert cell_flags.seeds(parsed()) == [0, 1, 2]
    assert cell_flags.seeds(parsed("--seeds=7,0")) == [7, 0]
    assert cell_flags.seeds(parsed("--seeds=7,0", "--quick")) == [0]


@pytest.mark.parametrize(
    ("arguments", "runs", "results"),
    [
        ([], "runs/tables", "runs/results"),
        (["--quick"], "runs/tables_quick", "runs/tables_quick/results"),
        (["--quick", "--runs_dir=a"], "a", "runs/tables_quick/results"),
        (["--results_dir=b"], "runs/tables", "b"),
    ],
)
def test_quick_numbers_never_stand_among_the_others(arguments, runs, results):
    flag_values = parsed(*arguments)
    for name, folder in (("runs_dir", runs), ("results_dir", results)):
        found = cell_flags.folder(flag_values, name)
        assert found == pathlib.Path(folder)


def test_a_workshop_records_the_command_with_its_seeds(tmp_path):
    flag_values = parsed(f"--runs_dir={tmp_path}", "--data_dir=there")
    shop = cell_flags.workshop(flag_values, "dpgan table", [0, 3])
    assert shop.command == "dpgan table --seeds=0,3"
    assert shop.runs_dir == tmp_path
    assert shop.data_dir == pathlib.Path("there")
    assert shop.few_labels is None
    row = definitions.TABLE_2.rows[0]
    assert shop.recipe(row, 0) == row.recipe


def test_a_quick_workshop_records_that_it_is_quick():
    shop = cell_flags.workshop(parsed("--quick"), "dpgan table", [0])
    assert shop.command == "dpgan table --quick"
    assert shop.baseline_steps == 2
    assert shop.few_labels.num_steps == 30


@pytest.mark.parametrize(
    "table", definitions.SCORE_TABLES.values(), ids=lambda table: table.name
)
def test_every_row_of_every_table_can_be_made_small(table):
    """And none is made larger than it is."""
    shop = cell_flags.workshop(parsed("--quick"), "dpgan table", [0])
    for row in table.rows:
        small = shop.recipe(row, 0)
        assert small.steps.num_steps == 2 * small.steps.num_critic_steps
        for key in ("warm_start.num_steps", "summary.fit_steps"):
            before, after = kinds.get(row.recipe, key), kinds.get(small, key)
            assert (before is None) == (after is None)
            assert before is None or after <= before
