"""Tests run in a forked process, which begins with the heavy imports done."""

import gc
import json
import os
import pathlib
import signal
import sys
import time

import pytest

from dpgan_tf import quiet
from tests.mutants import lists

_LIBRARIES = (
    "tensorflow",
    "keras",
    "cryptography.hazmat.primitives.ciphers",
    "dp_accounting",
    "hypothesis",
    "scipy.stats",
    "sklearn.linear_model",
)


def import_libraries() -> None:
    """Import what takes seconds and is not ours; nothing is run by it."""
    for name in _LIBRARIES:
        quiet.import_module(name)


class _Outcomes:
    """Collects the outcome of each named test; ends one at its first failure.

    Attributes:
      of: "passed", "failed" or "skipped", by the name that was asked for.
    """

    def __init__(self, names):
        self._names = names
        self.of = {}

    def _name(self, nodeid):
        plain = nodeid.partition("[")[0]
        return nodeid if nodeid in self._names else plain

    def pytest_runtest_setup(self, item):
        if self.of.get(self._name(item.nodeid)) == "failed":
            pytest.skip("another case of it failed")

    def pytest_runtest_logreport(self, report):
        name = self._name(report.nodeid)
        known = self.of.get(name)
        if report.failed:
            self.of[name] = "failed"
        elif report.skipped:
            self.of.setdefault(name, "skipped")
        elif report.when == "call" and known != "failed":
            self.of[name] = "passed"


def run(
    tests: tuple[str, ...], *, root: pathlib.Path, log: pathlib.Path, limit: int
) -> dict[str, str]:
    """Run tests of a copy of the repository.

    Args:
      tests: ids of tests.
      root: the copy.
      log: file for what they print.
      limit: seconds after which they are stopped.

    Returns:
      Outcomes "passed", "failed" or "skipped", by the tests' ids; a test is
      left out that was not run.

    Raises:
      ListError: if the tests cannot be collected, or take too long.
    """
    found = log.with_suffix(".json")
    found.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        os.setsid()
        _run_and_exit(tests, root, log, found)
    status = _wait(child, limit, log)
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise lists.ListError(f"pytest ended with status {status}; see {log}.")
    return json.loads(found.read_text())


def _run_and_exit(tests, root, log, found):
    """Become pytest. No failure may return to the parent's code."""
    status = 70
    gc.freeze()  # Nothing that is imported already is collected again.
    try:
        with open(log, "wb") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        os.chdir(root)
        sys.path[:] = [
            str(root),
            *(p for p in sys.path if p not in ("", str(lists.ROOT))),
        ]
        for name in list(sys.modules):
            if name.partition(".")[0] in ("tests", "dpgan_tf"):
                del sys.modules[name]
        os.environ["PYTHONPATH"] = str(root)
        outcomes = _Outcomes(tests)
        status = pytest.main(
            [
                *("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", ""),
                *("--rootdir", str(root), "-c", str(root / "pyproject.toml")),
                *tests,
            ],
            plugins=[outcomes],
        )
        found.write_text(json.dumps(outcomes.of))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(status))


def _wait(child: int, limit: int, log: pathlib.Path) -> int:
    last = time.monotonic() + limit
    while time.monotonic() < last:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise lists.ListError(f"it took more than {limit} s; see {log}.")
