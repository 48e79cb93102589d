"""GANs without privacy: what they learn from, and that nothing is claimed."""

import functools

import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from dpgan_tf.run import baselines
from dpgan_tf.run import precision
from dpgan_tf.run.stages import warm_start
from tests import labelled_runs


@pytest.mark.parametrize("kind", baselines.KINDS)
def test_a_baseline_makes_no_claim_and_is_resumed(labelled, monkeypatch, kind):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)
    found = iter([9.0])
    monkeypatch.setattr(precision, "speedup", lambda *_: next(found))
    open_yet = recipes.change(labelled.recipe, {"networks.precision": "auto"})
    arguments = {
        "kind": kind,
        "num_generator_steps": 1,
        "run_dir": labelled.folder / kind,
        "data_dir": labelled.folder,
    }
    files = baselines.train(open_yet, **arguments)
    before = files.warm_start_generator.stat().st_mtime_ns
    assert baselines.train(open_yet, **arguments) == files
    networks = run_files.read_json(files.config)["networks"]
    assert networks["precision"] == "bfloat16"
    assert files.warm_start_generator.stat().st_mtime_ns == before
    assert not files.release.exists() and not files.ledger.exists()
    assert main.main(["export", f"--run_dir={files.root}"]) == 2


def test_a_baseline_is_scored_at_both_ends_of_variety(labelled, monkeypatch):
    recipe = recipes.change(
        labelled.recipe,
        {"scoring.variety": 1.5, "scoring.num_samples": 20},
    )
    asked = {"kind": "non_private", "data_dir": labelled.folder}
    run_dir = labelled.folder / "both_ends"
    files = baselines.train(
        recipe, num_generator_steps=1, run_dir=run_dir, **asked
    )
    of = functools.partial(run_scores.scorer_of, metric_names=["diversity"])
    monkeypatch.setattr(run_scores, "scorer_of", of)
    report = baselines.score(recipe, files, **asked)
    assert set(report["scores"]) == {
        *("real_train", "real_test", "non_private", "non_private_varied"),
    }
    assert "GAN without privacy, variety 1.5" in score_text.text(report)
    once = recipes.change(recipe, {"scoring.variety": 1.0})
    assert (
        "non_private_varied"
        not in baselines.score(once, files, **asked)["scores"]
    )


def test_a_baseline_sees_public_records_only_or_all(labelled, monkeypatch):
    seen = {}

    def look(recipe, files, form, public, *networks, num_generator_steps):
        assert num_generator_steps == 1
        seen["num"] = len(public)

    monkeypatch.setattr(warm_start, "train", look)
    for kind, expected in (
        ("public_only", labelled_runs.NUM_PUBLIC),
        ("non_private", 300),
    ):
        baselines.train(
            labelled.recipe,
            kind=kind,
            num_generator_steps=1,
            run_dir=labelled.folder / f"look_{kind}",
            data_dir=labelled.folder,
        )
        assert seen["num"] == expected
    most = labelled_runs.NUM_PUBLIC
    larger = recipes.change(
        labelled.recipe, {"steps.generator_batch_size": most + 1}
    )
    with pytest.raises(errors.ConfigError, match=f"at most {most}"):
        baselines.train(
            recipes.change(larger, {"warm_start.num_steps": 0}),
            kind="public_only",
            num_generator_steps=1,
            run_dir=labelled.folder / "larger",
            data_dir=labelled.folder,
        )
    with pytest.raises(ValueError, match="kind='all'"):
        baselines.train(
            labelled.recipe,
            kind="all",
            num_generator_steps=1,
            run_dir=labelled.folder / "all",
            data_dir=labelled.folder,
        )


def test_without_public_records_there_is_no_public_only_baseline(
    labelled, tmp_path
):
    alone = recipes.change(
        labelled.recipe,
        {
            "data.public_fraction": 0.0,
            "data.num_private_examples": 300,
            "clipping": "fixed",
            "warm_start.num_steps": 0,
        },
    )
    with pytest.raises(errors.ConfigError, match="public_fraction=0.0; exp"):
        baselines.train(
            alone,
            kind="public_only",
            num_generator_steps=1,
            run_dir=tmp_path / "run",
            data_dir=labelled.folder,
        )
    assert not (tmp_path / "run").exists()
