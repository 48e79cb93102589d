"""A whole run with labels: trained, scored, reported, tabulated."""

import dataclasses
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.commands import table as table_command
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.evaluation import classifier as classifiers
from dpgan_tf.evaluation import image_scorer
from dpgan_tf.evaluation import score_text
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.models import decoupled
from dpgan_tf.papers import cells
from dpgan_tf.papers import compute
from dpgan_tf.papers import figures
from dpgan_tf.papers import provenance
from dpgan_tf.papers import schema
from dpgan_tf.papers import utility
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.release import sampling
from dpgan_tf.report import curves
from dpgan_tf.report import page
from dpgan_tf.run import assembly
from dpgan_tf.run import baselines
from dpgan_tf.run import budgets
from dpgan_tf.run import training
from dpgan_tf.run.stages import release as run_release
from dpgan_tf.run.stages import warm_start
from tests import tiny_run

_NUM_PUBLIC = 42
"""What the split draws; 30 are expected."""

_SETTINGS = {
    "data.public_fraction": 0.1,
    "data.num_private_examples": 270,
    "networks.conditional": True,
    "loss": "decoupled",
    "scoring.every": 4,
}


@pytest.fixture(scope="module")
def recipe(folder):
    return tiny_run.recipe(folder, **_SETTINGS)


@pytest.fixture(scope="module")
def finished(folder, recipe):
    return training.train(recipe, run_dir=folder / "run", data_dir=folder)


def test_a_decoupled_run_with_labels_keeps_its_claim(recipe, finished):
    findings = claim_check.check_run(finished.root)
    assert findings and all(f.ok for f in findings), findings
    budget = budgets.build_budget(recipe)
    networks = assembly.build_networks(recipe, records.DIGITS)
    model = assembly.build_dpgan(
        recipe, records.DIGITS, *networks, budget.mechanism
    )
    assert type(model) is decoupled.AdvancedDecoupledDPGAN
    assert model.num_classes == 10


def test_its_samples_have_labels(finished, tmp_path):
    output = tmp_path / "samples.npz"
    arguments = [f"--run_dir={finished.root}", f"--output={output}"]
    assert main.main(["generate", "--num_samples=30", *arguments]) == 0
    with np.load(output) as arrays:
        assert (arrays["labels"] == np.arange(30) % 10).all()
        assert arrays["images"].shape == (30, 28, 28, 1)
    card = (finished.release / "MODEL_CARD.md").read_text()
    assert "serve(latent=latent, label=label)" in card


def test_its_scores_stand_beside_the_baselines(finished):
    scores = json.loads(finished.scores.read_text())["scores"]
    assert set(scores) == {"real_train", "real_test", "warm_start", "released"}
    for name in ("inception_score", "recall", "diversity", "downstream_cnn"):
        assert np.isfinite(scores["released"][name]), name
        assert np.isfinite(scores["warm_start"][name]), name
    assert "frechet" in scores["released"]["left_out"]
    assert finished.neighbours.stat().st_size > 0


def _require_readable_without_the_end(logs, folder):
    """A crash may leave an unfinished record."""
    for path in logs.glob("events.out.tfevents.*"):
        (folder / path.name).write_bytes(path.read_bytes()[:-5])
    assert curves.read(folder)["budget/epsilon"]


def test_scores_against_steps_are_logged_as_private(finished, tmp_path):
    logs = curves.read(finished.logs / "private")
    _require_readable_without_the_end(finished.logs / "private", tmp_path)
    points = logs["private/score/inception_score"]
    assert [step for step, _ in points] == [0, 4, 8, 12]
    assert all(1 <= score <= 10 for _, score in points)
    steps, epsilons = zip(*logs["budget/epsilon"], strict=True)
    assert list(epsilons) == sorted(epsilons)


