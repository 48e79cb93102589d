"""A folder's own parts are told from classes, or refused where unclear."""

import pathlib

import pytest

from dpgan_tf import errors
from dpgan_tf.data.pictures import parts

ROOT = pathlib.Path("pets")


def of_folders(*names):
    return parts.of_folders(ROOT, sorted(name.encode() for name in names))


@pytest.mark.parametrize(
    ("training", "test"),
    [
        ("train", "test"),
        ("Training", "val"),
        ("TRAIN", "Testing"),
        ("training", "validation"),
        ("train", "valid"),
    ],
)
def test_two_sub_folders_are_a_training_and_a_test_part(training, test):
    found = of_folders(training, test)
    assert found == parts.Parts(training.encode(), test.encode())


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("train",),
        ("test",),
        ("cats", "dogs"),
        ("train", "bus", "test match"),
        ("test", "bus"),
        ("trains", "contest"),
        ("blood test", "urine test"),
        ("train", "testament"),
        ("valley", "trainer"),
        ("train_red", "train_blue"),
        ("Devon", "evaluator", "protest"),
    ],
)
def test_classes_may_sound_like_parts(names):
    assert of_folders(*names) is None


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("train", "val", "test"),
            "pets: pictures of val would go unused, since there is test: move "
            "them into train, or away.",
        ),
        (
            ("train", "test", "extra"),
            "pets: has test, train, which are parts of a data set, and extra: "
            "move the one or the other away.",
        ),
        (
            ("train", "Train", "test"),
            "pets: has Train, train, which are one part; put their pictures "
            "together.",
        ),
        (
            ("test", "val"),
            "pets: has test, val and no train; expected the pictures to learn "
            "from in train.",
        ),
    ],
)
def test_parts_that_cannot_be_meant_are_refused(names, message):
    with pytest.raises(errors.DatasetError) as raised:
        of_folders(*names)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    "names",
    [
        ("train_images", "test_images"),
        ("dev", "train"),
        ("training_set", "test_set"),
        ("0_train", "1_test"),
        ("train2017", "val2017"),
        ("trainA", "trainB", "testA", "testB"),
        ("TrainingData", "HoldOut"),
        ("trainset", "testset"),
        ("pets-train", "pets-held-out"),
        ("eval", "dev"),
    ],
)
def test_parts_of_other_names_do_not_become_classes(names):
    with pytest.raises(errors.DatasetError, match="rename them train and test"):
        of_folders(*names)


def test_names_in_a_message_are_few_and_printed_with_escapes():
    names = [b"test", b"train", b"\x1b[2J", *(b"x%d" % i for i in range(9))]
    with pytest.raises(errors.DatasetError) as raised:
        parts.of_folders(ROOT, names)
    assert "and \\x1b[2J, x0, x1, x2, x3: move" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (b"scans-train.tfrecord-00000-of-00002", b"train"),
        (b"Scans_TEST_1.array_record", b"test"),
        (b"train", b"train"),
        (b"val.tfrecord", b"val"),
        (b"pets.tfrecord", b"pets.tfrecord"),
        (b"trains.tfrecord", b"trains.tfrecord"),
        (b"train-test.tfrecord", b"train-test.tfrecord"),
        (b"train-train.tfrecord", b"train"),
    ],
)
def test_the_part_of_a_file_is_the_one_word_that_tells_it(name, part):
    assert parts.part_of(name) == part


def test_files_of_a_part_are_taken_together():
    names = [b"a-train-0.tfrecord", b"a-train-1.tfrecord", b"a-test.tfrecord"]
    assert parts.of_files(ROOT, names) == parts.Parts(b"train", b"test")
    assert parts.of_files(ROOT, names[:2]) is None
    assert parts.of_files(ROOT, [b"a.tfrecord", b"b.tfrecord"]) is None


def test_a_file_of_no_part_beside_parts_is_refused():
    names = [b"a-train.tfrecord", b"a-test.tfrecord", b"b.tfrecord"]
    with pytest.raises(errors.DatasetError, match="and b.tfrecord: move the"):
        parts.of_files(ROOT, names)
