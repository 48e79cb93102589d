import subprocess
import sys

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ledger import lock

_HOLD = """
import sys
from dpgan_tf.privacy.ledger import lock
with lock.lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_until_the_first_ends(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(errors.LedgerError, match=str(tmp_path)),
            lock.lock(tmp_path),
        ):
            pass
        holder.kill()
        holder.wait()
    with lock.lock(tmp_path):
        pass


def test_the_same_process_is_refused_too(tmp_path):
    with (
        lock.lock(tmp_path),
        pytest.raises(errors.LedgerError, match="another process"),
        lock.lock(tmp_path),
    ):
        pass


def test_the_lock_is_let_go_of_after_an_error(tmp_path):
    with pytest.raises(RuntimeError), lock.lock(tmp_path):
        raise RuntimeError
    with lock.lock(tmp_path):
        pass


def test_a_missing_directory_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError), lock.lock(tmp_path / "none"):
        pass