def test_the_report_marks_what_is_private_and_leaves_it_out_for_release(
    finished, tmp_path, capsys
):
    assert main.main(["report", f"--run_dir={finished.root}"]) == 0
    own = (finished.private / "report.html").read_text()
    output = tmp_path / "page.html"
    arguments = ["--for_release", f"--output={output}"]
    assert main.main(["report", f"--run_dir={finished.root}", *arguments]) == 0
    public = output.read_text()
    claim = json.loads((finished.release / "privacy.json").read_text())
    for text in (own, public):
        assert claim["statement"] in text
        assert text.count("data:image/png;base64,") >= 3
        assert "http" not in text
    assert re.findall("<h2>(.*?)</h2>", public) == [
        "The privacy statement",
        "Samples",
        "Interpolation between samples",
        "Budget",
    ]
    assert public.count("data:image/png;base64,") == 3
    for title in (
        "Critic loss",
        "Clipping",
        "Scores",
        "nearest training images",
    ):
        assert title in own
        assert title not in public
    assert own.count('class="private"') == 6
    capsys.readouterr()


def test_scores_are_published_only_where_the_records_are(
    recipe, finished, tmp_path, monkeypatch
):
    """They say something of private records, and have no noise."""
    assert score_text.PUBLIC_BENCHMARKS == ("mnist", "fashion_mnist")
    shutil.copytree(finished.root, tmp_path / "run")
    files = run_files.existing(tmp_path / "run")
    card = files.release / "MODEL_CARD.md"
    assert "## Quality" not in card.read_text()
    assert "<h2>Scores" not in page.build_for_release(files)
    monkeypatch.setattr(score_text, "PUBLIC_BENCHMARKS", (recipe.data.source,))
    run_release.write_again(recipe, files)
    assert "## Quality" in card.read_text()
    assert "Not covered by epsilon" in card.read_text()
    assert "<h2>Scores" in page.build_for_release(files)
    assert all(f.ok for f in claim_check.check_run(files.root))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--for_release"], "--output: missing"),
        (["--output=page.pdf"], "expected FILE.html"),
        (["--output=RUN/release/page.html"], "lies in the release"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused(
    finished, capsys, arguments, message
):
    arguments = [text.replace("RUN", str(finished.root)) for text in arguments]
    command = ["report", f"--run_dir={finished.root}", *arguments]
    assert main.main(command) == 2
    assert message in capsys.readouterr().err


def test_an_unfinished_run_has_no_report(folder, recipe, tmp_path, capsys):
    (tmp_path / "config.json").write_text(recipe.to_json())
    assert main.main(["report", f"--run_dir={tmp_path}"]) == 2
    assert "not finished" in capsys.readouterr().err


def test_records_without_labels_cannot_be_conditional(tmp_path):
    recipe = tiny_run.recipe(tmp_path, networks__conditional=True)
    with pytest.raises(errors.DatasetError, match="has no labels"):
        training.train(recipe, run_dir=tmp_path / "run", data_dir=tmp_path)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("kind", baselines.KINDS)
def test_a_baseline_makes_no_claim_and_is_resumed(folder, recipe, kind):
    arguments = {
        "kind": kind,
        "num_generator_steps": 1,
        "run_dir": folder / kind,
        "data_dir": folder,
    }
    files = baselines.train(recipe, **arguments)
    before = files.warm_start_generator.stat().st_mtime_ns
    assert baselines.train(recipe, **arguments) == files
    assert files.warm_start_generator.stat().st_mtime_ns == before
    assert not files.release.exists() and not files.ledger.exists()
    assert main.main(["export", f"--run_dir={files.root}"]) == 2


def test_a_baseline_sees_public_records_only_or_all(
    folder, recipe, monkeypatch
):
    seen = {}

    def look(recipe, files, form, public, *networks, num_generator_steps):
        assert num_generator_steps == 1
        seen["num"] = len(public)

    monkeypatch.setattr(warm_start, "train", look)
    for kind, expected in (
        ("public_only", _NUM_PUBLIC),
        ("non_private", 300),
    ):
        baselines.train(
            recipe,
            kind=kind,
            num_generator_steps=1,
            run_dir=folder / f"look_{kind}",
            data_dir=folder,
        )
        assert seen["num"] == expected
    larger = recipes.change(recipe, {"steps.generator_batch_size": 43})
    with pytest.raises(errors.ConfigError, match="at most 42"):
        baselines.train(
            recipes.change(larger, {"warm_start.num_steps": 0}),
            kind="public_only",
            num_generator_steps=1,
            run_dir=folder / "larger",
            data_dir=folder,
        )
    with pytest.raises(ValueError, match="kind='all'"):
        baselines.train(
            recipe,
            kind="all",
            num_generator_steps=1,
            run_dir=folder / "all",
            data_dir=folder,
        )


@pytest.fixture
def workshop(folder, tmp_path):
    """Where nothing is computed yet."""
    return _workshop(folder, tmp_path / "runs")


@pytest.fixture(scope="module")
def cells_of_rows(folder, recipe):
    shop = _workshop(folder, folder / "cells")
    for row in _rows(recipe):
        cells.scores(shop, row, seed=0)
    return shop.runs_dir


@pytest.fixture
def stocked(workshop, cells_of_rows):
    """Where every row has a cell of seed 0."""
    shutil.copytree(cells_of_rows, workshop.runs_dir)
    return workshop


def _workshop(folder, runs_dir):
    return workshops.Workshop(
        runs_dir=runs_dir,
        data_dir=folder,
        command="make tiny",
        baseline_steps=1,
        few_labels=semi_supervised.Setting(num_steps=6, batch_size=10),
    )


def _rows(recipe):
    plain = recipes.change(recipe, {"scoring.every": 0})
    return [
        schema.Row(
            name=kind,
            title=f"{kind} row",
            kind=kind,
            recipe=plain,
            paper={"inception_score": 8.64},
        )
        for kind in ("real", "public_only")
    ]


def test_a_table_is_computed_once_and_written_twice(
    recipe, stocked, tmp_path, monkeypatch
):
    table = schema.Table(
        name="table2",
        title="Tiny",
        rows=_rows(recipe),
        notes=("A note.",),
    )
    content = compute.score_table_of(table, stocked, seeds=[0, 1])
    assert [len(row["seeds"]) for row in content["rows"]] == [1, 2]
    assert len(content["rows"][1]["values"]["inception_score"]) == 2
    paths = compute.write("table2", content, tmp_path / "results")
    assert json.loads(open(paths[0]).read()) == json.loads(json.dumps(content))
    text = open(paths[1]).read()
    assert "(8.64)" in text and "make tiny" in text and " ± " in text

    def refuse(*args, **kwargs):
        raise AssertionError("computed again")

    monkeypatch.setattr(workshops, "train", refuse)
    monkeypatch.setattr(cells.run_scores, "scorer_of", refuse)
    again = compute.score_table_of(table, stocked, seeds=[0, 1])
    assert again["rows"] == content["rows"]


def test_the_generator_of_a_row_is_the_release_or_that_without_privacy(
    recipe, finished
):
    of_release = sampling.generator_directory(finished.release)
    expected = {
        schema.PRIVATE: of_release,
        schema.PUBLIC_ONLY: finished.warm_start_generator,
        schema.NON_PRIVATE: finished.warm_start_generator,
    }
    for kind, directory in expected.items():
        row = dataclasses.replace(_rows(recipe)[0], kind=kind)
        assert workshops.directory_of_generator(row, finished) == directory


def test_seeds_are_runs_of_their_own(recipe, workshop):
    row = _rows(recipe)[0]
    assert workshop.recipe(row, 0).data.split_seed == 0
    assert workshop.recipe(row, 3) == recipes.change(
        row.recipe, {"data.split_seed": 3}
    )
    assert workshop.folder(row, 0) != workshop.folder(row, 3)


def test_the_real_row_is_of_test_images_where_there_are_any(
    recipe, workshop, monkeypatch
):
    found = {"real_train": {"a": 1.0, "b": 1.0}, "real_test": {"a": 2.0}}
    monkeypatch.setattr(
        image_scorer.ImageScorer, "score_real", lambda *args, **kwargs: found
    )
    values = cells.scores(workshop, _rows(recipe)[0], seed=0)["values"]
    assert values == {"a": 2.0, "b": 1.0}


def test_a_cell_has_mean_and_deviation_of_its_seeds_beside_the_paper():
    assert compute._cell([1.0, 3.0], 8.64) == "2.00 ± 1.414 (8.64)"
    assert compute._cell([2.0], None) == "2.00"
    assert compute._cell([], 0.5) == "- (0.5)"


@pytest.mark.slow
def test_of_a_private_row_the_release_alone_is_scored(
    recipe, workshop, finished
):
    """As a run scores it, and the claim holds without scores."""
    row = dataclasses.replace(
        _rows(recipe)[0], name="private", kind=schema.PRIVATE
    )
    found = cells.scores(workshop, row, seed=0)["values"]
    files = run_files.RunFiles(workshop.folder(row, 0) / "run")
    assert not files.scores.exists()
    assert all(finding.ok for finding in claim_check.check_run(files.root))
    of_run = json.loads(finished.scores.read_text())["scores"]["released"]
    assert found.keys() == of_run.keys()
    assert found["num_images"] == of_run["num_images"]


def test_public_records_are_a_row_and_what_is_unfinished_is_left_out(
    recipe, workshop
):
    rows = [
        dataclasses.replace(_rows(recipe)[0], name=kind, kind=kind)
        for kind in ("public_records", "public_only")
    ]
    table = schema.Table(
        name="tiny", title="Tiny", rows=rows, notes=("First.",)
    )
    with pytest.raises(errors.UserError, match="no row of the table"):
        compute.finished_part(table, workshop, seeds=[0])
    found = cells.scores(workshop, rows[0], seed=0)["values"]
    assert found["num_images"] == _NUM_PUBLIC
    assert 0 <= found["downstream_cnn"] <= 1 and np.isfinite(found["recall"])
    part = compute.finished_part(table, workshop, seeds=[0])
    assert [row.name for row in part.rows] == ["public_records"]
    content = compute.score_table_of(part, workshop, seeds=[0])
    assert "1 of 2" in compute.markdown(content)
    with pytest.raises(errors.UserError, match="no row of the table"):
        compute.finished_part(table, workshop, seeds=[0, 1])
    whole = dataclasses.replace(table, rows=rows[:1])
    assert compute.finished_part(whole, workshop, seeds=[0]) == whole


def test_a_row_without_its_generator_is_not_finished(recipe, stocked):
    row = _rows(recipe)[1]
    assert not cells.is_finished(stocked, row, seed=1)
    assert cells.is_finished(stocked, row, seed=0)
    shutil.rmtree(stocked.folder(row, 0) / "run")
    assert not cells.is_finished(stocked, row, seed=0)


def test_recorded_scores_stand_for_their_very_cell(
    recipe, stocked, tmp_path, monkeypatch
):
    rows = _rows(recipe)
    folder = tmp_path / "record"
    for row in rows:
        cells.record(stocked, row, folder, seed=0)
    elsewhere = dataclasses.replace(stocked, runs_dir=tmp_path / "elsewhere")
    clone = dataclasses.replace(elsewhere, recorded=folder)
    monkeypatch.setattr(workshops, "train", None)
    monkeypatch.setattr(cells.run_scores, "scorer_of", None)
    for row in rows:
        expected = cells.scores(stocked, row, seed=0)
        assert cells.scores(clone, row, seed=0) == expected
        assert cells.is_finished(clone, row, seed=0)
        assert not cells.is_finished(elsewhere, row, seed=0)
        assert not cells.is_recorded(clone, row, seed=1)
    other = dataclasses.replace(
        rows[1],
        recipe=recipes.change(recipe, {"steps.critic_learning_rate": 0.5}),
    )
    assert not cells.is_recorded(clone, other, seed=0)
    with pytest.raises(TypeError):
        cells.scores(clone, other, seed=0)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_damaged_cell_is_named(recipe, workshop, content):
    row = _rows(recipe)[0]
    path = workshop.folder(row, 0) / "scores.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(errors.UserError, match="scores.json: not the scores"):
        cells.is_finished(workshop, row, seed=0)


@pytest.mark.parametrize("number", ["6", "7"])
def test_what_has_no_table_of_scores_has_no_finished_part(number, capsys):
    for flag in ("--finished", "--recorded", "--rows=a"):
        assert main.main(["table", f"--number={number}", flag]) == 2
        said = capsys.readouterr().err
        assert f"{flag.split('=')[0]} with --number" in said


def test_some_rows_of_a_table_stay_in_its_order():
    table = utility.TABLES[0]
    some = compute.some_rows(table, ["mnist_alone_1", "mnist_real"])
    assert [row.name for row in some.rows] == ["mnist_real", "mnist_alone_1"]
    assert compute.some_rows(table, []) is table
    with pytest.raises(errors.UserError, match="--rows=mnist_alone_2: utility"):
        compute.some_rows(table, ["mnist_alone_2"])


def test_tables_of_utility_have_every_rival_and_one_set_of_settings():
    ours = []
    for table in utility.TABLES:
        kinds = [row.kind for row in table.rows]
        assert kinds.count("private") == 12
        assert set(kinds) > {
            *("real", "non_private", "public_only", "public_records")
        }
        assert len({row.name for row in table.rows}) == len(table.rows)
        for row in table.rows:
            if "_alone_" in row.name and "paper" not in row.name:
                ours.append(
                    recipes.change(
                        row.recipe,
                        {
                            "data.source": "",
                            "budget.target_epsilon": 1.0,
                            "steps.expected_batch_size": 512,
                            "steps.num_steps": 999,
                            "summary.guide_steps": 100,
                        },
                    )
                )
    assert len(ours) == 6 and len(set(ours)) == 1


def test_gans_without_privacy_stand_beside_ours_scaled_and_not():
    rows = {row.name: row for row in utility.TABLES[0].rows}
    for kind in ("non_private", "public_only"):
        scaled = rows[f"mnist_utility_{kind}"]
        unscaled = rows[f"mnist_utility_{kind}_unscaled"]
        assert scaled.recipe.networks.latent_scale == (
            rows["mnist_alone_1"].recipe.networks.latent_scale
        )
        assert unscaled.recipe == recipes.change(
            scaled.recipe, {"networks.latent_scale": 1.0}
        )
        assert "x 1.5" in scaled.title and "x 1" in unscaled.title


def test_every_figure_has_a_table_of_its_models():
    for figure in figures.FIGURES.values():
        table = figures.table_of(figure)
        assert table.rows == [*figure.beside, *figure.population]
        assert figure.population[0].title in table.notes[0]


@pytest.mark.slow
def test_figures_show_samples_losses_and_scores_of_a_named_population(
    recipe, workshop, tmp_path
):
    public_only = dataclasses.replace(_rows(recipe)[1], num_generator_steps=3)
    other = dataclasses.replace(
        public_only, name="longer", title="longer", num_generator_steps=4
    )
    for name, figure in figures.FIGURES.items():
        beside = (_rows(recipe)[0],) if figure.has_scores else ()
        tiny = dataclasses.replace(
            figure, population=(public_only, other), beside=beside
        )
        _, paths = figures.make(tiny, workshop, tmp_path, seeds=[0])
        assert paths[0].endswith(f"{name}.png")
        with Image.open(paths[0]) as picture:
            assert picture.width > 300
        content = json.loads(open(paths[1]).read())
        assert content["from"]["command"]
        assert figure.has_scores == ("columns" in content)
    values = {row["name"]: row["values"] for row in content["rows"]}
    assert "generate_score" not in values["real"]
    if (
        values["longer"]["inception_score"]
        == (values["public_only"]["inception_score"])
    ):
        assert any("generate score" in note for note in content["notes"])
    else:
        assert values["longer"]["generate_score"] == [0.5]


def test_a_cell_of_other_settings_is_not_taken_for_this_one(recipe, stocked):
    row = _rows(recipe)[0]
    first = cells.scores(stocked, row, seed=0)
    fewer = dataclasses.replace(
        row, recipe=recipes.change(row.recipe, {"scoring.num_samples": 50})
    )
    second = cells.scores(stocked, fewer, seed=0)
    assert first["key"] != second["key"]
    assert cells.scores(stocked, fewer, seed=0) == second


def test_a_table_of_labels_has_a_cell_for_each_generator_and_number(
    recipe, stocked
):
    table = schema.LabelsTable(
        name="labels",
        title="Tiny",
        rows=_rows(recipe)[1:],
        setting=semi_supervised.Setting(num_steps=10**9),
        paper={10: {"supervised": 0.7, "public_only": 0.6}},
    )
    content = compute.labels_table_of(table, stocked, seeds=[0])
    (row,) = content["rows"]
    assert row["title"] == "10 labels"
    assert set(row["values"]) == {"supervised", "public_only"}
    assert all(0 <= v[0] <= 1 for v in row["values"].values())
    assert "(0.7)" in compute.markdown(content)


def test_labels_are_public_ones_and_even_over_the_classes(folder, recipe):
    from dpgan_tf.run import data as run_data

    data = run_data.load(recipe, data_dir=folder)
    labelled = semi_supervised.first_of_public(data.public, 20, seed=3)
    public = {image.tobytes() for image in data.public.examples}
    private = {image.tobytes() for image in data.private.examples}
    chosen = {image.tobytes() for image in labelled.images}
    assert chosen <= public and not chosen & private
    counts = np.bincount(labelled.labels, minlength=10)
    possible = np.bincount(data.public.labels, minlength=10)
    assert counts.sum() == 20
    assert (counts >= np.minimum(possible, 2) - 1).all()
    with pytest.raises(errors.UserError, match="43 public labels"):
        semi_supervised.first_of_public(data.public, 43, seed=0)


def test_the_share_of_samples_grows_from_a_third_to_two_thirds():
    setting = semi_supervised.Setting(final_share=0.2, num_steps=300)
    shares = [setting.share(step) for step in (0, 99, 150, 200, 299)]
    np.testing.assert_allclose(shares, [0, 0, 0.1, 0.2, 0.2], atol=1e-9)


def test_samples_meet_the_codes_they_were_made_from(finished):
    generator = sampling.load_generator(
        sampling.generator_directory(finished.release)
    )
    batches = semi_supervised._samples_with_codes(generator, 50, seed=5)
    for _ in range(4):
        images, codes = next(batches)
        assert codes.shape == (50, generator.latent_dim + 10)
        again = generator.generate(
            {
                "latent": codes[:, : generator.latent_dim],
                "label": np.argmax(codes[:, generator.latent_dim :], axis=1),
            }
        )
        np.testing.assert_allclose(images, again, atol=1e-5)


@pytest.mark.slow
def test_semi_supervised_training_learns_from_good_samples():
    """A generator of clean images: C1 gets them right from four labels."""
    rng = np.random.default_rng(0)

    def images(num):
        labels = np.arange(num) % 2
        made = rng.integers(0, 60, [num, 28, 28, 1], np.uint8)
        made[labels == 1, 8:20] += 150
        return semi_supervised.Labelled(
            images=made, labels=labels.astype(np.int64)
        )

    class Generator:
        latent_dim, num_classes = 3, 0

        def block_inputs(self, seed, block):
            return {"latent": rng.normal(size=[128, 3]).astype(np.float32)}

        def generate(self, inputs):
            return classifiers.records.scale(images(128).images)

    setting = semi_supervised.Setting(num_steps=60, batch_size=16)
    accuracy = semi_supervised.train(
        Generator(), images(4), images(100), setting, seed=0
    )
    assert accuracy > 0.95


def test_table_7_is_written_with_its_command(tmp_path, capsys):
    arguments = [f"--results_dir={tmp_path}", "--number=7"]
    assert main.main(["table", *arguments]) == 0
    content = json.loads((tmp_path / "table7.json").read_text())
    assert content["from"]["command"] == "python -m dpgan_tf table --number=7"
    assert len(content["rows"]) == 8
    assert "Table 7" in (tmp_path / "table7.md").read_text()
    capsys.readouterr()


@pytest.mark.parametrize("seeds", ["", "a", "0,0", "-1"])
def test_bad_seeds_are_refused(seeds, capsys):
    assert main.main(["table", "--number=2", f"--seeds={seeds}"]) == 2
    assert "--seeds" in capsys.readouterr().err


@pytest.mark.parametrize("some", [True, False])
def test_some_rows_of_a_table_do_not_take_its_place(
    some, tmp_path, monkeypatch, capsys
):
    content = {
        "title": "Tiny",
        "columns": {},
        "rows": [],
        "notes": [],
        "from": provenance.describe("a command"),
    }
    monkeypatch.setattr(compute, "score_table_of", lambda *a, **k: content)
    monkeypatch.setattr(table_command, "_record", lambda *a, **k: None)
    arguments = [f"--results_dir={tmp_path}", "--number=2", "--seeds=0"]
    if some:
        arguments.append("--rows=real")
    assert main.main(["table", *arguments]) == 0
    assert "# Tiny" in capsys.readouterr().out
    assert (tmp_path / "table2.md").exists() == (not some)
