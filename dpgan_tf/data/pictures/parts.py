"""The training and test parts that a folder already has: train/ and test/.

They are the user's own: they are not classes, and are not split again.
"""

import dataclasses
import pathlib
import re
from collections.abc import Iterable, Sequence

from dpgan_tf import errors
from dpgan_tf.data.pictures import source as picture_source

_ROLES = {
    b"train": "training",
    b"training": "training",
    b"test": "test",
    b"testing": "test",
    b"val": "validation",
    b"valid": "validation",
    b"validation": "validation",
}
_ROLE_WORD = re.compile(
    rb"\b(train|training|trn|test|testing|tst|val|valid|validation|dev|eval|"
    rb"evaluation|hold ?out|held ?out)(?:sets?|data|images|pictures|split)?\b"
)
"""Words for parts, in a lower-case name whose words blanks separate."""


@dataclasses.dataclass(frozen=True)
class Parts:
    """The names of a folder's parts, at its top.

    Attributes:
      training: name of the training part.
      test: name of the part that is held out.
    """

    training: bytes
    test: bytes


def of_folders(root: pathlib.Path, names: Sequence[bytes]) -> Parts | None:
    """Return the parts among sub-folders; None if these are not parts.

    A folder named train among others is a class, unless there is also one named
    test or val. Where there is no test/, val/ is held out.

    Args:
      root: the folder, for messages.
      names: names of all its sub-folders.

    Raises:
      DatasetError: if only some are parts, pictures of one would go unused, or
        all seem to be parts but have unknown names.
    """
    roles = _by_role(names)
    if "training" not in roles or len(roles) == 1:
        if roles and len(_all(roles)) == len(names) > 1:
            raise errors.DatasetError(
                f"{root}: has {_shown(names)} and no train; expected the "
                "pictures to learn from in train."
            )
        _require_classes(root, names)
        return None
    others = [name for name in names if name not in _all(roles)]
    if others:
        raise errors.DatasetError(
            f"{root}: has {_shown(_all(roles))}, which are parts of a data "
            f"set, and {_shown(others)}: move the one or the other away."
        )
    return _parts(root, roles)


def of_files(root: pathlib.Path, names: Sequence[bytes]) -> Parts | None:
    """Return the parts in the names of record files; None if there are none.

    Args:
      root: the files' folder, for messages.
      names: the files' names, such as scans-train.tfrecord-00000-of-00002.

    Raises:
      DatasetError: see `of_folders`.
    """
    return of_folders(root, sorted({part_of(name) for name in names}))


def part_of(name: bytes) -> bytes:
    """Return the word in a file's name that states its part; else the name.

    Args:
      name: a record file's name.
    """
    words = re.split(rb"[^a-z0-9]+", name.lower())
    found = [word for word in words if word in _ROLES]
    return found[0] if len(set(found)) == 1 else name


def _require_classes(root, names) -> None:
    """Refuse names that all look like parts: train_images and test_images."""
    words = [_ROLE_WORD.search(_in_words(name)) for name in names]
    if len({word[1] for word in words if word}) < 2 or not all(words):
        return
    raise errors.DatasetError(
        f"{root}: has {_shown(names)}, which seem to be parts of a data set; "
        "rename them train and test (or val), or give them other names if they "
        "are not."
    )


def _in_words(name: bytes) -> bytes:
    """Return a name with blanks between words: "train a" for trainA."""
    parted = re.sub(rb"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+", b" ", name)
    return parted.lower()


def _by_role(names) -> dict[str, list[bytes]]:
    roles: dict[str, list[bytes]] = {}
    for name in names:
        if name.lower() in _ROLES:
            roles.setdefault(_ROLES[name.lower()], []).append(name)
    return roles


def _all(roles) -> list[bytes]:
    return sorted(name for names in roles.values() for name in names)


def _parts(root, roles) -> Parts:
    for names in roles.values():
        if len(names) > 1:
            raise errors.DatasetError(
                f"{root}: has {_shown(names)}, which are one part; put their "
                "pictures together."
            )
    if len(roles) == 3:
        (unused,) = roles["validation"]
        raise errors.DatasetError(
            f"{root}: pictures of {_shown([unused])} would go unused, since "
            f"there is {_shown(roles['test'])}: move them into "
            f"{_shown(roles['training'])}, or away."
        )
    (training,) = roles["training"]
    (test,) = roles.get("test") or roles["validation"]
    return Parts(training, test)


def _shown(names: Iterable[bytes]) -> str:
    return ", ".join(picture_source.show(name) for name in list(names)[:5])
