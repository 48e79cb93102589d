"""A copy of the repository in which one file at a time is changed."""

import compileall
import contextlib
import hashlib
import pathlib
import py_compile
import shutil
from collections.abc import Iterator

from tests.mutants import lists

_COPIED = ("dpgan_tf", "tests", "examples")
_LEFT_OUT = shutil.ignore_patterns("__pycache__")


def make(folder: pathlib.Path) -> pathlib.Path:
    """Copy the code, and the files beside it.

    Args:
      folder: an empty folder.

    Returns:
      The folder.
    """
    for name in _COPIED:
        shutil.copytree(lists.ROOT / name, folder / name, ignore=_LEFT_OUT)
    for path in lists.ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, folder)
    # By hashes of the sources: no compiled file of a mutant is taken for
    # another's, as it might be by the time of a change.
    compileall.compile_dir(
        folder / "dpgan_tf",
        quiet=2,
        invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
    )
    return folder


@contextlib.contextmanager
def applied(mutant: lists.Mutant, root: pathlib.Path) -> Iterator[None]:
    """Change the copy while the context lasts.

    Args:
      mutant: the change.
      root: folder of `make`.

    Yields:
      Nothing.

    Raises:
      ListError: if the change does not fit.
    """
    path = root / mutant.path
    before, after = path.read_bytes(), lists.changed(mutant, root)
    try:
        path.write_text(after)
        yield
    finally:
        path.write_bytes(before)


def digest(root: pathlib.Path) -> str:
    """Return a hash of all code in the copy, but for the list itself.

    Args:
      root: folder of `make`.
    """
    found = hashlib.sha256()
    own = root / "tests" / "mutants"
    for path in sorted(root.rglob("*.py")):
        if own not in path.parents:
            found.update(f"{path.relative_to(root)}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()
