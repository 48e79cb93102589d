"""Names of classes are harmless as names of files, or are refused."""

import pytest

from dpgan_tf import errors
from dpgan_tf.data import class_names

GOOD = [
    "cat",
    "Ankle boot",
    "T-shirt (grey)",
    "Übergröße",
    "犬",
    "a.b",
    "x" * 64,
    "0",
]
BAD = [
    "",
    " cat",
    "cat ",
    "..",
    ".hidden",
    "cat.",
    "-rf",
    "a/b",
    "a\\b",
    "a:b",
    "a|b",
    "a\nb",
    "a\x1b[2J",
    "a\u202eb",
    "a\ud800",
    "u\u0308",
    "x" * 65,
    "犬" * 64 + "x",
]


@pytest.mark.parametrize("name", GOOD)
def test_usual_names_are_accepted(name):
    assert class_names.problem_of([name], num_classes=1) == ""


@pytest.mark.parametrize("name", BAD)
def test_names_that_are_not_safe_are_refused_in_one_printable_line(name):
    problem = class_names.problem_of(["cat", name], num_classes=2)
    assert problem and problem.isprintable()
    assert "for class 1" in problem


def test_a_name_of_many_bytes_is_refused():
    assert class_names.problem_of(["犬" * 64], num_classes=1) == ""
    assert class_names.problem_of(["\U0001f408" * 51], num_classes=1)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("a", "b"), "has 2 names; expected 3"),
        (("a", "b", "a"), "a name twice"),
        (("a", "b", "c/d"), "printable characters"),
    ],
)
def test_names_that_do_not_fit_are_refused(names, message):
    with pytest.raises(errors.DatasetError, match=f"own.npz: .*{message}"):
        class_names.require(names, num_classes=3, source="own.npz")


def test_no_names_fit_any_classes():
    class_names.require((), num_classes=3, source="own.npz")


def test_numbers_from_0_on_tell_nothing():
    assert class_names.telling(["0", "1", "2"]) == ()
    assert class_names.telling(["0", "1", "10"]) == ("0", "1", "10")
    assert class_names.telling(["1", "2"]) == ("1", "2")
    assert class_names.telling([]) == ()


@pytest.mark.parametrize("names", [("cat", "Ankle boot"), ("犬",)])
def test_a_file_of_names_gives_them_back(names):
    assert class_names.from_bytes(class_names.to_bytes(names)) == names


@pytest.mark.parametrize("content", [b"", b"cat", b"\xff\n"])
def test_other_content_gives_no_names(content):
    assert class_names.from_bytes(content) == ()
