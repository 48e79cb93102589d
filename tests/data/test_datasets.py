"""Data sets are checked when they are made, and hide what they hold."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import checks
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.data import sources
from tests.data import files
from tests.data.pictures import pets


def test_a_data_set_hides_its_pixels():
    dataset = datasets.ImageDataset(name="x", train_images=files.images(3))
    assert repr(dataset) == "ImageDataset(name='x', origin='memory')"


def test_parts_of_different_shape_are_refused():
    with pytest.raises(errors.DatasetError, match="expected the same"):
        datasets.ImageDataset(
            name="x",
            train_images=np.zeros((2, 4, 4, 1), np.uint8),
            test_images=np.zeros((2, 5, 5, 1), np.uint8),
        )


def test_test_labels_without_images_are_refused():
    with pytest.raises(errors.DatasetError, match="without test images"):
        datasets.ImageDataset(
            name="x",
            train_images=files.images(2),
            test_labels=files.labels(2),
        )


def test_identities_are_whole_numbers_one_for_each_record():
    for identities in (np.arange(4), np.arange(5.0), np.zeros([5, 1], int)):
        with pytest.raises(errors.DatasetError, match="identities"):
            datasets.ImageDataset(
                name="x",
                train_images=files.images(5),
                train_identities=identities,
            )


@pytest.mark.parametrize(
    "rows, largest, message",
    [
        (np.full([3, 2], 2, np.uint8), 1, "up to 2; expected at most 1"),
        (np.zeros([3, 2], np.int64), 1, "int64"),
        (np.zeros([0, 2], np.uint8), 1, "at least one"),
        (np.zeros([3], np.uint8), 1, "expected"),
        (np.zeros([3, 2], np.uint8), 256, "largest=256"),
    ],
)
def test_rows_of_another_form_are_refused(rows, largest, message):
    with pytest.raises(errors.DatasetError, match=message):
        datasets.TableDataset(
            name="t",
            train_rows=rows,
            test_rows=rows,
            columns=("a", "b"),
            largest=largest,
        )


@pytest.mark.parametrize("number", [-1, checks.MAX_CLASSES + 1])
def test_a_number_of_classes_out_of_range_is_refused(number):
    with pytest.raises(errors.DatasetError, match=f"x: num_classes={number};"):
        datasets.ImageDataset(
            name="x", train_images=files.images(3), num_classes=number
        )


def test_either_part_that_is_not_right_is_named():
    good, bad = files.images(3), files.images(3).astype(int)
    for part, arrays in (
        ("training", {"train_images": bad}),
        ("test", {"train_images": good, "test_images": bad}),
    ):
        with pytest.raises(errors.DatasetError, match=f"^x: {part} part: ima"):
            datasets.ImageDataset(name="x", **arrays)


def test_labels_are_checked_against_the_declared_classes():
    with pytest.raises(errors.DatasetError, match="to 2; expected 0 to 1"):
        datasets.ImageDataset(
            name="x",
            train_images=files.images(3),
            train_labels=files.labels(3),
            num_classes=2,
        )


def test_the_form_is_of_declared_numbers_and_not_of_counted_ones():
    dataset = datasets.ImageDataset(
        name="x",
        train_images=files.images(3),
        train_labels=np.zeros(3, np.int64),
        num_classes=7,
    )
    assert dataset.form == records.Form((4, 3, 1), num_classes=7)
    table = _table(largest=9)
    assert table.form == records.Form((2,), 9)


def test_counts_of_a_table_go_to_networks_from_0_to_1():
    scale = _table(largest=4).scale
    scaled = np.array([0, 2, 4]) / scale.divisor + scale.low
    np.testing.assert_array_equal(scaled, [0, 0.5, 1])


def _table(largest=1):
    rows = np.eye(3, 2, dtype=np.uint8)
    return datasets.TableDataset(
        name="t",
        train_rows=rows,
        test_rows=rows[:1],
        columns=("a", "b"),
        largest=largest,
    )


def test_a_table_hides_its_rows_and_names():
    assert (
        repr(_table()) == "TableDataset(name='t', largest=1, origin='memory')"
    )


def test_rows_that_do_not_fit_the_names_of_columns_are_refused():
    rows = np.eye(3, 2, dtype=np.uint8)
    with pytest.raises(errors.DatasetError, match="test part: 1 columns; exp"):
        datasets.TableDataset(
            name="t",
            train_rows=rows,
            test_rows=rows[:, :1],
            columns=("a", "b"),
            largest=1,
        )


def test_parts_are_described_in_a_line_each():
    dataset = datasets.ImageDataset(
        name="x", train_images=np.full((1_234, 2, 2, 3), 9, np.uint8)
    )
    assert dataset.describe() == [
        "  training  1,234 images of 2x2x3 (uint8) without labels, pixels from "
        "9 to 9",
        "  test      none",
    ]
    assert _table(5).describe() == [
        "  training  3 rows of 2 columns, counts up to 5",
        "  held out  1 rows of 2 columns, counts up to 5",
    ]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A data set on a disk, whose pictures tell their number and label."""
    root = tmp_path_factory.mktemp("stored")
    with pets.here():
        pets.build(pets.write_pictures(root / "pets"), root / "pets_8")
    return sources.load("pets_8", data_dir=root)


def test_pictures_on_a_disk_are_read_with_what_belongs_to_them(stored):
    read = stored.in_memory(most=5, seed=1)
    identity_of = dict(
        zip(
            stored.train_images[:][:, 0, 0, 0],
            stored.train_identities,
            strict=True,
        )
    )
    for images, labels in (
        (read.train_images, read.train_labels),
        (read.test_images, read.test_labels),
    ):
        assert isinstance(images, np.ndarray) and len(images) <= 5
        np.testing.assert_array_equal(labels, images[:, 0, 0, 0] % 2)
    reds = read.train_images[:, 0, 0, 0]
    assert len(reds) == 5
    assert [identity_of[red] for red in reds] == list(read.train_identities)


def test_a_seed_chooses_among_pictures_and_where_there_are_few_all_are_read(
    stored,
):
    def chosen(most, seed):
        images = stored.in_memory(most=most, seed=seed).train_images
        return images[:, 0, 0, 0].tolist()

    assert chosen(5, 1) == chosen(5, 1) != chosen(5, 2)
    assert chosen(pets.NUM, 1) == stored.train_images[:][:, 0, 0, 0].tolist()


def test_images_in_memory_stay_all_of_them():
    dataset = datasets.ImageDataset(name="x", train_images=files.images(9))
    assert dataset.in_memory(most=2, seed=0).train_images.shape[0] == 9
