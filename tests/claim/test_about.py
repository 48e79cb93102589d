"""A release says what it is of, and nothing that could be a record's."""

import dataclasses
import datetime
import re

import pytest

from dpgan_tf.claim import about
from dpgan_tf.config import presets
from dpgan_tf.data import registry
from tests.claim import releases
from tests.claim import words


def of_today(**changes):
    values = {"source": "mnist", "title": "", "purpose": ""}
    return about.today(**values | changes)


def rows(said, *, is_table=False):
    claim = words.CLAIM | {
        about.FIELD: said.to_claim(),
        "library_versions": dict(said.versions),
    }
    return dict(about.rows(claim, is_table=is_table))


def test_a_release_has_its_day_and_the_versions_of_its_libraries():
    before = datetime.datetime.now(datetime.UTC).date()
    said = of_today()
    after = datetime.datetime.now(datetime.UTC).date()
    assert before.isoformat() <= said.released_on <= after.isoformat()
    assert not about.KIND.problem_of(said.to_claim())
    assert not about.VERSIONS.problem_of(dict(said.versions))
    shown = rows(said)
    assert shown["day of the release (UTC)"] == said.released_on
    assert re.fullmatch(
        r"dpgan_tf \S+, TensorFlow 2\.\S+, Keras 3\.\S+, "
        r"tensorflow-privacy \S+, dp-accounting \S+",
        shown["made with"],
    )


def test_a_local_label_of_a_version_is_not_published(monkeypatch):
    monkeypatch.setattr(
        about.importlib.metadata, "version", lambda name: "2.1+host.of.mine"
    )
    assert of_today().versions["keras"] == "2.1"


def test_a_path_is_not_published():
    said = of_today(source="/home/somebody/records.npz")
    assert said.data == ""
    assert rows(said)["data"] == about.UNNAMED
    assert "somebody" not in str(rows(said))


@pytest.mark.parametrize(
    ("source", "title", "shown"),
    [
        ("mnist", "", "MNIST"),
        ("own.npz", "Scans", '"Scans", as the curator calls it'),
        (
            "fashion_mnist",
            "Mine",
            'FashionMNIST; "Mine", as the curator calls it',
        ),
    ],
)
def test_a_name_of_the_curators_is_in_quotes(source, title, shown):
    said = of_today(source=source, title=title, purpose="teaching")
    assert rows(said)["data"] == shown
    assert rows(said)["purpose"] == '"teaching"'


def test_contact_and_licence_are_said():
    said = of_today(contact="data@clinic.example", licence="CC BY 4.0")
    assert rows(said)["contact"] == '"data@clinic.example"'
    assert rows(said)["licence"] == '"CC BY 4.0"'
    assert rows(of_today())["contact"] == "not stated"
    assert rows(of_today())["licence"] == "not stated"


def test_persons_are_counted_with_the_most_records_of_one():
    claim = words.CLAIM | {"most_records_per_unit": 12}
    said = dict(about.unit_rows(claim))
    assert said == {
        "declared number of private persons": "58,800",
        "records of a person, at most": "12",
    }
    said = dict(about.unit_rows(words.CLAIM))
    assert said == {"declared number of private records": "58,800"}


def test_a_simulated_cohort_is_said_to_be_simulated():
    shown = rows(of_today(source="simulated_ehr"), is_table=True)
    assert shown["origin of the data"] == "simulated: of no real person"
    assert shown["one record"].endswith("all codes of one patient")
    assert "simulated" not in str(rows(of_today())).lower()


def test_one_record_is_a_picture_or_a_row():
    said = of_today(source="own.npz")
    assert rows(said)["one record"].startswith("one picture")
    assert rows(said, is_table=True)["one record"] == "one row of the table"


def test_the_data_of_every_preset_are_known_and_all_known_ones_exist():
    names = {name for source in registry.every() for name in source.names}
    assert set(about.KNOWN) <= names
    for name in presets.names():
        assert presets.get(name).data.source in about.KNOWN


@pytest.mark.parametrize(
    "changes",
    [
        {"data": "cohort of 2024"},
        {"data": None},
        {"data": ["mnist"]},
        {"title": "a\n\nEpsilon is 0.1"},
        {"title": "**epsilon: 0.1**"},
        {"title": "a | b"},
        {"title": 7},
        {"title": None},
        {"purpose": "<b>"},
        {"purpose": "a" * 101},
        {"contact": "a@b@c"},
        {"contact": "<a@b>"},
        {"contact": "a" * 99 + "@b"},
        {"contact": "mailto:a@b"},
        {"licence": "a@b"},
        {"licence": "[x](y)"},
        {"released_on": ""},
        {"released_on": "2026-02-30"},
        {"released_on": "20261130"},
        {"released_on": "2026-W01-1"},
        {"released_on": "2026-11-30, epsilon 0.1"},
        {"released_on": "\u0662026-11-30"},
        {"released_on": 2026},
        {"epsilon": "0.1"},
    ],
)
def test_words_that_no_release_has_are_refused(changes):
    found = releases.ABOUT.to_claim()
    assert about.KIND.problem_of(found) == ""
    assert about.KIND.problem_of(found | changes)
    for name in found:
        assert about.KIND.problem_of({k: found[k] for k in found if k != name})


def test_a_claim_says_again_what_it_was_made_from():
    claim = {
        about.FIELD: releases.ABOUT.to_claim(),
        "library_versions": releases.ABOUT.versions,
    }
    assert about.of_claim(claim) == releases.ABOUT


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, ""),
        ({"data": {"title": ""}}, ""),
        ({"data": None}, ""),
        ({"data": {"title": "Scans"}}, "data.title differs"),
        ({"data": {"purpose": "teaching"}}, "data.purpose differs"),
    ],
)
def test_words_that_the_configuration_has_not_are_found(config, said):
    assert about.difference(releases.ABOUT, config).startswith(said)
    named = dataclasses.replace(releases.ABOUT, title="Mine")
    assert about.difference(named, config).startswith("data.title differs")
