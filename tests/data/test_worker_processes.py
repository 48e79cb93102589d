"""Worker processes outlive no parent."""

import os
import signal
import subprocess
import sys
import time

import pytest


def test_worker_processes_outlive_no_parent_and_no_ctrl_c():
    program = """
import concurrent.futures, multiprocessing, os, signal, sys, time
from dpgan_tf.data import worker_processes
if __name__ == "__main__":
    pool = concurrent.futures.ProcessPoolExecutor(
        1, multiprocessing.get_context("spawn"), worker_processes.prepare
    )
    number = pool.submit(os.getpid).result()
    for one in signal.SIGINT, signal.SIGHUP:
        os.kill(number, one)
    assert pool.submit(os.getpid).result() == number
    print(number, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    worker = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker goes on without its parent")
