"""What can be learnt from samples."""

import numpy as np
import pytest
from sklearn import metrics

from dpgan_tf import errors
from dpgan_tf.evaluation import typed_rows
from dpgan_tf.evaluation.column_metrics import learners
from tests.evaluation.column_metrics import toy


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch):
    few = learners.Effort(most_rows=3_000, num_rounds=10, most_leaves=8)
    for name in ("_OF_TARGET", "_OF_EACH"):
        monkeypatch.setattr(learners, name, few)


def _of(target, judged, **kwargs):
    view = typed_rows.view_of(toy.SCHEMA, toy.TRAIN, target=target)
    return toy.run("learners", judged, view=view, **kwargs)


def test_a_target_is_predicted_as_well_as_it_can_be():
    """The best prediction of death is its probability by age."""
    found = _of("died", toy.TRAIN)
    ages, died = toy.TEST[:, 4:8].argmax(axis=1), toy.TEST[:, 9]
    chance = np.array([0.02, 0.1, 0.5, 0.9])[ages]
    best = metrics.roc_auc_score(died, chance)
    for learner in ("boosting", "logistic"):
        assert found[f"{learner}_auroc"] == pytest.approx(best, abs=0.015)
        right = np.maximum(chance, 1 - chance).mean()
        assert found[f"{learner}_accuracy"] == pytest.approx(right, abs=0.02)
    assert "boosting_r2" not in found


def test_independent_columns_teach_nothing():
    found = _of("ward", toy.TRAIN)
    for learner in ("boosting", "logistic"):
        assert found[f"{learner}_auroc"] == pytest.approx(0.5, abs=0.04)
        assert found[f"{learner}_accuracy"] == pytest.approx(0.5, abs=0.04)


def test_numbers_have_the_share_of_variance_that_is_explained():
    found = _of("age", toy.TRAIN)
    assert list(found) == ["boosting_r2"]
    assert 0.3 < found["boosting_r2"] < 0.8
    # Those who died are the young here: worse than the mean, and no worse
    # than the bound.
    wrong = toy.TRAIN.copy()
    wrong[:, 4:8] = wrong[:, 7:3:-1]
    assert -1 <= _of("age", wrong)["boosting_r2"] < 0


def test_each_column_is_predicted_in_turn_and_the_mean_is_told():
    found = toy.run("learners", toy.TRAIN)
    effort = learners._OF_EACH
    parts = [toy.typed(part) for part in (toy.TRAIN, toy.TEST, toy.TRAIN)]
    each = [
        learners.score(*parts, target, effort=effort, seed=0)
        for target in range(5)
    ]
    aurocs = [one["boosting_auroc"] for i, one in enumerate(each) if i != 1]
    assert found["boosting_auroc"] == pytest.approx(np.mean(aurocs))
    assert found["boosting_r2"] == each[1]["boosting_r2"]


def test_samples_of_one_value_are_guesses():
    made = toy.TRAIN.copy()
    made[:, 8:10] = [1, 0]
    found = _of("died", made)
    assert found["boosting_auroc"] == found["logistic_auroc"] == 0.5
    alive = toy.TEST[:, 8].mean()
    assert found["boosting_accuracy"] == pytest.approx(alive)
    with pytest.raises(errors.UserError, match="at least 10"):
        toy.run("learners", toy.TRAIN[:5])


def test_rows_without_a_number_are_not_guessed():
    columns = toy.columns
    schema = toy.schemas.Schema(
        columns=(
            columns.Integer(name="lab", edges=(0, 10, 20), missing=True),
            columns.Boolean(name="high"),
        )
    )
    rng = np.random.default_rng(0)
    cell = rng.choice(3, 400, p=(0.3, 0.3, 0.4))
    rows = np.concatenate(
        [np.eye(3)[cell], np.eye(2)[(cell == 1).astype(int)]], axis=1
    ).astype(np.uint8)
    view = typed_rows.view_of(schema, rows, target="lab")
    found = toy.run("learners", rows, train=rows, test=rows, view=view)
    assert found["boosting_r2"] > 0.8
    none = rows[cell == 2]
    assert toy.run("learners", none, train=rows, test=rows, view=view) == {}
