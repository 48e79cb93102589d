import dataclasses
import json

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf import images
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import image_scorer
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from tests import tiny_generator


@pytest.fixture(autouse=True)
def _one_epoch(monkeypatch):
    monkeypatch.setattr(image_scorer.classifier_lib, "NUM_EPOCHS", 1)


def _dataset(size=4, name="noise"):
    generator = np.random.default_rng(0)
    labels = np.arange(130, dtype=np.int64) % 10

    def noise(count):
        return generator.integers(0, 256, [count, size, size, 1], np.uint8)

    return datasets.ImageDataset(
        name=name,
        train_images=noise(130),
        train_labels=labels,
        test_images=noise(30),
        test_labels=labels[:30],
    )


def _run(root, *, warm_start):
    (root / "private").mkdir(parents=True)
    (root / "config.json").write_text("{}")
    export.export_generator(
        tiny_generator.build(), root / "release/generator/1", latent_dim=3
    )
    if warm_start:
        export.export_generator(
            tiny_generator.build(1),
            root / "private/warm_start_generator",
            latent_dim=3,
        )
    return root


def _score(run_dir, dataset, tmp_path, **chosen):
    return run_scores.score_run(
        run_dir,
        dataset,
        data_dir=tmp_path / "data",
        num_samples=40,
        **chosen,
    )


def test_a_run_is_scored_and_the_scores_stay_private(tmp_path):
    run_dir = _run(tmp_path / "run", warm_start=True)
    scores = _score(run_dir, _dataset(name="mnist"), tmp_path)
    written = json.loads((run_dir / "private" / "scores.json").read_text())
    assert written == json.loads(json.dumps(scores))
    counts = {
        name: score["num_images"] for name, score in scores["scores"].items()
    }
    # As many training images as samples, if there are that many.
    assert counts == {
        "real_train": 40,
        "real_test": 30,
        "warm_start": 40,
        "released": 40,
    }
    assert (tmp_path / "data" / "classifiers").is_dir()
    table = score_text.text(scores)
    for number in ("9.96", "9.05", "8.64"):
        assert number in table
    assert "epsilon does not cover" in table
    names = [name for name, _, _ in score_text.card_rows(scores)]
    assert "Inception score ↑, real training part" in names
    assert "recall ↑, before private training" in names
    assert "diversity, released generator" in names
    assert (run_dir / "private" / "nearest_neighbours.png").is_file()
    assert "frechet" in scores["scores"]["released"]["left_out"]


def test_each_row_is_of_its_own_generator(tmp_path, monkeypatch):
    run_dir = _run(tmp_path / "run", warm_start=True)
    seen = {}
    original = image_scorer.ImageScorer.sample

    def look(self, generator, **asked):
        found = original(self, generator, **asked)
        seen[asked["title"]] = found.images
        return found

    monkeypatch.setattr(image_scorer.ImageScorer, "sample", look)
    report = _score(run_dir, _dataset(), tmp_path, variety=1.5)
    expected = {
        "warm_start": (run_dir / "private/warm_start_generator", 1.0),
        "released_varied": (run_dir / "release/generator/1", 1.5),
        "released": (run_dir / "release/generator/1", 1.0),
    }
    assert list(seen) == list(expected) and expected.keys() < set(
        report["scores"]
    )
    for title, (directory, variety) in expected.items():
        generator = sampling.load_generator(directory)
        made = generator.all_samples(40, 0, variety=variety).examples
        np.testing.assert_array_equal(seen[title], images.to_uint8(made))
    assert (seen["released"] != seen["warm_start"]).any()
    assert (seen["released"] != seen["released_varied"]).any()


def test_both_ends_of_variety_are_scored_and_real_records_once(
    tmp_path, monkeypatch
):
    run_dir = _run(tmp_path / "run", warm_start=False)
    drawn = []
    monkeypatch.setattr(
        image_scorer.ImageScorer, "draw", lambda _, *drew: drawn.append(drew)
    )
    asked = {"metric_names": ["diversity"], "variety": 1.5}
    report = _score(run_dir, _dataset(), tmp_path, **asked)
    assert report["variety"] == 1.5
    assert list(report["scores"]) == [
        *("real_train", "real_test", "released_varied", "released"),
    ]
    (samples, _), *others = drawn
    assert not others and samples.title == "released"
    assert "released, variety 1.5" in score_text.text(report)
    assert score_text.report_kind().problem_of(report) == ""
    one = _score(run_dir, _dataset(), tmp_path, metric_names=["diversity"])
    assert one["variety"] == 1 and "released_varied" not in one["scores"]
    assert one["scores"]["released"] == report["scores"]["released"]


