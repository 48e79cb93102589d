import importlib.resources
import json

import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import column_text
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema_text
from tests.data.tables import examples

AGE = {"name": "age", "type": "integer", "least": 0, "most": 9}


def _json_schema():
    files = importlib.resources.files("dpgan_tf.data.tables")
    return json.loads((files / "schema.schema.json").read_text())


def _parse(*found, **more):
    return schema_text.parse(examples.text(*found, **more), source="s.json")


def test_a_schema_of_all_types_is_read():
    schema = schema_text.parse(examples.everything(), source="s.json")
    assert {each.TYPE for each in schema.columns} == set(column_text._TYPES)
    assert schema.names == tuple(each["name"] for each in examples.COLUMNS)
    assert (schema.unit, schema.most_rows_per_unit) == ("patient", 4)
    assert schema.cells[:5] == (
        "sex=F",
        "sex=M",
        "sex=X",
        "sex=missing",
        "age=0",
    )
    assert schema.blocks == (4, 21, 5, 2, 12, 24, 1, 1)


def test_the_canonical_text_is_read_as_the_same_schema():
    schema = schema_text.parse(examples.everything(), source="s.json")
    text = schema_text.to_text(schema)
    again = schema_text.parse(text, source="s.json")
    assert again == schema
    assert schema_text.to_text(again) == text
    assert text.count("\n") == len(schema.columns) + 3


def test_what_bounds_have_cost_stays_in_the_text_to_the_last_digit():
    cost = {"noise_multiplier": 7.032202803111986}
    schema = _parse(AGE, learnt=cost)
    assert schema.learnt_noise_multiplier == cost["noise_multiplier"]
    text = schema_text.to_text(schema)
    assert json.loads(text)["learnt"] == cost
    assert schema_text.parse(text, source="s") == schema
    assert "learnt" not in schema_text.to_text(_parse(AGE))


def test_two_ways_of_saying_the_same_have_one_text():
    few = _parse({"name": "a", "type": "integer", "least": 1, "most": 3})
    edges = _parse({"name": "a", "type": "integer", "edges": [1, 2, 3, 3]})
    assert schema_text.to_text(few) == schema_text.to_text(edges)


def test_a_schema_may_be_a_file_a_value_or_a_schema(tmp_path):
    path = tmp_path / "schema.json"
    path.write_text(examples.text(AGE))
    value = {"format": 1, "columns": [AGE]}
    schema = schema_text.of(value)
    assert schema_text.of(path) == schema_text.of(str(path)) == schema
    assert schema_text.of(schema) is schema
    with pytest.raises(errors.DatasetError, match="schema: is no JSON value"):
        schema_text.of({"format": 1, "columns": {1, 2}})


def test_examples_fit_the_json_schema():
    jsonschema = pytest.importorskip("jsonschema")
    check = jsonschema.Draft202012Validator(_json_schema())
    everything = json.loads(examples.everything())
    schema = schema_text.parse(examples.everything(), source="s")
    check.validate(everything)
    check.validate({"format": 1, "columns": [AGE | {"bounds": "private"}]})
    check.validate(everything | {"learnt": {"noise_multiplier": 3.5}})
    check.validate(json.loads(schema_text.to_text(schema)))
    for changed in (
        everything | {"format": 2},
        everything | {"learnt": {"noise_multiplier": 0}},
        everything | {"more": 1},
        everything | {"columns": []},
        everything | {"columns": [AGE | {"edges": [0, 1], "bins": 3}]},
        everything | {"columns": [{"name": "a", "type": "integer"}]},
        everything | {"columns": [AGE | {"colour": 1}]},
        everything | {"unit": {"column": "patient", "most_rows": 1}},
    ):
        assert not check.is_valid(changed), changed
        with pytest.raises(errors.DatasetError):
            schema_text.parse(json.dumps(changed), source="s")


