"""The client of a peer: a process that takes a step on request."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

from benchmarks import timing
from dpgan_tf import errors

MODULES = {
    "torch": "benchmarks.peers.torch_step",
    "jax": "benchmarks.peers.jax_step",
}
FORMS = ("private", "plain")


class Peer:
    """A running peer."""

    def __init__(self, process: subprocess.Popen, name: str) -> None:
        """Talk to a process.

        Args:
          process: process that reads and writes lines of JSON.
          name: name of the library, for messages.
        """
        self._process, self._name = process, name

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send a command and return the answer.

        Args:
          command: a command, see `server`.

        Raises:
          UserError: if the process has ended.
        """
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise errors.UserError(
                f"peer {self._name} ended with status {self._process.wait()}."
            )
        return json.loads(line)

    def step(self, wanted: dict[str, Any]) -> timing.Step:
        """Let the peer build a step, and return a function that takes it.

        Args:
          wanted: case, batch, form and chunk size of the step.
        """
        self.ask({"warm": wanted})
        return lambda: self.ask(wanted)["ms"]


@contextlib.contextmanager
def running(name: str, *, python: str, module: str) -> Iterator[Peer]:
    """Start a peer, and stop it at the end of the block.

    Args:
      name: name of the library.
      python: interpreter of an environment with the library.
      module: module to run, one of `MODULES`.

    Raises:
      UserError: if there is no such interpreter.
    """
    try:
        process = subprocess.Popen(
            [python, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    except OSError as error:
        raise errors.UserError(
            f"--peers_python={python}: {error.strerror}; make an environment "
            "from benchmarks/requirements.txt."
        ) from error
    with process:
        try:
            yield Peer(process, name)
        finally:
            process.kill()
            # Input that an ended peer did not read does not matter.
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
