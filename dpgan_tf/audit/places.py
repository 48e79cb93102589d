"""Where an audit may be written: never where real records have a run."""

import pathlib

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import claim as claims


def require_apart(folder: pathlib.Path) -> None:
    """Refuse a folder that is, or lies in, a run or a release.

    Args:
      folder: where an audit is to be written; it need not exist.

    Raises:
      UserError: naming the folder and what it is.
    """
    whole = folder.resolve()
    for above in (whole, *whole.parents):
        kind = _kind(above)
        if kind:
            raise errors.UserError(
                f"--output={folder}: {above} is {kind}, and an audit of made "
                "records has no place in it; choose another folder."
            )


def _kind(folder: pathlib.Path) -> str | None:
    if run_files.RunFiles(folder).config.exists():
        return "a run"
    if (folder / claims.FILE_NAME).exists():
        return "a release"
    return None
