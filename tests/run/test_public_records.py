"""Public records may be another data set's; all others are private then."""

import json

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import public_records
from tests import tiny_run


def _public(folder, *, num=40, name="public.npz", seed=9, **arrays):
    rng = np.random.default_rng(seed)
    path = folder / name
    images = rng.integers(0, 256, [num, 28, 28], dtype=np.uint8)
    np.savez(path, **{"images": images} | arrays)
    return path


def _recipe(folder, public, **changes):
    return tiny_run.recipe(
        folder,
        data__public_fraction=0.0,
        data__public_source=str(public),
        data__num_private_examples=300,
        **changes,
    )


def _load(folder, public, **changes):
    return run_data.load(_recipe(folder, public, **changes), data_dir=folder)


def test_every_record_of_the_data_set_is_private(tmp_path):
    data = _load(tmp_path, _public(tmp_path))
    assert len(data.public) == 40
    assert len(data.private) == tiny_run.NUM_RECORDS
    np.testing.assert_array_equal(
        data.private.examples, data.dataset.train_images
    )
    assert data.description["public_fraction"] == 0.0
    assert data.description["num_public"] == 40


def test_public_records_are_those_of_their_source(tmp_path):
    path = _public(tmp_path)
    data = _load(tmp_path, path)
    with np.load(path) as arrays:
        np.testing.assert_array_equal(
            data.public.examples[..., 0], arrays["images"]
        )


def test_private_records_do_not_depend_on_public_ones(tmp_path):
    found = [
        _load(tmp_path, _public(tmp_path, num=num, name=f"{num}.npz"))
        for num in (40, 60)
    ]
    np.testing.assert_array_equal(
        found[0].private.examples, found[1].private.examples
    )


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": np.zeros([40, 20, 28], np.uint8)}, r"shape \[20, 28, 1\]"),
        ({"images": np.zeros([40, 28, 28, 3], np.uint8)}, "28, 3.; expected"),
    ],
)
def test_public_records_of_another_form_are_refused(tmp_path, arrays, message):
    path = _public(tmp_path, **arrays)
    with pytest.raises(errors.DatasetError, match=f"^{path}: .*{message}"):
        _load(tmp_path, path)


def test_public_records_without_labels_are_refused_where_labels_count(tmp_path):
    tiny_run.write_labelled_records(tmp_path)
    path = _public(tmp_path)
    with pytest.raises(errors.DatasetError, match="records have no labels"):
        _load(tmp_path, path, networks__conditional=True)


def test_public_labels_of_other_classes_are_refused(tmp_path):
    tiny_run.write_labelled_records(tmp_path)
    labels = np.arange(40) % 10
    path = _public(tmp_path, labels=labels, num_classes=11)
    with pytest.raises(errors.DatasetError, match="have other classes"):
        _load(tmp_path, path, networks__conditional=True)
    path = _public(tmp_path, labels=labels + 1)
    with pytest.raises(errors.DatasetError, match="labels go from 1 to 10"):
        _load(tmp_path, path, networks__conditional=True)


def test_classes_of_the_same_number_and_other_names_are_refused(tmp_path):
    private = tmp_path / "records.npz"
    images = np.zeros([300, 28, 28], np.uint8)
    labels = np.arange(300) % 2
    np.savez(
        private,
        images=images,
        labels=labels,
        class_names=np.array(["cat", "dog"]),
    )
    path = _public(
        tmp_path, labels=labels[:40], class_names=np.array(["dog", "cat"])
    )
    with pytest.raises(errors.DatasetError, match="in the same order"):
        _load(tmp_path, path, networks__conditional=True)


def test_public_rows_of_other_columns_are_refused(tmp_path):
    paths = []
    for name, columns in (("records", ["a", "b"]), ("public", ["b", "a"])):
        paths.append(tmp_path / f"{name}.npz")
        rows = np.random.default_rng(0).integers(0, 2, [300, 2])
        np.savez(paths[-1], records=rows, columns=np.array(columns))
    with pytest.raises(errors.DatasetError, match="columns have other names"):
        _load(tmp_path, paths[1])


def test_the_private_records_themselves_are_refused(tmp_path, monkeypatch):
    path = tiny_run.write_records(tmp_path)
    for place in (path, tmp_path / "link.npz"):
        if not place.exists():
            place.symlink_to(path)
        with pytest.raises(errors.ConfigError, match="is data.source itself"):
            _load(tmp_path, place)


def test_too_few_public_records_are_an_error_of_the_source(tmp_path):
    path = _public(tmp_path, num=5)
    with pytest.raises(errors.ConfigError, match="take more public records"):
        _load(tmp_path, path)


def test_what_overlaps_is_told_to_the_curator_and_changes_nothing(
    tmp_path, capsys
):
    path = tiny_run.write_records(tmp_path)
    with np.load(path) as arrays:
        private = arrays["images"]
    public = _public(tmp_path)
    apart = _load(tmp_path, public)
    assert "are among" not in capsys.readouterr().err
    with np.load(public) as arrays:
        images = np.concatenate([arrays["images"], private[:3]])
    together = _load(tmp_path, _public(tmp_path, images=images))
    assert "3 private records are among its" in capsys.readouterr().err
    np.testing.assert_array_equal(
        apart.private.examples, together.private.examples
    )
    assert len(together.public) == 43


def test_a_run_does_not_go_on_with_other_public_records(tmp_path):
    files = run_files.RunFiles(tmp_path / "run")
    files.private.mkdir(parents=True)
    begun = _load(tmp_path, _public(tmp_path)).description
    files.data.write_text(json.dumps(begun))
    public_records.require_same(files, begun)
    now = _load(tmp_path, _public(tmp_path, seed=8)).description
    with pytest.raises(errors.ConfigError, match="public_source have changed"):
        public_records.require_same(files, now)


def test_a_run_without_a_public_source_has_no_hash_of_one(tmp_path):
    recipe = tiny_run.recipe(tmp_path)
    description = run_data.load(recipe, data_dir=tmp_path).description
    assert "public_sha256" not in description


def test_a_source_that_is_told_of_elsewhere_is_used(tmp_path):
    path = _public(tmp_path)
    recipe = _recipe(tmp_path, "gone.npz")
    data = run_data.load(recipe, data_dir=tmp_path, public_path=str(path))
    assert isinstance(data.dataset, datasets.ImageDataset)
    assert len(data.public) == 40
