"""A disk that stops, fails or forgets at any operation of a program.

Operations are those that Python code asks for: making, writing, renaming and
removing files, and fsync. What a library writes by itself counts as not
durable until somebody calls fsync on it.
"""

import builtins
import contextlib
import dataclasses
import errno
import io
import os
import pathlib
import shutil
import stat
from collections.abc import Callable, Iterator

_WRITING = frozenset("wax+")
_NEEDS_SPACE = frozenset({"open", "write", "mkdir"})


@dataclasses.dataclass(frozen=True)
class Operation:
    """One request to the disk.

    Attributes:
      number: number from 0.
      kind: kind such as "rename".
      name: the file's name, below the root.
      content: bytes that are written, if the kind is "write".
      path: the file's path.
    """

    number: int
    kind: str
    name: str
    path: str
    content: bytes = b""

    def __str__(self) -> str:
        return f"{self.number}: {self.kind} {self.name}"


@dataclasses.dataclass(frozen=True)
class Fault:
    """An error that the disk gives.

    Attributes:
      at: number of the first operation that fails.
      code: number in `errno`. A full disk stays full; other errors come once.
    """

    at: int
    code: int

    def hits(self, operation: Operation) -> bool:
        """Return whether an operation fails."""
        if self.code == errno.ENOSPC:
            return (
                operation.number >= self.at and operation.kind in _NEEDS_SPACE
            )
        return operation.number == self.at


