"""A whole run with labels: trained, scored, reported, tabulated."""

import json

import numpy as np
import pytest

from dpgan_tf import __main__ as main
from dpgan_tf import errors
from dpgan_tf.claim import check as claim_check
from dpgan_tf.data import records
from dpgan_tf.models import decoupled
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import gans
from dpgan_tf.run import training
from tests import tiny_run


def test_a_decoupled_run_with_labels_keeps_its_claim(labelled):
    findings = claim_check.check_run(labelled.files.root)
    assert findings and all(f.ok for f in findings), findings
    budget = budgets.build_budget(labelled.recipe)
    networks = assembly.build_networks(labelled.recipe, records.DIGITS)
    model = gans.build_dpgan(
        labelled.recipe, records.DIGITS, *networks, budget.mechanism
    )
    assert type(model) is decoupled.AdvancedDecoupledDPGAN
    assert model.num_classes == 10


def test_its_samples_have_labels(labelled, tmp_path):
    output = tmp_path / "samples.npz"
    arguments = [f"--run_dir={labelled.files.root}", f"--output={output}"]
    assert main.main(["generate", "--num_samples=30", *arguments]) == 0
    with np.load(output) as arrays:
        assert (arrays["labels"] == np.arange(30) % 10).all()
        assert arrays["images"].shape == (30, 28, 28, 1)
    card = (labelled.files.release / "MODEL_CARD.md").read_text()
    assert "serve(latent=latent, label=label)" in card
    assert "its recipe names variety 1.5 as the best" in card


def test_its_scores_stand_beside_the_baselines(labelled):
    report = json.loads(labelled.files.scores.read_text())
    scores = report["scores"]
    assert report["variety"] == 1.5
    assert set(scores) == {
        *("real_train", "real_test", "warm_start"),
        *("released", "released_varied"),
    }
    assert (
        scores["released"]["diversity"]
        != (scores["released_varied"]["diversity"])
    )
    for name in ("inception_score", "recall", "diversity", "downstream_cnn"):
        assert np.isfinite(scores["released"][name]), name
        assert np.isfinite(scores["warm_start"][name]), name
    assert "frechet" in scores["released"]["left_out"]
    assert labelled.files.neighbours.stat().st_size > 0


def test_records_without_labels_cannot_be_conditional(tmp_path):
    recipe = tiny_run.recipe(tmp_path, networks__conditional=True)
    with pytest.raises(errors.DatasetError, match="has no labels"):
        training.train(recipe, run_dir=tmp_path / "run", data_dir=tmp_path)
    assert not (tmp_path / "run").exists()
