import pytest

from dpgan_tf.data.tables import column_text
from dpgan_tf.data.tables import columns


def _read(kind, **fields):
    return column_text.read({"name": "a", "type": kind} | fields)


def test_whole_numbers_are_words_too():
    assert _read("category", values=[1, 2], other=2) == columns.Category(
        name="a", values=("1", "2"), other="2"
    )


def test_a_boolean_has_usual_words():
    assert _read("boolean").words == ("false", "true")
    assert _read("boolean", missing=True).cells == ("false", "true", "missing")


def test_codes_have_a_block_each():
    column = _read("codes", codes=["I10", "J44"], separator="|")
    assert column.blocks == (1, 1)
    assert column.separator == "|"


def test_a_number_keeps_its_decimals():
    column = _read("number", least=0, most=1, bins=2, decimals=1)
    assert column.decimals == 1
    assert column_text.write(column)["edges"] == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("category", {"values": []}, "values has none"),
        ("category", {"values": ["a", "a"]}, "values has 'a' twice"),
        ("category", {"values": [1, "1"]}, "values has '1' twice"),
        ("category", {"values": [""]}, "values has ''; expected 1 to 200"),
        ("category", {"values": ["a\x00"]}, "printable characters"),
        ("category", {"values": ["a "]}, "no blanks around it"),
        ("category", {"values": ["a"], "other": "b"}, "not among its values"),
        (
            "category",
            {"values": ["missing"], "missing": True},
            "the cell of missing values",
        ),
        (
            "category",
            {"values": [str(i) for i in range(65_537)]},
            "values has 65,537; expected at most 65,536",
        ),
        ("category", {"values": [1.5]}, "values item 1 is 1.5"),
        ("category", {}, "has no values"),
        ("category", {"values": ["a"], "bins": 3}, "unknown key 'bins'"),
        ("boolean", {"words": ["a"]}, "words has 1"),
        ("boolean", {"words": ["a", "b", "c"]}, "words has 3"),
        ("boolean", {"words": ["a", "A"]}, "two different ones"),
        ("codes", {"codes": ["a;b"]}, "contains the separator ';'"),
        ("codes", {"codes": ["a"], "separator": ""}, "separator is ''"),
        ("codes", {"codes": ["a"], "separator": "\n"}, "separator is"),
        ("codes", {"codes": ["a"], "missing": True}, "unknown key 'missing'"),
        ("number", {"least": 0, "most": 1, "decimals": 13}, "decimals is 13"),
        ("text", {}, "type is 'text'; expected one of category"),
    ],
)
def test_a_column_that_cannot_be_is_refused(kind, fields, said):
    with pytest.raises(ValueError, match=said):
        _read(kind, **fields)
