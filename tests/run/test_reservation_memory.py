"""What a run remembers; `test_reservations` has what it is good for."""

import json

import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.run import reservation_memory as memories


@pytest.fixture
def files(tmp_path):
    return run_files.enter(tmp_path, config_json="{}")


def describe(files, salt):
    run_files.write_json(files.data, {"fingerprint_salt": salt})


@pytest.mark.parametrize("head", [None, "b" * 64])
def test_what_is_written_is_read(files, head):
    assert memories.read(files) is None
    memory = memories.Memory("/all.budget", "a" * 64, head)
    memories.write(files, memory)
    assert memories.read(files) == memory


@pytest.mark.parametrize(
    "change", [{"head": "b"}, {"run": None}, {"register": 1}, {"more": 1}]
)
def test_what_is_damaged_is_one_line(files, change):
    memory = memories.Memory("/all.budget", "a" * 64, None)
    files.reservation.write_text(json.dumps(memory._asdict() | change))
    with pytest.raises(errors.UserError, match="reservation.json"):
        memories.read(files)


def test_an_identity_is_of_the_salt_and_does_not_show_it(files):
    found = set()
    for salt in ("ab" * 32, "cd" * 32, "ab" * 32):
        describe(files, salt)
        found.add(memories.identity(files))
    assert len(found) == 2 and "ab" * 32 not in found
