"""The flags: what is asked for, and what is refused."""

import pathlib

import pytest

from benchmarks.unseen import options
from dpgan_tf import errors


def parse(*arguments):
    return options.parse(arguments, command="python -m x")


def test_all_rows_and_each_reference_once_are_the_default():
    chosen = parse()
    names = [cell.name for cell in chosen.cells]
    assert names[:2] == ["plain_auto_2", "inverted_auto_2"]
    assert names[len(chosen.rows) :] == [
        "plain_mnist_surrogate_2",
        "unbalanced_mnist_surrogate_2",
        "few_mnist_surrogate_2",
        "three_mnist_surrogate_2",
    ]
    assert chosen.record is None and not chosen.is_list


def test_flags_choose_rows_recipes_budget_and_samples():
    chosen = parse(
        *("--cells=few,few,grey", "--recipe=quick", "--reference=quick"),
        *("--epsilon=.5", "--num_samples=2000", "--folder=a", "--record"),
    )
    assert [cell.name for cell in chosen.cells] == [
        *("few_quick_0.5", "grey_quick_0.5", "plain_quick_0.5")
    ]
    assert chosen.rows[0].num_samples == 2_000
    assert chosen.bench.folder == pathlib.Path("a")
    assert chosen.record is not None


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--cells=nonsense", "--cells: unknown 'nonsense'; choose from plain"),
        ("--cells=", "--cells=; choose from plain"),
        ("--recipe=best", "--recipe: unknown 'best'; choose from auto"),
        ("--reference=best", "--reference: unknown 'best'"),
        ("--epsilon=0", "--epsilon=0.0; expected > 0"),
        ("--num_samples=1000", "--num_samples=1000; expected at least"),
        ("plain", "unexpected argument 'plain'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(argument, message):
    with pytest.raises(errors.UserError, match=message):
        parse(argument)
