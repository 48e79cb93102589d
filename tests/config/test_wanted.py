"""What is asked of the front door is checked before any record is read."""

import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import wanted as asked


def test_a_recipe_of_a_name_that_follows_from_the_data_has_no_base():
    assert asked.Wanted(data="mnist", epsilon=4.0).base is None
    assert asked.Wanted(data="x", recipe="quick", epsilon=1.0).base is None


def test_a_preset_or_a_recipe_is_the_base_and_has_an_epsilon_of_its_own():
    base = presets.get("mnist")
    assert asked.Wanted(data="mnist", recipe="mnist").base == base
    assert asked.Wanted(data="mnist", recipe=base).base is base


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "--epsilon: missing; say how much"),
        ({"recipe": "autp"}, "did you mean auto?"),
        ({"recipe": "zzzzz"}, "choose from auto, quick, mnist_quick"),
        ({"epsilon": -1.0}, "--epsilon=-1.0; expected > 0"),
        ({"epsilon": 1.0, "delta": float("nan")}, "--delta=nan; expected > 0"),
        ({"epsilon": 1.0, "num_records": 0}, "--records=0; expected > 0"),
        ({"epsilon": 1.0, "num_classes": -2}, "--classes=-2; expected > 0"),
        (
            {"epsilon": 1.0, "public_fraction": 1.0},
            "--public_fraction=1.0; expected a number in",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_flag(given, said):
    with pytest.raises(errors.UserError) as raised:
        asked.Wanted(data="mnist", **given)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, (0, None)),
        ("10", (0, 10)),
        ("1-26", (1, 26)),
        ("0-9", (0, 10)),
        ("5-5", (5, 1)),
    ],
)
def test_classes_are_a_number_or_the_first_and_the_last_label(text, expected):
    assert asked.classes(text) == expected


@pytest.mark.parametrize("text", ["", "few", "9-1", "-3", "1-", "1-2-3", "٣"])
def test_other_texts_are_no_classes(text):
    with pytest.raises(errors.UserError, match=f"--classes={text}; expected"):
        asked.classes(text)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outside": "clip"}, "--outside=clip: .*give --schema=FILE"),
        ({"schema": "{}", "unit_column": "p"}, "--unit_column=p: is for a"),
        ({"schema": "{}", "largest_count": 2}, "--largest_count=2: is for"),
        ({"schema": "{}", "most_records_per_unit": 2}, "records_per_person=2"),
    ],
)
def test_a_schema_says_all_of_its_table(given, said):
    with pytest.raises(errors.UserError, match=said):
        asked.Wanted(data="t.csv", epsilon=1.0, **given)
    asked.Wanted(data="t.csv", epsilon=1.0, schema="{}", outside="clip")
