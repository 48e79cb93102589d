"""The walk with a hospital's CSV, from the file to a subgroup, as written."""

import csv
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from dpgan_tf.data.health import simulated_visits
from dpgan_tf.data.tables import schema_text
from tests.docs import pages

_PAGE = "walk_through.md"
_TEXT = (pages.DOCS / _PAGE).read_text()
_PROGRAM = f'dpgan() {{ {sys.executable} -m dpgan_tf "$@"; }}\n'
_RUN = "runs/visits_auto"


def _run(block, folder):
    """Return what a block of code prints."""
    script = [sys.executable, "-c", block.text]
    if block.language == "console":
        commands = "\n".join(pages.commands(block.text))
        script = ["bash", "-ec", _PROGRAM + commands]
    done = subprocess.run(
        script,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(pages.DOCS.parent)},
    )
    assert not done.returncode, f"{block.text}: {done.stderr[-2_000:]}"
    return done.stdout + done.stderr


def _rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """The folder after the walk, and what its blocks printed."""
    folder = tmp_path_factory.mktemp("walk")
    code = [
        block
        for block in pages.blocks(_PAGE)
        if block.language in ("console", "python")
    ]
    return folder, [_run(block, folder) for block in code]


def test_columns_on_the_page_are_those_of_the_schema():
    """What a reader copies is what the data team declared."""
    shipped = json.loads(simulated_visits.SCHEMA.read_text())
    (quoted,) = (b for b in pages.blocks(_PAGE) if b.language == "json")
    *columns, unit = quoted.text.splitlines()
    for line in columns:
        column = json.loads(line)
        (declared,) = (
            c for c in shipped["columns"] if c["name"] == column["name"]
        )
        if "codes" in column:
            num_shown = len(column["codes"]) - 1
            column["codes"][num_shown:] = declared["codes"][num_shown:]
        assert column == declared
    assert json.loads(f"{{{unit}}}")["unit"] == shipped["unit"]


def test_the_first_lines_on_the_page_are_those_of_the_file():
    visits = simulated_visits.draw(seed=0)
    content = simulated_visits.content(visits, seed=0).decode("utf-8-sig")
    (shown,) = (b for b in pages.blocks(_PAGE) if b.text.startswith("patient;"))
    assert content.splitlines()[:4] == shown.text.splitlines()


def test_visits_beyond_the_limit_are_as_many_as_the_page_says():
    whose = simulated_visits.draw(seed=0)["patient"].tolist()
    beyond = sum(max(0, whose.count(number) - 4) for number in set(whose))
    assert f"Of the 3,000 visits, {beyond} are" in _TEXT


@pytest.mark.slow
def test_the_release_claims_what_the_page_says(walk):
    folder, _ = walk
    claim = json.loads((folder / _RUN / "release/privacy.json").read_text())
    assert claim["epsilon"] <= 2
    assert claim["delta"] == 1e-5
    assert claim["num_examples"] == 2_100
    assert claim["most_records_per_unit"] == 4


@pytest.mark.slow
def test_the_forecast_is_what_the_page_says(walk):
    _, said = walk
    (shown,) = (b for b in pages.blocks(_PAGE) if "forecast  " in b.text)
    told = "\n".join(said)
    for line in shown.text.splitlines():
        assert line in told, line


@pytest.mark.slow
def test_what_the_board_is_told_is_what_the_card_says(walk):
    folder, _ = walk
    card = (folder / _RUN / "release/MODEL_CARD.md").read_text()
    (factor,) = re.findall(r"the odds at most ([\d.]+) times", card)
    (found,) = re.findall(r"finds at most [\d.]+%, ([\d.]+)% and", card)
    text = " ".join(line.lstrip("> ") for line in _TEXT.splitlines())
    assert f"at most {factor} times larger or smaller" in text
    assert f"finds at most {found} in 100 of those who are" in text
    chance = 1 / (1 + 99 / float(factor))
    assert round(1 / chance) == 10


@pytest.mark.slow
def test_files_are_those_that_the_page_lists(walk):
    folder, _ = walk
    listed = re.findall(rf"^\| `({_RUN}/\S+?)/?` \|", _TEXT, re.M)
    assert len(listed) > 5
    for name in listed:
        assert (folder / name).exists(), name
    parts = [pathlib.PurePath(name).relative_to(_RUN) for name in listed]
    top = {part.parts[1] for part in parts if len(part.parts) > 1}
    release = {path.name for path in (folder / _RUN / "release").iterdir()}
    assert release <= top


@pytest.mark.slow
def test_samples_have_the_columns_of_the_schema(walk):
    folder, _ = walk
    schema = schema_text.read(folder / "schema.json")
    rows = _rows(folder / "synthetic.csv")
    assert len(rows) == 3_000 and tuple(rows[0]) == schema.names
    ages = [int(row["age"]) for row in rows]
    assert min(ages) >= 18 and max(ages) <= 104
    assert {row["died"] for row in rows} <= {"no", "yes"}
    assert all(
        re.fullmatch(r"\d\d\.\d\d\.202[123]", row["admitted"]) for row in rows
    )
    assert any(row["hba1c"] == "" for row in rows)


@pytest.mark.slow
def test_a_subgroup_has_its_rows_alone(walk):
    folder, _ = walk
    rows = _rows(folder / "diabetes.csv")
    assert len(rows) == 500
    for row in rows:
        assert "E11" in row["diagnoses"].split(";")
        assert 60 <= int(row["age"]) <= 80


@pytest.mark.slow
def test_the_release_knows_that_diabetes_raises_hba1c(walk):
    _, said = walk
    (compared,) = (text for text in said if text.startswith("visits.csv: "))
    for line in compared.splitlines()[:2]:
        ill, well = re.findall(r"([\d.]+) with", line)
        assert float(ill) > float(well) + 0.5, line