class Disk:
    """Watches everything below a folder while it is used as a context.

    Attributes:
      num_operations: so far.
    """

    def __init__(
        self,
        root: pathlib.Path,
        *,
        before: Callable[[Operation], None] = lambda operation: None,
        fault: Fault | None = None,
    ):
        """Watch a folder.

        Args:
          root: an existing folder; all that is in it is durable.
          before: is told of each operation before it happens.
          fault: what goes wrong, if anything.
        """
        self.root = os.path.realpath(root)
        self.num_operations = 0
        self._before = before
        self._fault = fault
        self._contents: dict[int, bytes] = {}
        self._times: dict[int, int] = {}
        self._entries: dict[int, dict[str, int]] = {}
        self._links: dict[int, str] = {}
        self._held: dict[int, int] = {}
        self._is_asking = False
        self._patched = contextlib.ExitStack()

    def __enter__(self) -> "Disk":
        self._all_is_durable()
        for kind in ("mkdir", "rmdir", "unlink", "remove", "truncate"):
            self._patch(os, kind, self._by_path(kind))
        for kind in ("rename", "replace", "link", "symlink"):
            self._patch(os, kind, self._by_path(kind, which=1))
        for kind in ("write", "fsync", "ftruncate"):
            self._patch(os, kind, self._by_descriptor(kind))
        self._patch(os, "sync", self._sync)
        self._patch(os, "open", self._os_open)
        self._patch(io, "open", self._io_open)
        self._patch(builtins, "open", self._io_open)
        return self

    def __exit__(self, *failure) -> None:
        self._patched.close()
        for descriptor in self._held.values():
            os.close(descriptor)

    def _patch(self, module, name, make) -> None:
        original = getattr(module, name)
        setattr(module, name, make(original))
        self._patched.callback(setattr, module, name, original)

    # What the program asks for.

    def _by_path(self, kind, which=0):
        def make(original):
            def call(*args, **kwargs):
                folder = kwargs.get("dir_fd")
                path = self._resolved(args[which], folder)
                self._ask(kind, path)
                return original(*args, **kwargs)

            return call

        return make

    def _by_descriptor(self, kind):
        def make(original):
            def call(descriptor, *args):
                path = os.readlink(f"/proc/self/fd/{descriptor}")
                content = bytes(args[0]) if kind == "write" else b""
                self._ask(kind, path, content)
                done = original(descriptor, *args)
                if kind == "fsync" and self._is_below(path):
                    self._is_durable(f"/proc/self/fd/{descriptor}")
                return done

            return call

        return make

    def _sync(self, original):
        def call():
            self._ask("sync", self.root)
            self._all_is_durable()

        return call

    def _os_open(self, original):
        def call(path, flags, *args, **kwargs):
            if flags & (os.O_CREAT | os.O_TRUNC):
                resolved = self._resolved(path, kwargs.get("dir_fd"))
                self._ask("open", resolved)
            return original(path, flags, *args, **kwargs)

        return call

    def _io_open(self, original):
        def call(file, mode="r", *args, **kwargs):
            if _WRITING & set(mode) and not isinstance(file, int):
                kind = "edit" if "r" in mode else "open"
                self._ask(kind, self._resolved(file, None))
            return original(file, mode, *args, **kwargs)

        return call

    def _resolved(self, path, folder) -> str:
        path = os.fsdecode(path)
        if folder is not None and not os.path.isabs(path):
            path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
        parent, name = os.path.split(os.path.abspath(path))
        return os.path.join(os.path.realpath(parent), name)

    def _is_below(self, path: str) -> bool:
        return path == self.root or path.startswith(f"{self.root}/")

    def _ask(self, kind: str, path: str, content: bytes = b"") -> None:
        if self._is_asking or not self._is_below(path):
            return
        name = os.path.relpath(path, self.root)
        operation = Operation(self.num_operations, kind, name, path, content)
        self.num_operations += 1
        self._is_asking = True
        try:
            self._before(operation)
        finally:
            self._is_asking = False
        if self._fault is not None and self._fault.hits(operation):
            raise OSError(self._fault.code, os.strerror(self._fault.code), path)

    # What is durable.

    def _all_is_durable(self) -> None:
        for folder, folders, files in os.walk(self.root):
            for name in (".", *folders, *files):
                self._is_durable(os.path.join(folder, name), follow=False)

    def _is_durable(self, path: str, *, follow: bool = True) -> None:
        status = os.stat(path, follow_symlinks=follow)
        inode = status.st_ino
        if inode not in self._held:
            # As long as it is held, no other file gets its number.
            flags = os.O_PATH | (0 if follow else os.O_NOFOLLOW)
            self._held[inode] = os.open(path, flags)
        if stat.S_ISDIR(status.st_mode):
            with os.scandir(path) as entries:
                self._entries[inode] = {
                    entry.name: self._hold(os.path.join(path, entry.name))
                    for entry in entries
                }
        elif stat.S_ISREG(status.st_mode):
            self._contents[inode] = pathlib.Path(path).read_bytes()
            self._times[inode] = status.st_mtime_ns

    def _hold(self, path: str) -> int:
        status = os.lstat(path)
        inode = status.st_ino
        if inode not in self._held:
            self._held[inode] = os.open(path, os.O_PATH | os.O_NOFOLLOW)
        if stat.S_ISLNK(status.st_mode):
            self._links[inode] = os.readlink(path)
        elif stat.S_ISDIR(status.st_mode):
            self._entries.setdefault(inode, {})
        return inode

    # What a crash leaves.

    def keep_killed(self, target: pathlib.Path, *, torn: Operation | None):
        """Copy what a killed process leaves.

        Args:
          target: where to copy it to.
          torn: a write of which the first half was done.
        """
        shutil.copytree(self.root, target, symlinks=True)
        if torn is not None:
            with open(target / torn.name, "ab") as file:
                file.write(torn.content[: len(torn.content) // 2])

    def keep_emptied(self, target: pathlib.Path) -> None:
        """Copy what a power loss leaves that keeps all names.

        Args:
          target: where to copy it to. A file has what was durable of it.
        """
        shutil.copytree(self.root, target, symlinks=True)
        for folder, _, files in os.walk(self.root):
            for name in files:
                path = os.path.join(folder, name)
                if not os.path.islink(path):
                    copy = target / os.path.relpath(path, self.root)
                    self._write_durable(os.stat(path).st_ino, copy)

    def keep_durable(self, target: pathlib.Path) -> None:
        """Copy what is left if nothing is but what was made durable.

        Args:
          target: where to copy it to.
        """
        self._rebuild(os.stat(self.root).st_ino, target)

    def _rebuild(self, inode: int, target: pathlib.Path) -> None:
        if inode in self._links:
            target.symlink_to(self._links[inode])
        elif inode in self._entries:
            target.mkdir()
            for name, entry in self._entries[inode].items():
                self._rebuild(entry, target / name)
        else:
            self._write_durable(inode, target)

    def _write_durable(self, inode: int, target: pathlib.Path) -> None:
        target.write_bytes(self._contents.get(inode, b""))
        if inode in self._times:
            os.utime(target, ns=(self._times[inode],) * 2)


def tree(folder: pathlib.Path) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of all that is in a folder, in an order.

    Args:
      folder: whose files are read; links are not followed.
    """
    for at, folders, files in sorted(os.walk(folder)):
        for name in sorted((*folders, *files)):
            path = pathlib.Path(at, name)
            shown = os.path.relpath(path, folder)
            is_file = path.is_file() and not path.is_symlink()
            yield shown, path.read_bytes() if is_file else b""
