"""Training and test parts that a folder has already: train/ and test/.

They are the user's own, and are neither classes nor divided anew.
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
"""In a name whose words were parted by blanks, in lower case."""


@dataclasses.dataclass(frozen=True)
class Parts:
    """Which names at the top of a folder are its parts.

    Attributes:
      training: of the training part.
      test: of the part that is held out.
    """

    training: bytes
    test: bytes


def of_folders(root: pathlib.Path, names: Sequence[bytes]) -> Parts | None:
    """Return the parts that sub-folders are; None if they are none.

    A folder called train among others is a class, until one called test or val
    lies beside it. Where there is no test/, val/ is held out.

    Args:
      root: the folder, for messages.
      names: of all its sub-folders.

    Raises:
      DatasetError: if some are parts and others none, pictures of one would go
        unused, or all seem to be parts by names that are not known.
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
    """Return the parts that the names of record files tell; None if none.

    Args:
      root: their folder, for messages.
      names: of the files, such as scans-train.tfrecord-00000-of-00002.

    Raises:
      DatasetError: as `of_folders` does.
    """
    return of_folders(root, sorted({part_of(name) for name in names}))


def part_of(name: bytes) -> bytes:
    """Return the word of a file's name that tells its part; else the name.

    Args:
      name: of a record file.
    """
    words = re.split(rb"[^a-z0-9]+", name.lower())
    found = [word for word in words if word in _ROLES]
    return found[0] if len(set(found)) == 1 else name


def _require_classes(root, names) -> None:
    """Refuse names that are all of parts, as train_images and test_images."""
    words = [_ROLE_WORD.search(_in_words(name)) for name in names]
    if len({word[1] for word in words if word}) < 2 or not all(words):
        return
    raise errors.DatasetError(
        f"{root}: has {_shown(names)}, which seem to be parts of a data set; "
        "rename them train and test (or val), or, if they are none, by other "
        "names."
    )


def _in_words(name: bytes) -> bytes:
    """Return a name with blanks between its words, as of trainA and val2017."""
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
            f"{root}: pictures of {_shown([unused])} would go unused, beside "
            f"{_shown(roles['test'])}: move them into "
            f"{_shown(roles['training'])}, or away."
        )
    (training,) = roles["training"]
    (test,) = roles.get("test") or roles["validation"]
    return Parts(training, test)


def _shown(names: Iterable[bytes]) -> str:
    return ", ".join(picture_source.show(name) for name in list(names)[:5])
