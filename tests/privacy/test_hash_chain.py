"""What every chain refuses; `ledger.test_chain` has a whole ledger's."""

import json
import math

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import hash_chain


class Notes(hash_chain.HashChain):
    """A chain of numbers."""

    FORMAT = "notes-1"
    REMEDY = "write it again"
    FIELDS = {
        "header": frozenset({"format"}),
        "note": frozenset({"number"}),
    }

    def __init__(self, name="n"):
        super().__init__(name)
        self.numbers = []

    def _check_header(self, entry):
        pass

    def _check_note(self, entry):
        self._require(entry["number"] > 0, "is no positive number")

    def _enter_header(self, entry):
        pass

    def _enter_note(self, entry):
        self.numbers.append(entry["number"])


def written(*numbers):
    """Return a chain and its lines."""
    made = Notes()
    made.append(made.seal("header", format=Notes.FORMAT))
    lines = []
    for number in numbers:
        entry = made.seal("note", number=number)
        made.append(entry)
        lines.append(hash_chain.line_of(entry))
    first = Notes().seal("header", format=Notes.FORMAT)
    return made, [hash_chain.line_of(first), *lines]


def test_a_file_is_read_as_it_was_written():
    made, lines = written(3, 1, 2)
    read = Notes()
    assert read.parse(b"".join(lines)) == sum(map(len, lines))
    assert (read.numbers, read.head) == ([3, 1, 2], made.head)
    assert all(read.contains(json.loads(line)["hash"]) for line in lines)
    assert not Notes().contains(made.head)


def test_an_unfinished_line_does_not_count():
    _, lines = written(3, 1)
    read = Notes()
    size = read.parse(b"".join(lines) + b'{"half"')
    assert (read.numbers, size) == ([3, 1], sum(map(len, lines)))


@pytest.mark.parametrize("wrong", [b"", b"{}", b"{", b"\n", b"[]\n"])
def test_what_holds_no_header_is_refused_with_the_remedy(wrong):
    with pytest.raises(errors.LedgerError, match="^n: .*; write it again.$"):
        Notes().parse(wrong)


def test_what_may_not_follow_is_refused_with_the_remedy():
    _, lines = written(1)
    entry = json.loads(lines[1]) | {"number": -1}
    del entry["hash"]
    entry["hash"] = hash_chain.hash_of(entry)
    text = lines[0] + hash_chain.line_of(entry)
    with pytest.raises(errors.LedgerError) as caught:
        Notes().parse(text)
    assert str(caught.value) == (
        "n: entry 2 is no positive number. Write it again."
    )


def test_another_format_is_refused():
    with pytest.raises(errors.LedgerError, match="is not of notes-1"):
        Notes().seal("header", format="notes-2")


def test_what_json_cannot_hold_exactly_is_refused():
    for value in (math.nan, {1, 2}, math.inf):
        with pytest.raises(errors.LedgerError):
            hash_chain.canonical_json(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ({"a": {"\u00fc": "x\ny"}}, '{"a":{"\\u00fc":"x\\ny"}}'),
        (0.1, "0.1"),
        (1e-5, "1e-05"),
    ],
)
def test_canonical_json_is_sorted_compact_and_one_line_of_ascii(value, text):
    assert hash_chain.canonical_json(value) == text
