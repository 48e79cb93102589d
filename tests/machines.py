"""Processes that act as machines on a network."""

import contextlib
import json
import os
import socket
import subprocess


def start(command, folders=(None, None)):
    """Start a command as the machines 0, 1, ... of one run.

    Args:
      command: a command for `subprocess.Popen`.
      folders: working folder of each; None for this process's own.

    Returns:
      The processes.
    """
    with contextlib.ExitStack() as stack:
        ports = [_free_port(stack) for _ in folders]
    workers = [f"localhost:{port}" for port in ports]
    return [
        subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ
            | {
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "TF_CONFIG": json.dumps(
                    {
                        "cluster": {"worker": workers},
                        "task": {"type": "worker", "index": index},
                    }
                ),
            },
        )
        for index, folder in enumerate(folders)
    ]


def _free_port(stack):
    """Return a port that is free once the stack is left."""
    listener = stack.enter_context(socket.socket())
    listener.bind(("localhost", 0))
    return listener.getsockname()[1]
