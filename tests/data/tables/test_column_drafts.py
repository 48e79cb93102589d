import pyarrow
import pytest

from dpgan_tf.data.tables import column_drafts
from dpgan_tf.data.tables import distinct


def _declared(*parts, decimal=""):
    facts = column_drafts.Facts(decimal=decimal)
    for part in parts:
        values = distinct.of(pyarrow.array(part), source="f")
        facts.add(values)
    return facts.declared()


@pytest.mark.parametrize(
    ("values", "declared"),
    [
        (["no", "Yes"], {"type": "boolean", "words": ["no", "Yes"]}),
        (["0", "1", ""], {"type": "boolean", "words": ["0", "1"]}),
        (["b", "a", "b"], {"type": "category", "values": ["a", "b"]}),
        (["1", "1e999"], {"type": "category", "values": ["1", "1e999"]}),
        (["5", "17"], {"type": "integer", "least": 5, "most": 17}),
        (["-5", "3.0"], {"type": "integer", "least": -5, "most": 3}),
        (
            ["0.5", "1.25"],
            {"type": "number", "least": 0.5, "most": 1.25, "decimals": 2},
        ),
        (["007", "123"], {"type": "category", "values": ["007", "123"]}),
        (
            ["0", "0", "0", "100"],
            {"type": "integer", "least": 0, "most": 100, "points": [0]},
        ),
        (
            ["2019-01-01", "2019-06-30"],
            {"type": "date", "least": "2019-01-01", "most": "2019-06-30"}
            | {"resolution": "month"},
        ),
        (
            ["1950-01-01", "2019-06-30"],
            {"type": "date", "least": "1950-01-01", "most": "2019-06-30"}
            | {"resolution": "year"},
        ),
        (
            ["2019-01-01", "2019-01-03"],
            {"type": "date", "least": "2019-01-01", "most": "2019-01-03"}
            | {"resolution": "day"},
        ),
        (
            ["2019-01-01T10:00:00", "2019-01-01T23:00:00"],
            {"type": "datetime", "resolution": "hour"}
            | {"least": "2019-01-01T10:00:00", "most": "2019-01-01T23:00:00"},
        ),
        (
            ["I10;J44", "", "J44"],
            {"type": "codes", "codes": ["I10", "J44"], "separator": ";"},
        ),
    ],
)
def test_a_column_is_declared_as_its_values_are(values, declared):
    if "" in values and declared["type"] != "codes":
        declared = declared | {"missing": True}
    assert _declared(values) == declared


def test_all_parts_count():
    found = _declared(["5", "NA"], ["90"], ["1", "2"])
    assert found == {"type": "integer", "least": 1, "most": 90} | {
        "missing": True
    }
    assert _declared(["5"], ["x"])["type"] == "category"
    assert _declared(["5"], ["2.5"])["type"] == "number"


def test_a_decimal_comma_is_read_where_the_file_says_so():
    found = _declared(["1,234", "2,5"], decimal=",")
    assert found == {"type": "number", "least": 1.234, "most": 2.5} | {
        "decimals": 3
    }


@pytest.mark.parametrize(
    "values",
    [["", "NA"], [f"free text {i}" for i in range(1_001)], ["1.5"], ["a\nb"]],
)
def test_a_column_that_no_type_fits_stays_open(values):
    assert _declared(values) is None
