"""What ends by a signal is explained by its parent."""

import os
import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import os, signal, sys, time
from dpgan_tf import __main__ as main
from dpgan_tf.run import supervision
def work(arguments):
    status = supervision.begin("machine 0 of 2")
    if status is not None:
        return status
    print(os.getpid(), flush=True)
    exec(sys.argv[1])
    return 0
main._dispatch = work
main.run()
"""


def start(what):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, what],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_in_native_code_is_one_line(number):
    process = start(f"os.kill(os.getpid(), {int(number)})")
    _, error = process.communicate(timeout=30)
    assert process.returncode == 2
    assert error.count("\n") == 1
    assert error.startswith(f"dpgan: error: machine 0 of 2: {number.name}")
    assert "start the same command on all of them" in error


@pytest.mark.parametrize(
    ("what", "status"), [("pass", 0), ("sys.exit(3)", 3), ("1 / 0", 1)]
)
def test_the_status_is_the_childs(what, status):
    process = start(what)
    process.communicate(timeout=30)
    assert process.returncode == status


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_to_the_parent_stops_the_child_cleanly(number, status):
    process = start("time.sleep(60)")
    process.stdout.readline()
    process.send_signal(number)
    _, error = process.communicate(timeout=30)
    assert process.returncode == status
    assert error == "dpgan: error: interrupted.\n"


def test_no_child_outlives_its_parent():
    process = start("time.sleep(60)")
    child = int(process.stdout.readline())
    process.kill()
    process.communicate(timeout=30)  # The child holds the pipes, too.
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child goes on without its parent")
