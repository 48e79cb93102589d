"""One more file is one more metric, wherever scores are shown or checked."""

import json

import pytest

from dpgan_tf.claim import card_words
from dpgan_tf.claim import check as claim_check
from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import column_scorer
from dpgan_tf.evaluation import image_scorer
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from tests.claim import releases
from tests.evaluation import test_known_scores
from tests.evaluation import test_run_scores
from tests.evaluation.column_metrics import toy

_BRIGHTNESS = """
from dpgan_tf.evaluation import metrics


class _Brightness(metrics.Metric):
    name = "brightness"
    columns = {"brightness": "mean brightness"}
    larger_is_better = {"brightness": True}
    sentences = {"brightness": "How bright the images are."}

    def run(self, samples, *, train, test, seed):
        return {"brightness": samples.images.mean()}


METRIC = _Brightness()
"""
_BUSY = """
class METRIC:
    name = "busy"
    columns = {"busy": "busiest row"}

    @staticmethod
    def run(rows, *, train, test, seed):
        return {"busy": rows.sum(axis=1, dtype=int).max()}
"""


_OLDEST = """
class METRIC:
    name = "oldest"
    columns = {"oldest": "oldest row"}

    @staticmethod
    def run(samples, *, train, test, seed):
        return {"oldest": samples.cells[1].max()}
"""


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Add a file to a package of metrics, and to what a card may say."""
    folder = tmp_path / "more"
    folder.mkdir()

    def forget():
        for package in (metrics, row_metrics, column_metrics):
            package.every.cache_clear()
        score_text.rows_kind.cache_clear()

    def add(package, name, source):
        (folder / f"{name}.py").write_text(source)
        path = [*package.__path__, str(folder)]
        monkeypatch.setattr(package, "__path__", path)
        scores = (*card_words.SCORES, *card_words.scores_in(folder))
        monkeypatch.setattr(card_words, "SCORES", scores)
        forget()

    yield add
    monkeypatch.undo()
    forget()


def _problems(root, scores):
    """Return what `verify` finds wrong with a release of such scores."""
    release = releases.make_run(root) / "release"
    claim = releases.claim_of(root)
    card = releases.card_of(claim, scores=scores)
    (release / "MODEL_CARD.md").write_text(card)
    releases.write_claim(root)
    return releases.failures(claim_check.check_release(release))


def test_a_metric_of_images_is_one_file(add, tmp_path, monkeypatch):
    add(metrics, "brightness", _BRIGHTNESS)
    monkeypatch.setattr(image_scorer.classifier_lib, "NUM_EPOCHS", 1)
    run_dir = test_run_scores._run(tmp_path / "run", warm_start=False)
    dataset = test_run_scores._dataset()
    report = run_scores.score_run(
        run_dir, dataset, data_dir=tmp_path, num_samples=40
    )
    written = json.loads((run_dir / "private/scores.json").read_text())
    assert written["scores"]["real_test"]["brightness"] == pytest.approx(
        dataset.test_images.mean()
    )
    # Compared with training images, as it does not say otherwise.
    assert "brightness" not in written["scores"]["real_train"]
    assert "mean brightness" in score_text.text(report)
    assert "mean brightness ↑" in score_text.cells(report)[0]
    rows = score_text.card_rows(report)
    name = "mean brightness ↑, released generator"
    assert name in [name for name, *_ in rows]
    meaning = "Higher is better. How bright the images are."
    assert meaning in [one.meaning for one in score_text.described(report)]
    assert not _problems(tmp_path / "released", rows)


def test_a_metric_of_rows_is_one_file(add, tmp_path):
    add(row_metrics, "busy", _BUSY)
    report = test_known_scores._report_of_rows()
    # Compared with held-out rows, as all metrics of rows are.
    assert report["scores"]["real_train"]["busy"] == 4
    assert "busiest row" in score_text.text(report)
    rows = score_text.card_rows(report)
    most = test_known_scores._rows(40, seed=3).sum(axis=1).max()
    expected = ("busiest row, released generator", f"{most:.2f}", "40 rows")
    assert expected in rows
    assert not _problems(tmp_path / "released", rows)


def test_a_metric_of_typed_columns_is_one_file(add, tmp_path):
    add(column_metrics, "oldest", _OLDEST)
    scorer = column_scorer.build(toy.DATASET, metric_names=["oldest"])
    report = scorer.report(scorer.score_real(num=400), paper={})
    # Compared with held-out rows, as its kind does not say otherwise.
    assert report["scores"]["real_train"]["oldest"] == 3
    assert "oldest" not in report["scores"]["real_test"]
    rows = score_text.card_rows(report)
    assert rows == [("oldest row, real training part", "3.00", "400 rows")]
    assert not _problems(tmp_path / "released", rows)


def test_a_title_that_no_metric_has_is_refused(tmp_path):
    row = ("mean brightness, released generator", "1.000", "40 images")
    assert _problems(tmp_path / "released", [row]) == ["card"]


def test_metrics_do_not_share_columns():
    names = [
        name
        for room in (metrics, row_metrics, column_metrics)
        for one in room.every().values()
        for name in one.columns
    ]
    assert len(names) == len(set(names))


def test_metrics_say_what_is_better_of_their_own_columns():
    rooms = (metrics, row_metrics, column_metrics)
    for every in (room.every() for room in rooms):
        for metric in every.values():
            assert metric.larger_is_better.keys() <= metric.columns.keys()
