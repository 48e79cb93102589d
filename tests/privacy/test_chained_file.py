"""A chain on a disk; `ledger.test_ledger` has what faults do to it."""

import pytest

from dpgan_tf.privacy import chained_file
from dpgan_tf.privacy import errors
from tests.privacy import test_hash_chain as notes


@pytest.fixture
def file(tmp_path):
    made = chained_file.ChainedFile.create(tmp_path / "notes", notes.Notes())
    for number in (1, 2):
        made.write("note", number=number)
    return made


def reopened(file):
    entries = notes.Notes()
    size = entries.parse(file.path.read_bytes())
    return chained_file.ChainedFile(file.path, entries, size)


def test_what_was_written_is_there_and_may_be_continued(file):
    again = reopened(file)
    again.write("note", number=3)
    assert reopened(file).entries.numbers == [1, 2, 3]
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_an_unfinished_line_is_removed_and_no_other(file):
    whole = file.path.read_bytes()
    file.path.write_bytes(whole + b"{")
    again = reopened(file)
    with pytest.raises(errors.LedgerError, match="changed while in use"):
        again.write("note", number=3)
    again.mend()
    assert file.path.read_bytes() == whole
    again.mend()
    again.write("note", number=3)
    assert reopened(file).entries.numbers == [1, 2, 3]


def test_what_may_not_follow_is_not_written(file):
    whole = file.path.read_bytes()
    with pytest.raises(errors.LedgerError, match="no positive number"):
        file.write("note", number=0)
    assert file.path.read_bytes() == whole
    assert file.entries.numbers == [1, 2]
