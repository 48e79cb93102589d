import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import codebook
from dpgan_tf.data.tables import drafting
from dpgan_tf.data.tables import schema_text

BOOK = """name;type;values;least;most;bins;points;missing;most_rows
sex;category;F|M|0;;;;;true;
age;integer;;0;110;22;0;;
level;number;;0.5;20;;;False;
seen;date;;2019-01-01;2019-12-31;12;;;

person;unit;;;;;;;3
"""


def test_a_codebook_says_the_whole_schema(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text(BOOK)
    value = codebook.read(path)
    assert value["columns"] == [
        {"name": "sex", "type": "category", "values": ["F", "M", "0"]}
        | {"missing": True},
        {"name": "age", "type": "integer", "least": 0, "most": 110, "bins": 22}
        | {"points": [0]},
        {"name": "level", "type": "number", "least": 0.5, "most": 20}
        | {"missing": False},
        {"name": "seen", "type": "date", "bins": 12}
        | {"least": "2019-01-01", "most": "2019-12-31"},
    ]
    schema = schema_text.of(value)
    assert (schema.unit, schema.most_rows_per_unit) == ("person", 3)
    assert drafting.of_public(path) == value


def test_a_codebook_is_known_by_its_header():
    assert codebook.is_codebook(["name", "type", "values"])
    assert not codebook.is_codebook(["name", "type", "age"])
    assert not codebook.is_codebook(["name", "values"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("age,integer,,9,3", r"column 1 \(age\): least=9, most=3"),
        ("age,integer,,x,3", r"column 1 \(age\): least is 'x'"),
        ("age,odd,,,", r"column 1 \(age\): type is 'odd'"),
        ("age,unit,,,", "has no columns|unit most_rows is"),
        (",integer,,1,3", "column 1: name is None"),
    ],
)
def test_a_codebook_that_cannot_be_is_refused(tmp_path, line, said):
    path = tmp_path / "book.csv"
    path.write_text(f"name,type,values,least,most\n{line}\n")
    with pytest.raises(errors.DatasetError, match=said):
        drafting.of_public(path)
