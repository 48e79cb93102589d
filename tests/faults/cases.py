"""Every fault that a command can meet, and what comes of it.

A crash is no exception to the program: its disk is copied before each
operation, and the command is run again on every copy.
"""

import contextlib
import dataclasses
import errno
import hashlib
import io
import os
import pathlib
import shutil
from collections.abc import Iterator

from tests.faults import disk as disks
from tests.faults import draws
from tests.faults import scenarios

ERRORS = (errno.ENOSPC, errno.EIO)


@dataclasses.dataclass
class Crash:
    """What a crash leaves.

    Attributes:
      name: when it comes, and how much it takes.
      folder: what it leaves.
      drawn: by key, what may have been drawn before it.
    """

    name: str
    folder: str
    drawn: dict[str, int]


def prepare(scenario: scenarios.Scenario, work: pathlib.Path) -> None:
    """Make the folder that a command begins in.

    Args:
      scenario: whose.
      work: gets "start".
    """
    draws.SEEN.by_key.clear()
    scenario.prepare(work / "start")


def crashes(
    scenario: scenarios.Scenario, work: pathlib.Path
) -> tuple[list[Crash], int]:
    """Run a command once, and return all that crashes could leave of it.

    Args:
      scenario: prepared in `work`.
      work: gets a folder for each crash.

    Returns:
      Crashes that leave different things, and the number of operations.
    """
    root = _fresh(work)
    found: dict[str, Crash] = {}

    def keep(operation):
        for how, save in (
            ("killed", lambda to: disk.keep_killed(to, torn=None)),
            ("torn", lambda to: disk.keep_killed(to, torn=operation)),
            ("emptied", disk.keep_emptied),
            ("durable", disk.keep_durable),
        ):
            if how == "torn" and len(operation.content) < 2:
                continue
            to = work / "left" / f"{operation.number}-{how}"
            to.parent.mkdir(exist_ok=True)
            save(to)
            digest = _digest(to)
            if digest in found:
                shutil.rmtree(to)
                # The same disk, but more may have been drawn by now.
                found[digest].drawn = dict(draws.SEEN.by_key)
            else:
                found[digest] = Crash(
                    name=f"{how} before {operation}",
                    folder=str(to),
                    drawn=dict(draws.SEEN.by_key),
                )

    draws.SEEN.by_key.clear()
    with disks.Disk(root, before=keep) as disk:
        status, said = _run(scenario, root)
    problems = [] if status == 0 else [f"status {status}: {said}"]
    problems += scenario.check(root) + scenarios.leftovers(root)
    if problems:
        raise AssertionError(f"without any fault: {problems}")
    return list(found.values()), disk.num_operations


def after_crash(
    scenario: scenarios.Scenario, work: pathlib.Path, crash: Crash
) -> list[str]:
    """Run a command again after a crash, and return what is wrong.

    Args:
      scenario: prepared in `work`.
      work: folder that the crash left.
      crash: a crash from `crashes`.
    """
    root = _fresh(work, crash.folder)
    draws.SEEN.by_key.clear()
    draws.SEEN.by_key.update(crash.drawn)
    return _finish(scenario, root, set(crash.drawn))


def after_error(
    scenario: scenarios.Scenario, work: pathlib.Path, fault: disks.Fault
) -> list[str]:
    """Run a command while the disk fails, and again; return what is wrong.

    Args:
      scenario: prepared in `work`.
      work: folder to work in.
      fault: fault of the first run.
    """
    root = _fresh(work)
    draws.SEEN.by_key.clear()
    with disks.Disk(root, fault=fault):
        status, said = _run(scenario, root)
    problems = _unclear(status, said)
    return problems + _finish(scenario, root, set(draws.SEEN.by_key))


def _finish(scenario, root, keys) -> list[str]:
    """Run a command under good conditions, and see that all is well."""
    before = dict(draws.SEEN.by_key)
    status, said = _run(scenario, root)
    is_done = scenario.done and scenario.done in said
    problems = [] if status == 0 or is_done else [f"status {status}: {said}"]
    if any(draws.SEEN.by_key[key] != before[key] for key in keys):
        problems.append("a noise key is used again")
    try:
        return problems + scenario.check(root) + scenarios.leftovers(root)
    except Exception as error:
        return [*problems, f"check: {type(error).__name__}: {error}"]


def _unclear(status: int, said: str) -> list[str]:
    if status == 0:
        return []
    lines = [line for line in said.splitlines() if "dpgan: error:" in line]
    if status != 2 or len(lines) != 1 or "Traceback" in said:
        return [f"status {status}, unclear: {said}"]
    return []


def _run(scenario, root) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            status = scenario.run(root)
        except Exception as error:
            return -1, f"Traceback: {type(error).__name__}: {error}"
    return status, said.getvalue()


def _fresh(work: pathlib.Path, source: str | None = None) -> pathlib.Path:
    root = work / "root"
    if root.exists():
        shutil.rmtree(root)
    shutil.copytree(source or work / "start", root, symlinks=True)
    return root


def _digest(folder: pathlib.Path) -> str:
    digest = hashlib.sha256()
    for name, content in disks.tree(folder):
        digest.update(f"{len(name)} {len(content)} ".encode())
        digest.update(os.fsencode(name) + content)
    return digest.hexdigest()


def errors_of(num_operations: int) -> Iterator[disks.Fault]:
    """Yield a fault of each kind at each operation.

    Args:
      num_operations: number of operations of the command without faults.
    """
    for at in range(num_operations):
        for code in ERRORS:
            yield disks.Fault(at, code)
