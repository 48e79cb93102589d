"""A whole run on rows of a table: trained, released, sampled, scored."""

import csv
import json

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.config import presets
from dpgan_tf.config import text as config_text
from dpgan_tf.data import datasets
from dpgan_tf.data.health import table_files
from dpgan_tf.papers import compute
from dpgan_tf.papers import paper_recipes
from dpgan_tf.papers import pictures
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.release import sampling
from dpgan_tf.run import budgets
from dpgan_tf.run import training
from dpgan_tf.run.summary import fit as summary_fit
from dpgan_tf.run.summary import private_summary
from tests import summary_runs
from tests import tiny_run

COLUMNS = tuple(f"V{i:02}" for i in range(1, 13))


LARGEST = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table of 300 rows, of which 60 are held out."""
    folder = tmp_path_factory.mktemp("table")
    rng = np.random.default_rng(0)
    rows = rng.binomial(LARGEST, 0.3, [300, len(COLUMNS)]).astype(np.uint8)
    table_files.write(
        folder / "patients",
        datasets.TableDataset(
            name="patients",
            train_rows=rows[:240],
            test_rows=rows[240:],
            columns=COLUMNS,
            largest=LARGEST,
            origin="made for a test",
        ),
        report={},
    )
    return folder


def recipe(folder, preset, **changes):
    changes = {key.replace("__", "."): v for key, v in changes.items()}
    settings = {
        "data.source": folder / "patients",
        "data.num_private_examples": 240,
        "budget.target_delta": 1e-3,
        "networks.critic_width": 4,
        "networks.generator_width": 8,
        "networks.latent_dim": 4,
        "steps.expected_batch_size": 24,
        "steps.chunk_size": 16,
        "steps.num_steps": 20,
        "steps.checkpoint_every": 10,
        "scoring.num_samples": 120,
        "summary.fit_steps": 5,
        "summary.fit_batch_size": 32,
    }
    return tiny_run.small(paper_recipes.get(preset), changes, settings)


@pytest.fixture(
    scope="module",
    params=[("dpgan_ehr", "pairs"), ("ppgan_ehr", "none")],
    ids=["dpgan", "ppgan"],
)
def finished(request, folder):
    preset, summary = request.param
    chosen = recipe(folder, preset, summary=summary)
    run_dir = folder / preset
    return training.train(chosen, run_dir=run_dir, data_dir=folder)


def test_the_claim_holds(finished):
    findings = claim_check.check_run(finished.root)
    assert findings and all(f.ok for f in findings), findings


def test_what_is_released_is_rows_under_public_names(finished):
    names = {path.name for path in finished.release.iterdir()}
    assert names == {
        *("generator", "columns.txt", "samples.csv"),
        *("MODEL_CARD.md", "privacy.json"),
    }
    columns = (finished.release / "columns.txt").read_text().split()
    assert tuple(columns) == COLUMNS
    with open(finished.release / "samples.csv") as file:
        lines = list(csv.reader(file))
    assert tuple(lines[0]) == COLUMNS and len(lines) == 101
    assert {cell for line in lines[1:] for cell in line} <= {"0", "1", "2"}
    card = (finished.release / "MODEL_CARD.md").read_text()
    assert "samples.csv" in card and "uint8 [16, 12] from 0 to 2" in card


def test_the_code_on_the_card_runs_as_it_stands(finished, monkeypatch):
    card = (finished.release / "MODEL_CARD.md").read_text()
    code = card.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(finished.release)
    names = {}
    exec(code, names)
    assert names["records"].shape == (16, len(COLUMNS))
    assert names["records"].dtype == tf.uint8
    assert names["probabilities"].shape == (16, len(COLUMNS))


def test_the_signature_and_the_stream_draw_the_same_rows(finished):
    directory = sampling.generator_directory(finished.release)
    generator = sampling.load_generator(directory)
    assert generator.largest_count == LARGEST
    streamed = generator.all_samples(300, 7).examples
    assert streamed.shape == (300, len(COLUMNS))
    assert streamed.dtype == np.uint8 and streamed.max() <= LARGEST
    loaded = tf.saved_model.load(str(directory))
    sample = loaded.signatures["sample"]
    for num in (300, 5):
        drawn = sample(num=tf.constant(num), seed=tf.constant(7, tf.int64))[
            "records"
        ]
        np.testing.assert_array_equal(drawn, streamed[:num])
    inputs = generator.block_inputs(7, 0)
    probabilities = generator.generate(inputs).numpy()
    expected = LARGEST * probabilities.mean(axis=0)
    many = generator.all_samples(20_000, 3).examples.mean(axis=0)
    np.testing.assert_allclose(many, expected, atol=0.1)


def test_scores_and_a_picture_stand_in_the_private_folder(finished):
    report = json.loads(finished.scores.read_text())
    assert set(report["scores"]) == {"real_train", "released"}
    for row in report["scores"].values():
        assert 0 <= row["probability_rmse"] <= 1
        assert 0 <= row["told_apart"] <= 1
    assert finished.comparison.stat().st_size > 5_000


def test_the_same_command_finds_the_run_complete(finished, folder):
    ledger = finished.ledger.read_bytes()
    summary = "pairs" if finished.root.name == "dpgan_ehr" else "none"
    chosen = recipe(folder, finished.root.name, summary=summary)
    training.train(chosen, run_dir=finished.root, data_dir=folder)
    assert finished.ledger.read_bytes() == ledger


def test_commands_work_on_rows(finished, folder, tmp_path, capsys):
    run_dir = f"--run_dir={finished.root}"
    places = [run_dir, f"--data_dir={folder}"]
    assert main.main(["evaluate", *places, "--num_samples=100"]) == 0
    assert "told apart" in capsys.readouterr().out
    assert main.main(["evaluate", *places, "--metrics=inception"]) == 2
    assert "choose from probability" in capsys.readouterr().err
    assert main.main(["evaluate", *places, "--metrics=correlation"]) == 0
    chosen = json.loads(finished.chosen_scores.read_text())["scores"]
    assert "dependent_mean" in chosen["released"]
    assert "told_apart" not in chosen["released"]
    output = f"--output={tmp_path / 'x.csv'}"
    arguments = ["generate", run_dir, "--num_samples=200", output]
    assert main.main(arguments) == 0
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 201
    assert main.main(["generate", run_dir, f"--output={tmp_path}/p"]) == 2
    assert main.main(["export", run_dir]) == 0
    assert main.main(["verify", run_dir]) == 0


def test_a_declared_number_that_is_far_off_is_refused(folder, tmp_path):
    from dpgan_tf import errors

    chosen = recipe(folder, "dpgan_ehr", data__num_private_examples=500)
    with pytest.raises(errors.ConfigError, match="has 240 records"):
        training.train(chosen, run_dir=tmp_path / "run", data_dir=folder)


def _begin(folder, run_dir, **changes):
    return training.train(
        recipe(folder, "dpgan_ehr", summary="pairs", **changes),
        run_dir=run_dir,
        data_dir=folder,
    )


def _read(folder, files):
    chosen = recipe(folder, "dpgan_ehr", summary="pairs")
    return private_summary.read(chosen, files)


def test_a_summary_stands_in_the_ledger_and_the_claim(folder):
    files = run_files.RunFiles(folder / "dpgan_ehr")
    if not files.release.exists():
        _begin(folder, files.root)
    entries = ledgers.read(files.ledger)
    assert entries.has_summary
    claim = json.loads((files.release / "privacy.json").read_text())
    multiplier = claim["summary_noise_multiplier"]
    assert multiplier == entries.header["summary_noise_multiplier"]
    alone = accounting.epsilon(
        plans.NoisePlan(
            sampling_probability=1.0,
            effective_noise_multiplier=1.0,
            num_steps=0,
            summary_noise_multiplier=multiplier,
        ),
        delta=claim["delta"],
        accountant=claim["accountant"],
    )
    target = claim["target_epsilon"]
    assert 0.79 * target < alone <= 0.8 * target < claim["epsilon"] <= target


def test_a_released_row_has_the_means_of_the_summary(folder):
    files = run_files.RunFiles(folder / "dpgan_ehr")
    if not files.release.exists():
        _begin(folder, files.root)
    moments = _read(folder, files).moments
    directory = sampling.generator_directory(files.release)
    drawn = sampling.load_generator(directory).all_samples(20_000, 0)
    np.testing.assert_allclose(
        drawn.examples.mean(axis=0) / LARGEST, moments.mean, atol=0.02
    )


def test_a_crash_between_charge_and_draw_is_not_drawn_again(
    folder, tmp_path, monkeypatch
):
    def crash(*args, **kwargs):
        raise OSError("the disk is full")

    run_dir = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(private_summary, "_write", crash)
        with pytest.raises(OSError, match="full"):
            _begin(folder, run_dir)
    assert ledgers.read(run_files.RunFiles(run_dir).ledger).has_summary
    with pytest.raises(privacy_errors.LedgerError, match="is lost"):
        _begin(folder, run_dir)


def test_a_summary_is_charged_before_its_noise_is_drawn_and_as_it_is_drawn(
    folder, tmp_path, monkeypatch
):
    files = run_files.RunFiles(tmp_path / "run")
    release, charged = row_moments.take, []

    def look(mechanism, rows, **settings):
        entries = ledgers.read(files.ledger)
        charged.append(entries.has_summary)
        assert mechanism.effective_noise_multiplier == pytest.approx(
            entries.header["summary_noise_multiplier"], rel=1e-12
        )
        return release(mechanism, rows, **settings)

    monkeypatch.setattr(row_moments, "take", look)
    monkeypatch.setattr(private_summary, "_write", _stop)
    with pytest.raises(KeyboardInterrupt):
        _begin(folder, files.root)
    assert charged == [True]


def _stop(*args, **kwargs):
    raise KeyboardInterrupt


def test_a_summary_that_was_never_charged_is_refused(folder, tmp_path):
    files = run_files.RunFiles(tmp_path / "run")
    files.private.mkdir(parents=True)
    chosen = recipe(folder, "dpgan_ehr", summary="pairs")
    files.config.write_text(chosen.to_json())
    np.savez(files.summary, mean=np.full(len(COLUMNS), 0.5))
    with pytest.raises(
        privacy_errors.LedgerError, match="is not in the ledger"
    ):
        _begin(folder, files.root)


def test_an_interrupted_run_goes_on_from_the_summary_it_took(
    folder, tmp_path, monkeypatch
):
    run_dir = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(
            summary_fit,
            "once",
            lambda *args: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            _begin(folder, run_dir)
    files = run_files.RunFiles(run_dir)
    taken = _read(folder, files)
    _begin(folder, run_dir)
    summary_runs.require_same(taken, _read(folder, files))
    findings = claim_check.check_run(run_dir)
    assert all(f.ok for f in findings), findings


def test_a_summary_of_images_is_refused():
    chosen = config_text.change(presets.get("mnist"), {"summary": "pairs"})
    with pytest.raises(errors.ConfigError, match="summary=pairs; expected"):
        budgets.build_budget(chosen)


def test_a_summary_of_marginals_needs_no_fit(folder, tmp_path):
    # Rows have no scores against steps; that is no error.
    chosen = recipe(folder, "dpgan_ehr", summary="marginals", scoring__every=4)
    files = training.train(chosen, run_dir=tmp_path / "run", data_dir=folder)
    assert private_summary.read(chosen, files).moments.pairs is None
    assert all(f.ok for f in claim_check.check_run(files.root))


def test_the_report_shows_rows_and_marks_what_is_private(finished, tmp_path):
    assert main.main(["report", f"--run_dir={finished.root}"]) == 0
    page = (finished.private / "report.html").read_text()
    assert "columns that are not 0" in page
    assert "Columns and pairs of columns against held-out rows" in page
    public = tmp_path / "public.html"
    arguments = ["--for_release", f"--output={public}"]
    assert main.main(["report", f"--run_dir={finished.root}", *arguments]) == 0
    assert "columns that are not 0" in public.read_text()
    for private in ("held-out", "told apart"):
        assert private in page
        assert private not in public.read_text()


def test_a_table_of_rows_has_every_kind_of_row(folder, tmp_path):
    workshop = workshops.Workshop(
        runs_dir=tmp_path / "runs",
        data_dir=folder,
        command="make tiny",
        baseline_steps=2,
    )
    chosen = recipe(folder, "dpgan_ehr", summary="pairs")
    kinds = ("real", "non_private", "marginals", "private")
    table = schema.Table(
        name="tiny",
        title="Rows",
        rows=[
            schema.Row(name=kind, title=kind, kind=kind, recipe=chosen)
            for kind in kinds
        ],
    )
    content = compute.score_table_of(table, workshop, seeds=[0])
    assert [row["name"] for row in content["rows"]] == list(kinds)
    for row in content["rows"]:
        assert 0 <= row["values"]["probability_rmse"][0] < 1
    assert "probability RMSE" in compute.markdown(content)
    again = compute.score_table_of(table, workshop, seeds=[0])
    assert again["rows"] == content["rows"]
    pictures.save_comparison(workshop, table, tmp_path / "pictures", seed=0)
    assert {path.stem for path in (tmp_path / "pictures").iterdir()} == set(
        kinds
    )


def test_rows_have_no_variety_and_nothing_is_spent_on_it(folder, tmp_path):
    varied = recipe(folder, "dpgan_ehr", summary="none", scoring__variety=1.5)
    with pytest.raises(errors.UserError, match="variety=1.5: is a knob of ima"):
        training.train(varied, run_dir=tmp_path / "run", data_dir=folder)
    assert not (tmp_path / "run").exists()
