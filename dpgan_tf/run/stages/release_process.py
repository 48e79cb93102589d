"""Start the process that writes a release, with nothing from this one."""

import os
import pathlib
import subprocess
import sys

import dpgan_tf
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import claim as claims
from dpgan_tf.privacy import durable
from dpgan_tf.release import release
from dpgan_tf.run.stages import release_contents

_KEPT_VARIABLES = ("HOME", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
_SET_VARIABLES = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def write_parts(
    files: run_files.RunFiles, contents: release_contents.Contents
) -> None:
    """Write the generator and a hundred of its examples.

    Args:
      files: the run's files.
      contents: contents of the release.

    Raises:
      PrivacyError: if other files are in the release; they are not touched.
      UserError: if the files could not be written.
    """
    release.require_no_other_files(files, contents.form)
    with durable.workspace(files.private) as space:
        new = space / "new"
        new.mkdir()
        write(new, contents)
        durable.make_folder(files.release)
        (files.release / claims.FILE_NAME).unlink(missing_ok=True)
        for part in sorted(new.iterdir()):
            _put_in_place(part, files.release / part.name)


def _put_in_place(part: pathlib.Path, path: pathlib.Path) -> None:
    put = durable.replace_folder if part.is_dir() else durable.publish
    put(part, path)


def write(folder: pathlib.Path, contents: release_contents.Contents) -> None:
    """Let a fresh process write the files of a release.

    Args:
      folder: an empty folder.
      contents: contents of the release; the process gets nothing else.

    Raises:
      UserError: if it fails; its files must not be used.
    """
    ended = _run(folder.absolute(), release_contents.to_bytes(contents))
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1] if said else f"it ended with status {ended.returncode}"
        raise errors.UserError(
            f"{folder}: the release could not be written there ({why}); mend "
            "that and run the same command again: nothing is lost."
        )


def _run(folder: pathlib.Path, content: bytes) -> subprocess.CompletedProcess:
    """Return how the process ended, and what it said."""
    return subprocess.run(
        # -P: a file in the working folder must not replace a library.
        [
            *(sys.executable, "-P", "-m", "dpgan_tf.run.stages.release_child"),
            str(folder),
        ],
        input=content,
        env=_environment(),
        cwd=folder,
        capture_output=True,
        check=False,
    )


def _environment() -> dict[str, str]:
    """Return the process's variables: few, and the same each time."""
    kept = {
        name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ
    }
    package = pathlib.Path(dpgan_tf.__file__).parent.parent
    return kept | _SET_VARIABLES | {"PYTHONPATH": str(package)}
