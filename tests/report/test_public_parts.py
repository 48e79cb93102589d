"""Public sections say what was released of which data."""

import dataclasses
import re

import pytest

from dpgan_tf import run_files
from dpgan_tf.claim import claim as claims
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from dpgan_tf.report import public_parts
from tests import tiny_generator
from tests.claim import releases


@pytest.fixture(scope="module")
def generators(tmp_path_factory):
    """Exported generators by name."""
    folder = tmp_path_factory.mktemp("exported")
    for name, model, settings in (
        ("labelled", tiny_generator.build_labelled(), {"num_classes": 4}),
        ("numbered", tiny_generator.build_labelled(), ONE_ON),
        ("many", tiny_generator.build_labelled(30), {"num_classes": 30}),
        ("rows", tiny_generator.build_rows(), {"largest_count": 3}),
    ):
        export.export_generator(model, folder / name, latent_dim=3, **settings)
    return {
        name: sampling.load_generator(folder / name)
        for name in ("labelled", "numbered", "many", "rows")
    }


ONE_ON = {"num_classes": 4, "first_label": 1}


def _run(root, generator, **said):
    releases.make_run(root)
    claim = releases.read(root)
    claim["about"] |= said
    files = run_files.RunFiles(root)
    (files.release / "columns.txt").write_text("A\nB\n")
    return public_parts.Run(
        claim=claim, generator=generator, release=files.release, logs={}
    )


def bodies(run):
    return {one.name: one.body for one in public_parts.sections(run)}


def test_each_class_has_a_row_of_samples(tmp_path, generators):
    run = _run(tmp_path / "run", generators["labelled"])
    body = bodies(run)["samples"]
    captions = re.findall("<figcaption>(.*?)</figcaption>", body)
    assert captions == ["class 0", "class 1", "class 2", "class 3"]
    assert "10 samples of the released generator for each class" in body
    assert "These are the first" not in body


def test_classes_have_their_names_and_numbers(tmp_path, generators):
    run = _run(tmp_path / "run", generators["numbered"])
    body = bodies(run)["samples"]
    assert re.findall("<figcaption>(.*?)</figcaption>", body) == [
        *("class 1", "class 2", "class 3", "class 4")
    ]
    (run.release / "classes.txt").write_text("A & B\nbag\ncoat\ndress\n")
    body = bodies(run)["samples"]
    assert re.findall("<figcaption>(.*?)</figcaption>", body) == [
        "A &amp; B (class 1)",
        *("bag (class 2)", "coat (class 3)", "dress (class 4)"),
    ]


def test_both_ends_of_variety_are_shown_and_how_to_draw_them(
    tmp_path, generators
):
    plain = _run(tmp_path / "run", generators["labelled"])
    assert "Variety" not in bodies(plain)["samples"]
    assert "--variety" not in public_parts.next_commands(plain).body
    varied = dataclasses.replace(plain, variety=1.5)
    body = bodies(varied)["samples"]
    assert re.findall("<h3>(.*?)</h3>", body) == [
        "Variety 1, looks best",
        "Variety 1.5, named as the best for teaching",
    ]
    assert body.count("<figure>") == 2 * 4
    assert "--variety=1.5" in public_parts.next_commands(varied).body


def test_of_many_classes_the_first_twenty_are_shown(tmp_path, generators):
    run = _run(tmp_path / "run", generators["many"])
    body = bodies(run)["samples"]
    assert body.count("<figure>") == 20
    assert "These are the first 20 of 30 classes." in body


def test_a_class_that_is_too_rare_is_said_to_be(
    tmp_path, generators, monkeypatch
):
    monkeypatch.setattr(
        public_parts.pictures, "of_classes", lambda *_, **__: []
    )
    run = _run(tmp_path / "run", generators["labelled"])
    assert "too rare" in bodies(run)["samples"]


def test_the_data_have_name_unit_purpose_and_size(tmp_path, generators):
    run = _run(
        tmp_path / "run",
        generators["rows"],
        data="simulated_ehr",
        title="Cohort",
        purpose="teaching",
    )
    cells = dict(
        re.findall("<tr><td>(.*?)</td><td>(.*?)</td></tr>", bodies(run)["data"])
    )
    assert cells["data"].startswith("Simulated cohort of patients; &quot;Coh")
    assert cells["origin of the data"] == "simulated: of no real person"
    assert cells["one record"].startswith("one row of the table")
    assert cells["purpose"] == "&quot;teaching&quot;"
    assert cells["declared number of private records"] == "1,000"
    assert (cells["columns"], cells["largest count"]) == ("2", "3")


def test_a_claim_of_nothing_has_no_plain_words(tmp_path):
    root = releases.make_run(tmp_path / "run", noise_source="seed")
    claim = run_files.read_json(root / "release" / "privacy.json", claims.SHOWN)
    section = public_parts._claim(claim)
    assert "NO privacy claim" in section.body
    assert "In plain words" not in section.body
    assert [*public_parts._risk(claim)] == []


def test_the_next_commands_fit_their_reader(tmp_path, generators):
    root = tmp_path / "a run"
    run = _run(root, generators["rows"])
    own = public_parts.next_commands(run, files=run_files.RunFiles(root)).body
    others = public_parts.next_commands(run).body
    assert f"verify --run_dir=&#x27;{root}&#x27;" in own
    assert "--for_release" in own and "evaluate" in own
    assert "verify --release_dir=release\n" in others
    assert "samples.csv" in others
    assert str(tmp_path) not in others and "evaluate" not in others