def test_the_json_schema_has_the_keys_that_are_read():
    described = _json_schema()
    for name, found in column_text._TYPES.items():
        known = described["$defs"][name]
        assert name in described["$defs"]
        required = {key: 0 for key in known["required"]} | {"type": name}
        for key in known["properties"]:
            problem = found.kind.problem_of(required | {key: None})
            assert "unknown key" not in problem, (name, key)
        told = found.kind.problem_of(required | {"colour": 1})
        assert "unknown key" in told


@pytest.mark.parametrize(
    ("found", "more", "said"),
    [
        ([], {}, "has no columns"),
        ([AGE, AGE], {}, "column age is there twice"),
        ([AGE], {"unit": {"column": "age", "most_rows": 2}}, "unit column age"),
        ([AGE], {"unit": {"column": "p", "most_rows": 1}}, "most_rows is 1"),
        ([AGE], {"unit": {"column": "", "most_rows": 2}}, "unit: column is ''"),
        ([AGE], {"format": 2}, "format is 2; expected 1"),
        ([AGE], {"rows": 9}, "unknown key 'rows'"),
        ([AGE], {"learnt": {}}, "learnt"),
        ([AGE], {"learnt": {"noise_multiplier": 0}}, "from 1e-6 to 1e6"),
        ([AGE], {"learnt": {"noise_multiplier": 1e300}}, "from 1e-6 to 1e6"),
        ([AGE], {"learnt": {"noise_multiplier": True}}, "from 1e-6 to 1e6"),
        ([AGE | {"bounds": "private"}], {}, r"\(age\): bounds=private are not"),
        ([AGE | {"name": ""}], {}, "column 1: name is ''"),
        ([AGE | {"name": "a\nb"}], {}, "column 1: name is 'a"),
        ([AGE | {"name": " a"}], {}, "without blanks"),
        ([{"type": "integer"}], {}, "column 1: name is None"),
        ([AGE, {"name": "b", "type": "odd"}], {}, r"2 \(b\): type is 'odd'"),
        ([AGE | {"bins": 0}], {}, r"column 1 \(age\): bins is 0"),
        ([AGE | {"most": -1}], {}, "least=0, most=-1; are the wrong way"),
        (
            [
                {"name": "a", "type": "category", "values": ["b=c", "d"]},
                {"name": "a=b", "type": "category", "values": ["c", "d"]},
            ],
            {},
            "two cells are called a=b=c",
        ),
        (
            [
                {"name": str(i), "type": "integer", "least": 0, "most": 40_000}
                | {"bins": 40_000}
                for i in range(2)
            ],
            {},
            "80,000 cells; expected at most 65,536",
        ),
        (
            [
                {"name": "a", "type": "category"}
                | {"values": [f"{i:0200}" for i in range(20_000)]}
            ],
            {},
            "4,080,0.. characters; expected at most 2,097,152",
        ),
    ],
)
def test_a_schema_that_cannot_be_is_refused_in_a_line(found, more, said):
    with pytest.raises(errors.DatasetError, match=said) as caught:
        _parse(*found, **more)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("s.json: ")


@pytest.mark.parametrize(
    "text", ["", "[]", "{", b"\xff", "null", '{"a":1,"a":2}']
)
def test_other_texts_are_no_schema(text):
    with pytest.raises(errors.DatasetError, match="s.json: is no schema"):
        schema_text.parse(text, source="s.json")


def test_a_file_that_is_no_schema_is_named(tmp_path):
    path = tmp_path / "schema.json"
    with pytest.raises(errors.DatasetError, match="schema.json: is no schema"):
        schema_text.read(path)
    path.write_text("{")
    with pytest.raises(errors.DatasetError, match="docs/schema.md"):
        schema_text.read(path)


def test_texts_of_other_languages_stay_as_they_are():
    schema = _parse(
        {"name": "Größe", "type": "category", "values": ["ä", "名"]}
    )
    assert "Größe" in schema_text.to_text(schema)
    assert isinstance(schema.columns[0], columns.Category)
