"""Imports that hide what native libraries print while they load."""

import contextlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from types import ModuleType

_IS_VERBOSE = os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0"


def import_module(name: str) -> ModuleType:
    """Import a module; show what its libraries print only if it fails.

    TensorFlow 2.21 prints lines about oneDNN and CUDA before it reads its log
    level. TF_CPP_MIN_LOG_LEVEL=0 shows everything.

    Args:
      name: the module's absolute name.

    Returns:
      The module.
    """
    if _IS_VERBOSE:
        return importlib.import_module(name)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    with _stderr_held_back():
        module = importlib.import_module(name)
    if tensorflow := sys.modules.get("tensorflow"):
        # In a notebook it prints every message, private paths among them.
        tensorflow.get_logger().setLevel("WARNING")
    return module


@contextlib.contextmanager
def _stderr_held_back() -> Iterator[None]:
    """Hide what native libraries print while they load, unless that fails.

    TensorFlow 2.21 prints lines about oneDNN and CUDA before it reads its log
    level.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except Exception:
            sys.stderr.flush()
            held_back.seek(0)
            os.write(kept, held_back.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
