"""Names of classes: declared in public, and safe as names of files.

They come from a data set's definition, from the names of sub-folders or from an
.npz file's `class_names`, and never from labels. They go into releases and into
the names of generated files, so only harmless text is accepted.
"""

import unicodedata
from collections.abc import Sequence

from dpgan_tf import errors

MOST_CHARACTERS = 64
MOST_BYTES = 200
LARGEST_FILE = 2**20
"""Largest size in bytes of a file of names."""

_FORBIDDEN = frozenset('/\\:*?"<>|')


def problem_of(names: Sequence[str], *, num_classes: int) -> str:
    """Return what is wrong with names of classes, or an empty text.

    Args:
      names: the names, in the order of the labels.
      num_classes: number of classes.
    """
    if len(names) != num_classes:
        return (
            f"has {len(names):,} names; expected {num_classes:,}, one a class"
        )
    if len(set(names)) < len(names):
        return "has a name twice; expected another for each class"
    for number, name in enumerate(names):
        if not _is_safe(name):
            shown = errors.printable(name, largest=MOST_CHARACTERS)
            return (
                f"has the name {shown!r} for class {number}; expected 1 to "
                f"{MOST_CHARACTERS} printable characters that a file's name "
                'may have (none of / \\ : * ? " < > |), and no dot, dash or '
                "space at an end"
            )
    return ""


def require(names: Sequence[str], *, num_classes: int, source: str) -> None:
    """Refuse names that do not fit the classes or the names of files.

    Args:
      names: the names; empty if classes have none.
      num_classes: number of classes.
      source: the file or data set, for the message.

    Raises:
      DatasetError: naming the problem and the remedy.
    """
    problem = problem_of(names, num_classes=num_classes) if names else ""
    if problem:
        raise errors.DatasetError(
            f"{source}: class_names {problem}: rename the classes, or leave "
            "the names out."
        )


def telling(names: Sequence[str]) -> tuple[str, ...]:
    """Return names, unless they are only the labels' numbers from 0 on.

    Args:
      names: names of classes.
    """
    numbers = [str(number) for number in range(len(names))]
    return () if list(names) == numbers else tuple(names)


def to_bytes(names: Sequence[str]) -> bytes:
    """Return the content of a file with a name in each line.

    Args:
      names: names of classes.
    """
    return ("\n".join(names) + "\n").encode()


def from_bytes(content: bytes) -> tuple[str, ...]:
    """Return the names in a file; none if these are not lines of text.

    Args:
      content: the file's content, not trusted.
    """
    try:
        *names, end = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return ()
    return () if end else tuple(names)


def _is_safe(name: str) -> bool:
    return (
        0 < len(name) <= MOST_CHARACTERS
        and name.isprintable()
        and not _FORBIDDEN & set(name)
        and name == name.strip(" .")
        and not name.startswith("-")
        and name == unicodedata.normalize("NFC", name)
        and len(name.encode()) <= MOST_BYTES
    )
