"""What a run remembers of the register that it is charged to.

It is in the run's private folder: where the register is, and a head of it. A
register that does not contain this head is older than the run, or another one.
The run's identity in the register is a hash of the secret salt under which its
ledger has the records' fingerprint, so that a run that is moved or resumed
finds its own reservation.
"""

import hashlib
from typing import NamedTuple

from dpgan_tf import run_files
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.register import entries as register_entries
from dpgan_tf.run.stages import run_ledger

_KIND = untrusted_json.record(
    {
        "register": untrusted_json.TEXT,
        "run": untrusted_json.DIGEST,
        "head": untrusted_json.either(
            untrusted_json.DIGEST, untrusted_json.NULL
        ),
    }
)


class Memory(NamedTuple):
    """What a run remembers.

    Attributes:
      register: path of the register.
      run: the run's identity there.
      head: a head of the register that has the reservation; None before.
    """

    register: str
    run: str
    head: str | None


def read(files: run_files.RunFiles) -> Memory | None:
    """Return what a run remembers; None if it is charged to no register.

    Args:
      files: the run's files, which need not exist.

    Raises:
      UserError: if the file is damaged.
    """
    if not files.reservation.exists():
        return None
    return Memory(**run_files.read_json(files.reservation, _KIND))


def write(files: run_files.RunFiles, memory: Memory) -> None:
    """Remember a register, durably.

    Args:
      files: the run's files; its folder is locked.
      memory: what to remember.
    """
    run_files.write_json(files.reservation, memory._asdict())


def identity(files: run_files.RunFiles) -> str:
    """Return a run's identity in a register, 64 hexadecimal digits.

    Args:
      files: the run's files, which describe its data.
    """
    described = run_files.read_json(files.data, run_ledger.SALTED)
    salt = described["fingerprint_salt"]
    return hashlib.sha256(f"run in a register {salt}".encode()).hexdigest()


def require_not_older(
    files: run_files.RunFiles,
    entries: register_entries.Entries,
    memory: Memory,
) -> None:
    """Refuse a register that lacks what the run remembers of it.

    Args:
      files: the run's files.
      entries: the register's chain.
      memory: what the run remembers.

    Raises:
      LedgerError: if the register is older than the run, or another one, or
        the memory is another run's.
    """
    if memory.run != identity(files):
        raise privacy_errors.LedgerError(
            f"{files.reservation}: is another run's; restore this run's "
            "private folder as a whole."
        )
    is_there = memory.head is None or entries.contains(memory.head)
    if not is_there or (memory.head and memory.run not in entries.runs):
        raise privacy_errors.LedgerError(
            f"{entries.name}: is older than {files.root}, which is charged to "
            "it, or another register; restore the newest one, or say where it "
            "is with --budget=FILE."
        )
