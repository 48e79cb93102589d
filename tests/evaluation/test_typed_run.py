"""A run of a table with a schema is scored from its release to its report."""

import json

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data.tables import schema_text
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from dpgan_tf.release import export
from tests import tiny_generator
from tests import tiny_table
from tests.evaluation.column_metrics import toy


def _run(root, recipe=None):
    (root / "private").mkdir(parents=True)
    (root / "config.json").write_text(recipe.to_json() if recipe else "{}")
    export.export_generator(
        tiny_table.build(toy.SCHEMA),
        root / "release/generator/1",
        latent_dim=tiny_generator.LATENT_DIM,
        largest_count=1,
        schema=toy.SCHEMA,
    )
    return root


def test_its_scores_and_pictures_are_beside_those_of_real_rows(tmp_path):
    run_dir = _run(tmp_path / "run")
    report = run_scores.score_run(
        run_dir,
        toy.DATASET,
        data_dir=tmp_path,
        num_samples=200,
        target="died",
    )
    assert list(report["scores"]) == [
        *("real_train", "real_test", "independent", "released")
    ]
    released = report["scores"]["released"]
    assert released["num_rows"] == 200 and released["left_out"] == {}
    assert released["two_way"] > report["scores"]["real_test"]["two_way"]
    assert "boosting_r2" not in released and "logistic_auroc" in released
    for name in ("scores.json", "histograms.png", "associations.png"):
        assert (run_dir / "private" / name).stat().st_size > 500
    shown = score_text.text(report)
    assert "Learners predict died." in shown
    with pytest.raises(errors.UserError, match="choose from ward"):
        run_scores.score_run(
            run_dir,
            toy.DATASET,
            data_dir=tmp_path,
            num_samples=200,
            target="icd",
        )


def test_the_target_is_that_of_the_run_or_of_the_command(
    tmp_path, monkeypatch, capsys
):
    recipe = recipes.change(
        presets.get("dpgan_ehr"),
        {
            "data.schema": schema_text.to_text(toy.SCHEMA),
            "scoring.target": "died",
            "scoring.num_samples": 60,
        },
    )
    run_dir = _run(tmp_path / "run", recipe)
    monkeypatch.setattr(
        "dpgan_tf.run.data.load_dataset", lambda *args, **kwargs: toy.DATASET
    )
    place = (f"--run_dir={run_dir}", f"--data_dir={tmp_path}")
    for flags, target in (([], "died"), (["--target=age"], "age")):
        flags = [*flags, "--metrics=learners"]
        assert main.main(["evaluate", *place, *flags]) == 0
        written = run_dir / "private" / "chosen_scores.json"
        assert json.loads(written.read_text())["target"] == target
    assert "Learners predict age." in capsys.readouterr().out
    assert main.main(["evaluate", *place, "--target=icd"]) == 2
    assert "choose from ward, age, died" in capsys.readouterr().err
