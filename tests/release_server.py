"""Writes releases as a fresh process does, without its start: seconds each.

A process imports what a release needs, once, and nothing else. A fork of it has
the state of a process that has just begun, and writes one release.
"""

import atexit
import functools
import io
import json
import os
import pathlib
import subprocess
import sys
import traceback

from dpgan_tf.run.stages import release_child
from dpgan_tf.run.stages import release_process

_ROOT = pathlib.Path(__file__).parent.parent


@functools.cache
def _server() -> subprocess.Popen:
    """Return the process of this session, which ends with it."""
    started = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.release_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=release_process._environment() | {"PYTHONPATH": str(_ROOT)},
    )
    atexit.register(started.communicate)
    return started


def run(folder: pathlib.Path, content: bytes) -> subprocess.CompletedProcess:
    """As `release_process._run`, in a fork of the server."""
    server = _server()
    request = {"folder": str(folder), "size": len(content)}
    server.stdin.write(json.dumps(request).encode() + b"\n" + content)
    server.stdin.flush()
    ended = json.loads(server.stdout.readline())
    return subprocess.CompletedProcess(
        [], ended["status"], stderr=ended["said"].encode()
    )


def main() -> None:
    """Write what standard input asks for, until it ends."""
    for line in iter(sys.stdin.buffer.readline, b""):
        request = json.loads(line)
        content = sys.stdin.buffer.read(request["size"])
        ended = _in_fork(request["folder"], content)
        print(json.dumps(ended), flush=True)


def _in_fork(folder: str, content: bytes) -> dict[str, int | str]:
    """Return how a fork that writes a release ends, and what it says."""
    reads, writes = os.pipe()
    number = os.fork()
    if number == 0:
        os.dup2(writes, 1)
        os.dup2(writes, 2)
        os._exit(_write(folder, content))
    os.close(writes)
    with open(reads, "rb") as file:
        said = file.read().decode(errors="replace")
    _, status = os.waitpid(number, 0)
    return {"status": os.waitstatus_to_exitcode(status), "said": said}


def _write(folder: str, content: bytes) -> int:
    """Return the exit status of writing a release."""
    os.chdir(folder)
    sys.argv = [release_child.__file__, folder]
    sys.stdin = io.TextIOWrapper(io.BytesIO(content))
    try:
        release_child.main()
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
