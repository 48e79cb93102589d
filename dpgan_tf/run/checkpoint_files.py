"""Checkpoints on disk: each in a folder that appears when it is durable.

ckpt-12/variables.index and variables.data-00000-of-00001, as in TensorFlow.
The newest complete one is used; a damaged one is skipped with a note.
"""

import os
import pathlib
import re
from collections.abc import Mapping

import tensorflow as tf

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf import progress
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import plain_files

_NAME = re.compile(r"ckpt-(\d{1,18})")
_VARIABLES = "variables"
_KEY = "{}/.ATTRIBUTES/VARIABLE_VALUE"
"""A variable's key, by its name in `tf.train.Checkpoint`."""

_NO_DAMAGE = (
    MemoryError,
    PermissionError,
    tf.errors.ResourceExhaustedError,
    tf.errors.PermissionDeniedError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.UnavailableError,
)
"""Errors of which the machine is the cause, not the file."""


class NoWholeCheckpointError(errors.UserError):
    """There are checkpoints, and each of them is damaged."""


def save(
    variables: Mapping[str, tf.Variable],
    folder: str | os.PathLike,
    *,
    number: int,
    keep: int,
) -> None:
    """Save variables as the newest checkpoint.

    Args:
      variables: the variables, by name.
      folder: folder of one stage's checkpoints; made if missing.
      number: the checkpoint's number. Checkpoints with higher numbers could not
        be restored, and are removed.
      keep: number of checkpoints to keep, including this one.

    Raises:
      OSError, OpError: if it cannot be written; older ones stay.
    """
    folder = pathlib.Path(folder)
    durable.make_folder(folder)
    target = _path(folder, number)
    with durable.workspace(folder) as scratch:
        written = _write(variables, scratch / target.name)
        durable.replace_folder(written, target)
        _mark_newest(folder, target.name, scratch)
        _forget(folder, number, keep, scratch)


def try_out(
    variables: Mapping[str, tf.Variable], folder: str | os.PathLike
) -> None:
    """Write a checkpoint and delete it, so that failures come early.

    Args:
      variables: the variables, by name.
      folder: folder of one stage's checkpoints; made if missing.

    Raises:
      OSError, OpError: if no checkpoint could be saved there.
    """
    folder = pathlib.Path(folder)
    durable.make_folder(folder)
    with durable.workspace(folder) as scratch:
        durable.flush(_write(variables, scratch / "tried"))


def _write(
    variables: Mapping[str, tf.Variable], folder: pathlib.Path
) -> pathlib.Path:
    folder.mkdir()
    with paths.literal(folder) as name:
        tf.train.Checkpoint(**variables).write(f"{name}/{_VARIABLES}")
    return folder


def restore(
    variables: Mapping[str, tf.Variable], folder: str | os.PathLike
) -> int | None:
    """Set variables to the newest complete checkpoint.

    Args:
      variables: the variables, by name; all are changed, or none.
      folder: folder of one stage's checkpoints; it may be missing.

    Returns:
      The checkpoint's number; None if there are no checkpoints.

    Raises:
      NoWholeCheckpointError: if there are some and all are damaged.
    """
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        return None
    durable.remove_abandoned(folder)
    numbers = all_numbers(folder)
    damage = {}
    for number in reversed(numbers):
        path = _path(folder, number)
        problem = _load(variables, path)
        if problem is None:
            for passed_over, why in damage.items():
                progress.note(
                    f"{passed_over}: damaged ({why}); going on from {path.name}"
                )
            return number
        damage[path] = problem
    if not numbers:
        return None
    newest, why = next(iter(damage.items()))
    raise NoWholeCheckpointError(
        f"{newest}: the checkpoint is missing or damaged ({why}), and there "
        "is no older one that is whole; restore the whole run directory from "
        "one backup, if nobody saw what came after it, or start a new one: "
        "their epsilons add up."
    )


def all_numbers(folder: str | os.PathLike) -> list[int]:
    """Return the numbers of all checkpoints of a stage, complete or not.

    Args:
      folder: folder of the stage's checkpoints.
    """
    with os.scandir(pathlib.Path(folder)) as entries:
        found = [_NAME.fullmatch(entry.name) for entry in entries]
    return sorted(int(name[1]) for name in found if name)


def _path(folder: pathlib.Path, number: int) -> pathlib.Path:
    return folder / f"ckpt-{number}"


def _load(variables: Mapping[str, tf.Variable], path) -> str | None:
    """Restore one checkpoint, or return why it cannot be restored."""
    try:
        plain_files.require_plain_folder(path)
        with paths.literal(path) as name:
            prefix = f"{name}/{_VARIABLES}"
            _require_whole(variables, prefix)
            status = tf.train.Checkpoint(**variables).read(prefix)
            status.assert_existing_objects_matched()
    except _NO_DAMAGE:
        raise
    except OSError as error:
        return f"{os.path.basename(error.filename or path)} {error.strerror}"
    except Exception as error:  # TensorFlow's errors depend on the damage.
        return errors.first_line(error)
    return None


def _require_whole(variables, prefix) -> None:
    """Read every value once, which checks the checksums."""
    reader = tf.train.load_checkpoint(prefix)
    for name, variable in variables.items():
        value = reader.get_tensor(_KEY.format(name))
        shape = getattr(value, "shape", ())  # Text has none.
        if tuple(shape) != tuple(variable.shape):
            raise ValueError(f"{name} has the shape {list(shape)}")


def _mark_newest(folder, name, scratch) -> None:
    """Record the newest checkpoint for TensorFlow's own tools."""
    text = f'model_checkpoint_path: "{name}/{_VARIABLES}"\n'
    written = scratch / "checkpoint"
    written.write_text(text)
    durable.publish(written, folder / "checkpoint")


def _forget(folder, newest, keep, scratch) -> None:
    """Remove all but the newest checkpoints, each in one step."""
    older = [n for n in all_numbers(folder) if n <= newest]
    for number in set(all_numbers(folder)) - set(older[-keep:]):
        path = _path(folder, number)
        path.rename(scratch / f"{path.name}.old")
