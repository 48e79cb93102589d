"""Event files of TensorBoard, in a folder of any name."""

import contextlib
import os
import pathlib
from typing import Any

import tensorflow as tf

from dpgan_tf import paths


class EventWriter:
    """Writes summaries into a folder until it is closed."""

    def __init__(self, directory: str | os.PathLike) -> None:
        """Begin an event file.

        Args:
          directory: folder for the file; made if missing.
        """
        pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
        # The writer needs the folder's name at every flush.
        self._open = contextlib.ExitStack()
        name = self._open.enter_context(paths.literal(directory))
        self._writer = tf.summary.create_file_writer(name)

    def as_default(
        self, step: int | None = None
    ) -> contextlib.AbstractContextManager[Any]:
        """Return a context in which `tf.summary` writes here.

        Args:
          step: step of what is written.
        """
        return self._writer.as_default(step=step)

    def close(self) -> None:
        """Write out buffered summaries."""
        self._writer.close()
        self._open.close()
