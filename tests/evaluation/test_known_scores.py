"""Scores of fixed images and rows, as they are written and as they are shown.

The numbers were computed once and written down: whoever changes how metrics are
found, run or shown sees here whether a score changed with it.
"""

import numpy as np
import pytest

from dpgan_tf.data import datasets
from dpgan_tf.evaluation import column_scorer
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import row_scorer
from dpgan_tf.evaluation import score_text
from tests.evaluation import toy
from tests.evaluation.column_metrics import toy as columns_toy

_OF_IMAGES = ["inception", "frechet", "manifold", "diversity", "downstream"]

_OF_COLUMNS = ["total_variation", "associations", "subgroups"]


def _rows(num, *, seed):
    """Columns 1 and 2 are mostly the same."""
    rng = np.random.default_rng(seed)
    made = rng.random([num, 4]) < (0.5, 0.3, 0.3, 0.2)
    same = rng.random(num) < 0.8
    made[same, 2] = made[same, 1]
    return made.astype(np.uint8)


def _report_of_images():
    found = toy.score(
        toy.images(200, seed=1, spread=30),
        metrics.choose(_OF_IMAGES, metrics.every()),
        train=toy.images(300),
    )
    return {
        "dataset": "toy",
        "classifier": {"test_accuracy": 0.5, "fingerprint": "toy"},
        "sample_seed": 0,
        "scores": {"released": found},
        "paper": {"real": 9.96},
    }


def _report_of_rows():
    scorer = row_scorer.build(
        datasets.TableDataset(
            name="toy",
            train_rows=_rows(400, seed=1),
            test_rows=_rows(200, seed=2),
            columns=tuple("abcd"),
            largest=1,
            origin="made for a test",
        )
    )
    made = scorer.score_samples(_rows(40, seed=3), title="released")
    return scorer.report(
        scorer.score_real(num=300) | {"released": made}, paper={}
    )


_IMAGES_SHOWN = """\
                            Inception score ↑  classes ↑  FID-classifier ↓  precision ↑  recall ↑  diversity
released generator                       4.00      1.000           2039.78        0.990     0.355      0.752

                            worst class
released generator                0.701

Share of images in each class
released generator         0.25 0.25 0.25 0.25

Scored with our own classifier, test accuracy 50.00%.
The paper's Inception scores: real 9.96.
Left out, downstream: toy: needs a test set and labels.
These scores were computed from private records without noise, so epsilon does not cover them."""  # noqa: E501

_ROWS_SHOWN = """\
                            probability RMSE ↓  its correlation ↑  codes a row  correlation error ↓  of dependent pairs ↓  their mean
real training part                       0.037              0.990        1.280                0.062                 0.031       0.801
released generator                       0.028              0.997        1.400                0.155                 0.230       1.000

                            AUROC 1% ↑  AUROC 5% ↑  F1 1% ↑  F1 5% ↑  told apart ↓
real training part               0.729       0.729    0.494    0.494         0.509
released generator               0.724       0.724    0.553    0.553             -

Data: made for a test; compared with held-out rows.
Left out, distinguish: 40 rows; telling real from synthetic needs at least 50.
These scores were computed from private records without noise, so epsilon does not cover them."""  # noqa: E501


def test_scores_of_known_images_are_as_ever():
    report = _report_of_images()
    found = dict(report["scores"]["released"])
    assert found.pop("left_out") == {
        "downstream": "toy: needs a test set and labels."
    }
    assert list(found) == [
        *("num_images", "inception_score", "inception_score_std"),
        *("class_coverage", "class_shares", "fid_classifier"),
        *("precision", "recall"),
        *("diversity", "diversity_worst", "diversity_by_class"),
    ]
    assert found.pop("class_shares") == [0.25] * 4
    by_class = found.pop("diversity_by_class")
    assert by_class == pytest.approx([0.70130, 0.78139, 0.75697, 0.76795], 1e-4)
    assert found == pytest.approx(
        {
            "num_images": 200,
            "inception_score": 4.0,
            "inception_score_std": 0.0,
            "class_coverage": 1.0,
            "fid_classifier": 2039.7820077529068,
            "precision": 0.99,
            "recall": 0.355,
            "diversity": 0.7519033320288632,
            "diversity_worst": 0.7013011716459681,
        },
        rel=1e-5,
    )
    assert score_text.text(report) == _IMAGES_SHOWN
    rows = score_text.card_rows(report)
    assert rows[:3] == [
        ("Inception score ↑, released generator", "4.00", "200 images"),
        ("classes ↑, released generator", "1.000", "200 images"),
        ("FID-classifier ↓, released generator", "2039.78", "200 images"),
    ]
    assert len(rows) == 7


def test_scores_of_known_rows_are_as_ever():
    report = _report_of_rows()
    assert list(report) == ["dataset", "origin", "sample_seed", "scores"]
    found = report["scores"]["real_train"]
    assert list(found)[:2] == ["num_rows", "probability_rmse"]
    assert found.pop("left_out") == {}
    assert found == pytest.approx(
        {
            "num_rows": 300,
            "probability_rmse": 0.03657184709581947,
            "probability_correlation": 0.9898835027195185,
            "codes_per_row": 1.28,
            "correlation_error": 0.062002003346304346,
            "dependent_error": 0.030530443476836866,
            "dependent_mean": 0.8009808014997903,
            "num_dependent_pairs": 1.0,
            "auroc_1": 0.7285985517865651,
            "f1_1": 0.49384469696969696,
            "auroc_5": 0.7285985517865651,
            "f1_5": 0.49384469696969696,
            "told_apart": 0.508900890089009,
        },
        rel=1e-6,
    )
    found["left_out"] = {}
    assert score_text.text(report) == _ROWS_SHOWN
    rows = score_text.card_rows(report)
    assert rows[0] == (
        "probability RMSE ↓, real training part",
        "0.037",
        "300 rows",
    )
    assert rows[-1] == ("told apart ↓, real training part", "0.509", "300 rows")
    assert len(rows) == 21


def test_scores_of_known_typed_rows_are_as_ever():
    scorer = column_scorer.build(
        columns_toy.DATASET, metric_names=_OF_COLUMNS, target="died"
    )
    made = columns_toy.typed(columns_toy.rows(500, seed=3, dependent=False))
    found = scorer.score_samples(made, title="released")
    assert found.pop("left_out") == {}
    assert found == pytest.approx(
        {
            "num_rows": 500,
            "one_way": 0.0254,
            "two_way": 0.09446666666666668,
            "three_way": 0.1874666666666667,
            "association_error": 0.15672287944175617,
            "association_mean": 0.054166745635229295,
            "subgroup_mean": 0.07302960868624216,
            "subgroup_worst": 0.14097792920578286,
        },
        rel=1e-6,
    )
