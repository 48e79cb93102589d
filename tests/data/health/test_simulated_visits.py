"""Simulated visits: what is in the file, and dependences to be found again."""

import csv
import io
from collections import Counter

import numpy as np
import pytest

from dpgan_tf.data.health import simulated_visits
from dpgan_tf.data.health import visit_laws
from dpgan_tf.data.tables import schema_text


@pytest.fixture(scope="module")
def visits():
    return simulated_visits.draw(seed=0)


@pytest.fixture(scope="module")
def rows(visits):
    text = simulated_visits.content(visits, seed=0).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_there_are_three_thousand_visits_of_2_100_patients(rows):
    counts = Counter(row["patient"] for row in rows)
    assert len(rows) == 3_000 and len(counts) == 2_100
    # Some have more visits than the schema's four, so that a limit is met.
    assert 1 <= sum(number > 4 for number in counts.values()) <= 20


def test_the_file_is_what_hospitals_export_and_says_what_it_is(rows, visits):
    content = simulated_visits.content(visits, seed=0)
    assert content.startswith(b"\xef\xbb\xbfpatient;age;sex;")
    assert content.count(b"\r\n") == 3_001
    assert all(row["patient"].startswith("SIM-") for row in rows)
    gaps = Counter(row["hba1c"] for row in rows)
    assert gaps[""] > 300 and gaps["NA"] > 300 and gaps["n/a"] > 300
    assert any("," in row["creatinine"] for row in rows)
    assert any(";" in row["diagnoses"] for row in rows)
    told = simulated_visits.described(seed=0)
    assert told["what"].startswith("SIMULATED")
    assert told["log_odds_of_chronic_diseases"]["N18"]["E11"] == 1.0


def test_a_seed_gives_one_file(visits):
    again = simulated_visits.draw(seed=0)
    other = simulated_visits.draw(seed=1)
    made = [simulated_visits.content(v, seed=0) for v in (visits, again, other)]
    assert made[0] == made[1] != made[2]


def test_all_values_are_in_the_schema(visits, rows):
    schema = schema_text.read(simulated_visits.SCHEMA)
    assert (schema.unit, *schema.names) == simulated_visits.COLUMNS
    for column in schema.columns:
        texts = {row[column.name] for row in rows}
        match column.TYPE:
            case "category" | "boolean":
                assert texts == set(column.cells)
            case "codes":
                found = {code for text in texts for code in text.split(";")}
                assert found == {"", *column.codes}
            case "integer" | "number":
                values = visits[column.name]
                assert np.nanmin(values) >= column.least
                assert np.nanmax(values) <= column.most
                assert np.isnan(values.astype(float)).any() == column.missing
            case "date":
                assert all(
                    text[-4:] in ("2021", "2022", "2023") for text in texts
                )


def test_dependences_are_there(visits):
    diabetes, kidneys = visits["E11"], visits["N18"]
    for name in ("glucose", "hba1c"):
        values = visits[name]
        means = [np.nanmean(values[where]) for where in (diabetes, ~diabetes)]
        assert means[0] > means[1] + 1.5
    creatinine = visits["creatinine"]
    assert np.nanmean(creatinine[kidneys]) > 1.7 * np.nanmean(
        creatinine[~kidneys]
    )
    old = visits["age"] >= 75
    assert visits["died"][old].mean() > 2 * visits["died"][~old].mean()
    assert (
        diabetes[visits["I10"]].mean() > 1.5 * diabetes[~visits["I10"]].mean()
    )
    last = {patient: i for i, patient in enumerate(visits["patient"])}
    dead = np.flatnonzero(visits["died"])
    assert len(dead) > 30
    assert all(last[visits["patient"][row]] == row for row in dead)


def test_diseases_of_visits_have_the_shares_of_their_laws(visits):
    for name, law in visit_laws.ACUTE.items():
        expected = 1 / (1 + np.exp(-visit_laws.total(law, visits)))
        deviation = np.sqrt((expected * (1 - expected)).sum())
        assert abs(visits[name].sum() - expected.sum()) < 4 * deviation
