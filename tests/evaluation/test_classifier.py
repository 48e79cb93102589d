import dataclasses
import io
import pickle
import zipfile

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.evaluation import classifier

NUM_CLASSES = 5
"""That labels may have; a fifth class has no images."""


def _dataset(*, seed=0, labels=True):
    generator = np.random.default_rng(seed)
    train_labels = np.arange(256, dtype=np.int64) % 4
    test_labels = np.arange(40, dtype=np.int64) % 4

    def images(of):
        # The brightness of a quarter of the image names the class.
        noise = generator.integers(0, 60, [len(of), 8, 8, 1])
        for image, label in zip(noise, of, strict=True):
            row, column = divmod(int(label), 2)
            image[4 * row : 4 * row + 4, 4 * column : 4 * column + 4] += 180
        return noise.astype(np.uint8)

    return datasets.ImageDataset(
        name="quarters",
        train_images=images(train_labels),
        train_labels=train_labels if labels else None,
        test_images=images(test_labels),
        test_labels=test_labels if labels else None,
        num_classes=NUM_CLASSES,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    cache_dir = tmp_path_factory.mktemp("classifiers")
    dataset = _dataset()
    first = classifier.load_or_train(
        dataset, cache_dir=cache_dir, seed=1, num_epochs=4
    )
    return dataset, cache_dir, first


def _load_again(trained, monkeypatch, **changes):
    dataset, cache_dir, _ = trained

    def refuse(*_, **__):
        raise AssertionError("trained again")

    monkeypatch.setattr(classifier, "_train", refuse)
    arguments = {"cache_dir": cache_dir, "seed": 1, "num_epochs": 4, **changes}
    return classifier.load_or_train(
        arguments.pop("dataset", dataset), **arguments
    )


def test_it_learns_what_is_easy(trained):
    assert trained[2].test_accuracy == 1.0


def test_mnist_parameters_are_those_of_the_published_network():
    # conv 832 + 51,264; dense 3,212,288 + 10,250; batch normalisation 4 per
    # channel of 32 + 64 + 1,024.
    model = classifier.build((28, 28, 1), num_classes=10, seed=0)
    assert model.count_params() == 832 + 51_264 + 3_212_288 + 10_250 + 4 * 1120


def test_features_and_probabilities_are_those_of_each_image_however_batched(
    trained, monkeypatch
):
    dataset, _, trained_classifier = trained
    features, whole = trained_classifier.look_at(dataset.train_images)
    monkeypatch.setattr(classifier, "_SCORING_BATCH_SIZE", 100)
    features_of_parts, parts = trained_classifier.look_at(dataset.train_images)
    assert whole.shape == (256, NUM_CLASSES)
    np.testing.assert_allclose(features, features_of_parts, atol=1e-5)
    assert (features.max(axis=1) > 0).all()
    np.testing.assert_allclose(whole.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(whole, parts, atol=1e-6)


def test_scaled_images_and_bytes_are_scored_alike(trained):
    dataset, _, trained_classifier = trained
    np.testing.assert_array_equal(
        trained_classifier.probabilities(dataset.test_images),
        trained_classifier.probabilities(records.scale(dataset.test_images)),
    )


def test_no_images_give_no_rows(trained):
    empty = np.zeros([0, 8, 8, 1], np.float32)
    assert trained[2].probabilities(empty).shape == (0, NUM_CLASSES)


def test_the_second_call_reads_the_cache(trained, monkeypatch):
    dataset, _, first = trained
    second = _load_again(trained, monkeypatch)
    assert second.test_accuracy == first.test_accuracy
    np.testing.assert_array_equal(
        first.probabilities(dataset.test_images),
        second.probabilities(dataset.test_images),
    )


@pytest.mark.parametrize("changes", [{"seed": 2}, {"num_epochs": 5}])
def test_another_recipe_is_trained_anew(trained, monkeypatch, changes):
    with pytest.raises(AssertionError, match="trained again"):
        _load_again(trained, monkeypatch, **changes)


@pytest.mark.parametrize(
    "name", ["train_images", "train_labels", "test_images", "test_labels"]
)
def test_other_data_are_trained_anew(trained, monkeypatch, name):
    """The accuracy on test images is kept with the weights."""
    array = getattr(trained[0], name).copy()
    array.flat[0] += 1
    dataset = dataclasses.replace(trained[0], **{name: array})
    with pytest.raises(AssertionError, match="trained again"):
        _load_again(trained, monkeypatch, dataset=dataset)


def _rewrite(path, name, data):
    with zipfile.ZipFile(path) as archive:
        members = {
            member: archive.read(member) for member in archive.namelist()
        }
    members[name] = data
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)


def _npy(array, **kwargs):
    file = io.BytesIO()
    np.save(file, array, **kwargs)
    return file.getvalue()


class _Touch:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return (open, (self.path, "w"))


@pytest.mark.parametrize(
    "damage",
    ["truncated", "shape", "type", "nan", "huge_header", "short_data"],
)
def test_a_damaged_cache_is_trained_anew(trained, monkeypatch, damage):
    (path,) = trained[1].glob("*.npz")
    intact = path.read_bytes()
    bias = np.zeros(32, np.float32)
    huge = _npy(bias).replace(b"(32,), }", b"(9999999999,), }")
    members = {
        "shape": _npy(np.zeros(33, np.float32)),
        "type": _npy(np.zeros(32, np.float64)),
        "nan": _npy(np.full(32, np.nan, np.float32)),
        "huge_header": huge,
        "short_data": _npy(bias)[:-4],
    }
    try:
        if damage == "truncated":
            path.write_bytes(intact[: len(intact) // 2])
        else:
            _rewrite(path, "weight_01.npy", members[damage])
        with pytest.raises(AssertionError, match="trained again"):
            _load_again(trained, monkeypatch)
    finally:
        path.write_bytes(intact)


def test_a_pickle_in_the_cache_is_never_run(trained, monkeypatch, tmp_path):
    (path,) = trained[1].glob("*.npz")
    intact = path.read_bytes()
    sentinel = tmp_path / "sentinel"
    array = np.array([_Touch(sentinel)], dtype=object)
    malicious = _npy(array, allow_pickle=True)
    pickle.loads(pickle.dumps(_Touch(tmp_path / "works"))).close()
    assert (tmp_path / "works").exists()
    try:
        _rewrite(path, "weight_00.npy", malicious)
        with pytest.raises(AssertionError, match="trained again"):
            _load_again(trained, monkeypatch)
    finally:
        path.write_bytes(intact)
    assert not sentinel.exists()


def test_data_without_labels_is_refused(tmp_path):
    with pytest.raises(errors.DatasetError, match="no labels"):
        classifier.load_or_train(
            _dataset(labels=False), cache_dir=tmp_path, seed=0
        )
