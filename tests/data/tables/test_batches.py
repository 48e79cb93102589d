import pyarrow
import pytest
from pyarrow import parquet

from dpgan_tf import errors
from dpgan_tf.data.tables import batches
from dpgan_tf.data.tables import text_form

WANTED = ("a", "b", "who")


def _read(path):
    form = text_form.survey(path, names=WANTED)
    found = list(batches.of_text(path, form, wanted=WANTED))
    return [
        [value for arrays in found for value in arrays[place].to_pylist()]
        for place in range(3)
    ]


def _text(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_text(content, newline="")
    return path


def test_columns_come_in_the_schemas_order(tmp_path):
    path = _text(tmp_path, "who,b,a\nx,1,2\ny,3,4\n")
    assert _read(path) == [["2", "4"], ["1", "3"], ["x", "y"]]


@pytest.mark.parametrize(
    "content",
    [
        'a,b,who\r\n1,"2","x, y"\r\n',
        'sep=,\na,b,who\n\n1,2,"x, y"\n\n',
        '"a","b","who"\n1,2,"x, y"',
        "a;b;who\n1;2;x, y\n",
        "a\tb\twho\n1\t2\tx, y\n",
        "a|b|who\r1|2|x, y\r",
    ],
)
def test_everyday_forms_of_csv_are_read(tmp_path, content):
    assert _read(_text(tmp_path, content)) == [["1"], ["2"], ["x, y"]]


def test_quotes_may_hold_quotes_and_lines(tmp_path):
    path = _text(tmp_path, 'a,b,who\n1,2,"x ""y""\nz"\n')
    assert _read(path) == [["1"], ["2"], ['x "y"\nz']]


def test_a_parquet_file_gives_its_own_types(tmp_path):
    path = tmp_path / "t.parquet"
    parquet.write_table(
        pyarrow.table({"who": ["x"], "b": [1.0], "a": [2]}), path
    )
    (arrays,) = batches.of_parquet(path, wanted=WANTED)
    assert [array.to_pylist() for array in arrays] == [[2], [1.0], ["x"]]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("a", "who"), "lacks the column b; expected exactly"),
        (("who",), "lacks the columns a, b; "),
        (("a", "b", "who", "c", "d"), "beyond the schema the columns c, d; "),
        (("a", "b", "who", "a"), "more than once the column a; "),
        (("", "a", "b", "who"), r"the column \(without a name\); "),
        (("39", "77", "x"), "names none of the schema's columns .a, b, who."),
    ],
)
def test_other_columns_are_refused_in_a_line(names, said):
    with pytest.raises(errors.DatasetError, match=said) as caught:
        batches.places(names, wanted=WANTED, source="t.csv")
    assert "\n" not in str(caught.value)


def test_a_row_with_other_fields_is_named(tmp_path):
    rows = "1,2,x\n" * 40_000
    path = _text(tmp_path, f"a,b,who\n{rows}1,2\n{rows}")
    with pytest.raises(errors.DatasetError, match="row 40,001 has 2 fields"):
        _read(path)


def test_a_quote_without_an_end_is_no_silent_loss(tmp_path):
    path = _text(tmp_path, 'a,b,who\n1,"2,x\n1,2,y\n')
    with pytest.raises(errors.DatasetError, match="t.csv: "):
        _read(path)


def test_a_damaged_parquet_file_is_named(tmp_path):
    path = tmp_path / "t.parquet"
    path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(errors.DatasetError, match="not a readable Parquet"):
        list(batches.of_parquet(path, wanted=WANTED))
