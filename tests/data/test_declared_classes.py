"""How many classes there are is declared, and never read off the labels."""

import dataclasses

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import idx
from dpgan_tf.data import npz
from dpgan_tf.data import records
from dpgan_tf.data import tfds_store
from dpgan_tf.data.known import digits
from dpgan_tf.evaluation import classifier
from dpgan_tf.run import assembly
from dpgan_tf.run import data as run_data
from dpgan_tf.run import feasibility
from tests import tiny_run
from tests.data import files

CONDITIONAL = {"networks.conditional": True}
SUMMARY = {"networks.conditional": True, "summary": "class_features"}


def _write(folder, labels, **arrays):
    """Write dark images with labels where tiny runs look for records."""
    path = folder / "records.npz"
    images = np.zeros([len(labels), 28, 28], np.uint8)
    np.savez(path, x_train=images, y_train=np.asarray(labels), **arrays)
    return path


@pytest.mark.parametrize("labels", [[0, 0, 0], [2, 1, 0], np.arange(12)])
def test_labels_alone_declare_nothing(tmp_path, labels):
    assert npz.load(_write(tmp_path, labels)).form.num_classes == 0


def test_idx_files_declare_nothing(tmp_path):
    files.write_idx_folder(tmp_path)
    assert idx.load(tmp_path).form.num_classes == 0


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 6], [3, 3, 5]])
@pytest.mark.parametrize("number", [7, np.uint8(7), np.array(7, ">i4")])
def test_a_file_may_declare_its_number_of_classes(tmp_path, labels, number):
    path = _write(tmp_path, labels, num_classes=number)
    assert npz.load(path).form.num_classes == 7


@pytest.mark.parametrize(
    "number", [0, -1, 1_001, 2.5, 10.0, True, [10], np.uint64(2**64 - 1)]
)
def test_a_number_of_classes_that_is_none_is_refused(tmp_path, number):
    path = _write(tmp_path, [0], num_classes=number)
    with pytest.raises(errors.DatasetError, match=f"^{path}: num_classes"):
        npz.load(path)


def test_labels_beyond_the_declared_classes_are_refused(tmp_path):
    path = _write(tmp_path, [0, 3], num_classes=3)
    with pytest.raises(errors.DatasetError, match="y_train: .*expected 0 to 2"):
        npz.load(path)
    path = _write(tmp_path, [0, 1_000])
    with pytest.raises(errors.DatasetError, match="expected 0 to 999"):
        npz.load(path)


def test_named_sets_have_ten_classes_whatever_labels_there_are(
    tmp_path, monkeypatch
):
    folder = files.write_idx_folder(tmp_path / "system")
    labels = np.full(20, 3)
    (folder / "train-labels-idx1-ubyte").write_bytes(files.idx_bytes(labels))
    monkeypatch.setattr(digits, "_SYSTEM_FOLDERS", {"fashion_mnist": folder})
    monkeypatch.setattr(digits, "_IMAGE_SHAPES", [(20, 4, 3, 1), (5, 4, 3, 1)])
    dataset = digits.load("fashion_mnist", data_dir=tmp_path)
    assert dataset.form.num_classes == 10
    assert records.DIGITS.num_classes == 10
    mnist = dataclasses.replace(dataset, name="mnist")
    tfds_store.write(mnist, data_dir=tmp_path)
    stored = tfds_store.read("mnist", data_dir=tmp_path)
    assert stored.form.num_classes == 10


@pytest.mark.parametrize("changes", [CONDITIONAL, SUMMARY])
@pytest.mark.parametrize("is_one_class", [True, False])
def test_classes_that_nobody_declared_are_refused_with_the_remedy(
    tmp_path, changes, is_one_class
):
    labels = np.zeros(300, int) if is_one_class else np.arange(300) % 10
    path = _write(tmp_path, labels)
    recipe = tiny_run.recipe(tmp_path, **changes)
    with pytest.raises(errors.ConfigError) as raised:
        run_data.load(recipe, data_dir=tmp_path)
    message = str(raised.value)
    assert "--set data.num_classes=K" in message and str(path) in message
    assert "\n" not in message


@pytest.mark.parametrize("changes", [CONDITIONAL, SUMMARY])
@pytest.mark.parametrize("label", [0, 2])
def test_released_classes_are_those_declared(tmp_path, changes, label):
    """With any records, and so with one more or one less."""
    _write(tmp_path, np.full(300, label))
    recipe = tiny_run.recipe(tmp_path, data__num_classes=3, **changes)
    data = run_data.load(recipe, data_dir=tmp_path)
    assert data.dataset.form.num_classes == 3
    assert data.private.num_classes == data.public.num_classes == 3
    form = run_data.form_of(data.description)
    assert assembly.num_classes(recipe, form) == 3


def test_a_setting_and_a_data_set_declare_the_same_number(tmp_path):
    _write(tmp_path, np.zeros(300, int), num_classes=4)
    recipe = tiny_run.recipe(
        tmp_path, data__num_classes=4, networks__conditional=True
    )
    data = run_data.load(recipe, data_dir=tmp_path)
    assert data.private.num_classes == 4
    other = recipes.change(recipe, {"data.num_classes": 5})
    with pytest.raises(
        errors.ConfigError, match="num_classes=5; .* declares 4"
    ):
        run_data.load(other, data_dir=tmp_path)


def test_labels_beyond_the_setting_are_refused(tmp_path):
    _write(tmp_path, np.arange(300) % 10)
    recipe = tiny_run.recipe(
        tmp_path, data__num_classes=9, networks__conditional=True
    )
    with pytest.raises(errors.DatasetError, match="expected 0 to 8"):
        run_data.load(recipe, data_dir=tmp_path)
    many = recipes.change(recipe, {"data.num_classes": 1_001})
    with pytest.raises(errors.DatasetError, match="num_classes=1001; expected"):
        run_data.load(many, data_dir=tmp_path)


