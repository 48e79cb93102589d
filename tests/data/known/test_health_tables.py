"""Tables of patients: prepared, loaded with their schemas, described."""

import json

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.data import sources
from dpgan_tf.data.health import mimic_schemas
from dpgan_tf.data.tables import schema_text
from tests.data.health import mimic_layouts


def _prepare(tmp_path, *arguments):
    return main.main(["prepare-data", f"--data_dir={tmp_path}", *arguments])


@pytest.mark.parametrize(
    "name, files, schema",
    [
        ("mimic3_patients", mimic_layouts.THREE, mimic_schemas.mimic_3()),
        ("mimic4", mimic_layouts.FOUR, mimic_schemas.mimic_4()),
    ],
)
def test_mimic_becomes_a_file_and_its_schema(
    tmp_path, capsys, name, files, schema
):
    files = mimic_layouts.copied(files, num=40)
    source = mimic_layouts.write(tmp_path / "source", files)
    assert not _prepare(tmp_path, f"--dataset={name}", f"--source={source}")
    printed = capsys.readouterr()
    assert "120 patients, 160 admissions, 200 diagnoses" in printed.out
    folder = tmp_path / name
    flags = f"{folder}/patients.csv --schema={folder}/schema.json"
    assert f"train {flags} --epsilon=" in printed.err
    assert schema_text.read(folder / "schema.json") == schema
    header = (folder / "patients.csv").read_text().partition("\n")[0]
    assert header.split(",") == list(schema.names)
    report = json.loads((folder / "report.json").read_text())
    assert report["num_patients"] == 120 and report["rows_left_out"] == {}


def test_what_is_left_out_or_changed_is_printed(tmp_path, capsys):
    files = mimic_layouts.copied(mimic_layouts.FOUR, num=40)
    source = mimic_layouts.write(
        tmp_path / "source",
        files,
        PATIENTS=files["patients.csv"] + "x,F,50,2101,,\n",
        ADMISSIONS=files["admissions.csv"].replace("URGENT", "SHIP", 1),
        DIAGNOSES_ICD=files["diagnoses_icd.csv"] + "12,103,2,I14,10\n",
    )
    assert not _prepare(tmp_path, "--dataset=mimic4", f"--source={source}")
    printed = capsys.readouterr().out
    assert "patients.csv: no number as identifier: 1 rows" in printed
    assert "first_admission_type: 1 values became" in printed
    assert "1 diagnoses of 1 categories, most often I14" in printed


def test_visits_are_written_and_said_to_be_simulated(tmp_path, capsys):
    assert not _prepare(tmp_path, "--dataset=simulated_visits", "--seed=3")
    printed = capsys.readouterr()
    assert printed.out.startswith("SIMULATED: ")
    assert "3,000 visits of 2,100 patients" in printed.out
    folder = tmp_path / "simulated_visits"
    assert f"--schema={folder}/schema.json" in printed.err
    report = json.loads((folder / "report.json").read_text())
    assert report["what"].startswith("SIMULATED") and report["seed"] == 3


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--dataset=mimic4"], "give --source=DIR, the folder of MIMIC-IV"),
        (["--dataset=mimic3_patients", "--source=nowhere"], "no such folder"),
        (["--dataset=mimic4", "--codes=x"], "--codes: has no effect"),
    ],
)
def test_bad_flags_are_named(tmp_path, capsys, arguments, message):
    assert _prepare(tmp_path, *arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", ["mimic4", "simulated_visits"])
def test_a_name_leads_to_the_file_that_is_made(tmp_path, name):
    with pytest.raises(errors.DatasetError, match=f"--dataset={name}`, and"):
        sources.load(name, data_dir=tmp_path)