@pytest.mark.parametrize("variety", [0.0, float("nan"), 5.0])
def test_an_impossible_variety_is_refused_before_anything(tmp_path, variety):
    run_dir = _run(tmp_path / "run", warm_start=False)
    with pytest.raises(errors.UserError, match=f"variety={variety}; expected"):
        _score(run_dir, _dataset(), tmp_path, variety=variety)
    assert not (tmp_path / "data").exists()


def test_a_run_without_a_warm_start_has_no_row_of_it(tmp_path):
    run_dir = _run(tmp_path / "run", warm_start=False)
    scores = _score(run_dir, _dataset(), tmp_path)
    assert set(scores["scores"]) == {"real_train", "real_test", "released"}
    assert "9.96" not in score_text.text(scores)


def test_images_without_labels_have_the_score_of_a_discriminator(tmp_path):
    """Table 3 of dp-GAN; nothing is asked of a classifier."""
    run_dir = _run(tmp_path / "run", warm_start=True)
    unlabelled = dataclasses.replace(
        _dataset(), train_labels=None, test_labels=None
    )
    report = _score(run_dir, unlabelled, tmp_path)
    scores = report["scores"]
    for name in ("real_test", "warm_start", "released"):
        assert 0 <= scores[name]["js_score"] < 0.3114
        assert not scores[name]["left_out"]
        assert "inception_score" not in scores[name]
    assert report["classifier"] is None
    text = score_text.text(report)
    assert "JS score" in text
    assert "classifier" not in text
    assert (run_dir / "private" / "nearest_neighbours.png").is_file()
    with pytest.raises(errors.UserError, match="frechet.*needs a classifier"):
        run_scores.score_run(
            run_dir,
            unlabelled,
            data_dir=tmp_path / "data",
            num_samples=40,
            metric_names=["frechet"],
        )


def test_chosen_metrics_leave_the_scores_of_a_report_as_they_are(
    tmp_path, monkeypatch
):
    run_dir = _run(tmp_path / "run", warm_start=False)
    whole = _score(run_dir, _dataset(), tmp_path)
    found = _score(run_dir, _dataset(), tmp_path, metric_names=["inception"])
    written = {
        name: json.loads((run_dir / "private" / name).read_text())
        for name in ("scores.json", "chosen_scores.json")
    }
    assert written == {"scores.json": whole, "chosen_scores.json": found}
    assert "recall" in whole["scores"]["released"]
    assert "recall" not in found["scores"]["released"]
    monkeypatch.setattr(image_scorer.ImageScorer, "score_real", None)
    with pytest.raises(errors.UserError, match="downstream: needs labels"):
        _score(run_dir, _dataset(), tmp_path, metric_names=["downstream"])


def test_data_of_another_size_is_refused(tmp_path):
    run_dir = _run(tmp_path / "run", warm_start=False)
    with pytest.raises(errors.UserError, match="give the run's own data"):
        _score(run_dir, _dataset(size=6), tmp_path)


def test_a_run_without_a_release_is_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(errors.UserError, match="no generator there"):
        _score(tmp_path, _dataset(), tmp_path)


class OnDisk:
    """Images that can only be indexed."""

    def __init__(self, images):
        self._images = images
        self.shape, self.dtype = images.shape, images.dtype
        self.ndim, self.identity = images.ndim, b"these"

    def __len__(self):
        return len(self._images)

    def __getitem__(self, key):
        return self._images[key]

    def select(self, indices):
        return OnDisk(self._images[indices])


def test_images_on_a_disk_are_scored_like_those_in_memory(tmp_path):
    held = _dataset()
    stored = dataclasses.replace(
        held,
        train_images=OnDisk(held.train_images),
        test_images=OnDisk(held.test_images),
    )
    run_dir = _run(tmp_path / "run", warm_start=False)
    first = _score(run_dir, held, tmp_path / "a")
    second = _score(run_dir, stored, tmp_path / "b")
    assert json.dumps(first) == json.dumps(second)


def test_of_many_images_on_a_disk_a_random_part_is_read():
    held = _dataset()
    stored = dataclasses.replace(held, train_images=OnDisk(held.train_images))
    part = stored.in_memory(most=50, seed=1)
    assert len(part.train_images) == len(part.train_labels) == 50
    assert part.test_images is held.test_images
    order = [
        np.flatnonzero((held.train_images == image).all((1, 2, 3)))[0]
        for image in part.train_images
    ]
    assert order == sorted(set(order))
    assert order[-1] > 60
    assert np.array_equal(held.train_labels[order], part.train_labels)
