"""UCI Adult is read from the user's copy, with its own schema and split."""

import numpy as np
import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import wanted as asked
from dpgan_tf.data import sources
from dpgan_tf.data.census import adult_schema
from dpgan_tf.data.known import adult
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema_text
from dpgan_tf.data.tables import writing
from dpgan_tf.run import data as run_data
from dpgan_tf.run import front_door
from tests.data.known import adult_files


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setattr(adult, "_NUM_ROWS", adult_files.NUM)
    return adult_files.write(tmp_path / "uci")


def _prepare(tmp_path, source):
    return sources.prepare("adult", data_dir=tmp_path, source=source)


def test_rows_keep_their_values_and_their_split(tmp_path, source):
    _prepare(tmp_path, source)
    table = sources.load("adult", data_dir=tmp_path)
    assert (len(table.train_rows), len(table.test_rows)) == (60, 40)
    assert table.columns == table.schema.cells
    assert table.form.blocks == table.schema.blocks
    for rows in (table.train_rows, table.test_rows):
        # The first number of each cell.
        values = decoding.decode(
            table.schema, rows[:3], np.zeros([3, 6], np.float64)
        )
        shown = writing.rows(table.schema, values)
        assert ",".join(shown[0]) == (
            "39,State-gov,75000,Bachelors,13,Never-married,Adm-clerical,"
            "Not-in-family,White,Male,0,0,36,United-States,<=50K"
        )
        assert shown[1][1] == shown[1][6] == "" and shown[1][14] == ">50K"
        assert shown[2][13] == "" and shown[2][12] == "95"


def test_the_schema_is_that_of_the_documentation():
    schema = adult_schema.build()
    sizes = [len(column.cells) for column in schema.columns]
    assert sizes == [20, 9, 20, 16, 16, 7, 15, 6, 5, 2, 20, 20, 20, 42, 2]
    assert [one.name for one in schema.columns if one.missing] == [
        *("workclass", "occupation", "native_country")
    ]


def test_it_is_prepared_and_described(tmp_path, source, capsys):
    arguments = [f"--source={source}", f"--data_dir={tmp_path}"]
    assert main.main(["prepare-data", "--dataset=adult", *arguments]) == 0
    said = "".join(capsys.readouterr())
    assert "60 rows of 15 columns in 220 cells" in said
    assert "train adult" in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (", Male", "", "adult.data: line 1 has 14 values; expected 15"),
        ("39, State", "39, 39, State", "line 1 has 16 values"),
        ("39, State", "139, State", "age"),
        ("State-gov", "State-fair", "workclass"),
        ("39, State-gov", "?, State-gov", "age"),
    ],
)
def test_what_is_not_ucis_is_named(tmp_path, source, old, new, message):
    path = source / "adult.data"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(errors.DatasetError, match=message):
        _prepare(tmp_path, source)
    assert not (tmp_path / "adult").exists()


def test_another_number_of_rows_or_no_file_is_refused(tmp_path, source):
    with pytest.raises(errors.DatasetError, match="--source=DIR"):
        sources.prepare("adult", data_dir=tmp_path)
    adult_files.write(source, num={"train": 61, "test": 40})
    with pytest.raises(errors.DatasetError, match="61 rows; expected 60"):
        _prepare(tmp_path, source)
    (source / "adult.data").write_text("\n")
    with pytest.raises(errors.DatasetError, match="has 0 rows"):
        _prepare(tmp_path, source)
    (source / "adult.data").write_bytes(b"\xff\xfe")
    with pytest.raises(errors.DatasetError, match="cannot be read"):
        _prepare(tmp_path, source)
    (source / "adult.data").unlink()
    with pytest.raises(errors.DatasetError, match="cannot be read"):
        _prepare(tmp_path, source)
    with pytest.raises(errors.DatasetError, match="run `prepare-data"):
        sources.load("adult", data_dir=tmp_path)


def test_a_copy_of_other_columns_is_refused(tmp_path, source):
    _prepare(tmp_path, source)
    path = tmp_path / "adult" / "columns.txt"
    path.write_text(path.read_text().replace("sex=Male", "sex=M"))
    with pytest.raises(errors.DatasetError, match="other columns"):
        sources.load("adult", data_dir=tmp_path)


def test_its_schema_goes_into_the_recipe_and_no_other_one_does(
    tmp_path, source
):
    _prepare(tmp_path, source)
    text = schema_text.to_text(adult_schema.build())
    table = sources.load("adult", data_dir=tmp_path, schema=text)
    recipe = front_door.recipe_for(
        table,
        asked.Wanted(data="adult", recipe="dpgan_ehr", epsilon=2),
        source="adult",
    )
    assert recipe.data.schema == text
    assert recipe.data.num_private_examples == 32_561
    run_data.load_dataset(recipe, data_dir=tmp_path)
    with pytest.raises(errors.DatasetError, match="its own: leave it out"):
        sources.load("adult", data_dir=tmp_path, schema='{"format": 1}')
    without = recipes.change(presets.get("dpgan_ehr"), {"data.source": "adult"})
    with pytest.raises(errors.ConfigError, match="train adult --recipe=NAME"):
        run_data.load_dataset(without, data_dir=tmp_path)