def test_records_without_labels_have_no_classes_to_declare(tmp_path):
    recipe = tiny_run.recipe(tmp_path, data__num_classes=9)
    with pytest.raises(errors.ConfigError, match="num_classes=9; .*no labels"):
        run_data.load(recipe, data_dir=tmp_path)


def test_networks_without_labels_need_no_declaration(tmp_path):
    _write(tmp_path, np.arange(300) % 10)
    recipe = tiny_run.recipe(tmp_path)
    data = run_data.load(recipe, data_dir=tmp_path)
    assert assembly.num_classes(recipe, data.dataset.form) == 0


@pytest.mark.parametrize("number", [0, -1, 2.5, True])
def test_a_setting_that_is_no_number_of_classes_is_refused(number):
    with pytest.raises(errors.ConfigError, match=f"num_classes={number}"):
        recipes.change(presets.get("mnist"), {"data.num_classes": number})


def test_networks_and_summaries_are_not_built_for_undeclared_classes():
    recipe = presets.get("mnist_surrogate")
    undeclared = records.Form((28, 28, 1))
    with pytest.raises(errors.ConfigError, match="num_classes"):
        assembly.build_networks(recipe, undeclared)
    with pytest.raises(errors.ConfigError, match="num_classes"):
        feasibility.require_form_fits(recipe, undeclared)


def test_private_scores_of_undeclared_classes_are_by_the_labels(tmp_path):
    """They are not released, and a classifier needs a number."""
    dataset = npz.load(_write(tmp_path, np.arange(40) % 4))
    found = classifier.load_or_train(
        dataset, cache_dir=tmp_path, seed=0, num_epochs=1
    )
    assert found.num_classes == 4


@pytest.mark.parametrize("declared", [{}, {"num_classes": 26}])
def test_labels_may_begin_at_a_declared_number(tmp_path, declared):
    labels = [1, 26, 7]
    path = _write(tmp_path, labels, x_test=np.zeros([1, 28, 28], np.uint8))
    dataset = npz.load(path, first_label=1, num_classes=26)
    assert dataset.train_labels.tolist() == [0, 25, 6]
    path = _write(tmp_path, labels, **declared)
    assert (
        npz.load(path, first_label=1, num_classes=26).train_images is not None
    )


@pytest.mark.parametrize("label", [0, 27])
def test_labels_outside_the_declared_numbers_are_refused(tmp_path, label):
    path = _write(tmp_path, [1, label, 26])
    with pytest.raises(errors.DatasetError, match="expected 1 to 26, the num"):
        npz.load(path, first_label=1, num_classes=26)


def test_the_declaration_that_labels_need_is_proposed(tmp_path):
    path = _write(tmp_path, [1, 26, 7], num_classes=26)
    with pytest.raises(errors.DatasetError, match="--classes=1-26 if"):
        npz.load(path)


@pytest.mark.parametrize("labels", [[-1, 2, 3], [0, 5_000, 1]])
def test_nothing_is_proposed_where_no_declaration_would_help(tmp_path, labels):
    path = _write(tmp_path, labels)
    with pytest.raises(errors.DatasetError) as found:
        npz.load(path)
    assert "--classes" not in str(found.value)


def test_idx_labels_may_begin_at_a_declared_number(tmp_path):
    files.write_idx_folder(tmp_path)
    with pytest.raises(errors.DatasetError, match="--classes=0-9 if"):
        idx.load(tmp_path, first_label=1)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(
        files.idx_bytes(files.labels(20) + 3)
    )
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(
        files.idx_bytes(files.labels(5) + 3)
    )
    dataset = idx.load(tmp_path, first_label=3, num_classes=10)
    assert set(dataset.train_labels) == set(range(10))
    assert dataset.test_labels.tolist() == [0, 1, 2, 3, 4]


def test_a_file_may_declare_the_names_of_its_classes(tmp_path):
    path = _write(tmp_path, [0, 1, 0], class_names=np.array(["cat", "dog"]))
    dataset = npz.load(path)
    assert dataset.class_names == ("cat", "dog")
    assert dataset.form.num_classes == 2


def test_names_are_never_taken_from_labels(tmp_path):
    assert npz.load(_write(tmp_path, [0, 1, 2])).class_names == ()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (np.array(["a", "b/c"]), "class_names has the name"),
        (np.array(["a", "a"]), "class_names has a name twice"),
        (np.array([["a"], ["b"]]), r"class_names has shape \[2, 1\]"),
        (np.array(["a"] * 1_001), "has shape"),
        (np.array([1, 2]), "class_names: has dtype int64; expected text"),
        (np.array([b"a", b"b"]), "class_names: has dtype .S1; expected text"),
        (np.array(["a", 1], object), "class_names: has dtype object"),
        (np.array(["x" * 100_000, "b"]), "class_names has the name"),
    ],
)
def test_names_that_are_not_safe_are_refused(tmp_path, names, message):
    path = _write(tmp_path, [0, 1, 0], class_names=names)
    with pytest.raises(errors.DatasetError, match=message) as found:
        npz.load(path)
    assert len(str(found.value)) < 600


def test_names_for_another_number_of_classes_are_refused(tmp_path):
    names = np.array(["a", "b"])
    path = _write(tmp_path, [0, 1, 0], class_names=names, num_classes=3)
    with pytest.raises(errors.DatasetError, match="has 2 names; expected 3"):
        npz.load(path)
