"""Folders of persons: PERSON/FILE, or CLASS/PERSON/FILE with classes.

Classes stand above persons, since they are public: a person's folder must not
add one. A name is one person in all classes.
"""

from collections.abc import Sequence

from dpgan_tf import errors
from dpgan_tf.data.pictures import source as picture_source

_LAYOUTS = {
    False: "PERSON/FILE, with --nolabels",
    True: "CLASS/PERSON/FILE, or PERSON/FILE with --nolabels",
}


def persons(
    paths: Sequence[bytes],
    tops: Sequence[Sequence[bytes]],
    *,
    labelled: bool,
    is_test: Sequence[bool | None],
) -> list[str]:
    """Return the name of the person whose picture each file is.

    Args:
      paths: the files' paths, for messages.
      tops: the names of folders and file below the training or the test part,
        or below the source if it has no parts.
      labelled: whether the first folder is a class.
      is_test: whether each file is in the test part; None without parts.

    Raises:
      DatasetError: if a file does not lie in a folder of a person, or a person
        is in both parts.
    """
    for path, top in zip(paths, tops, strict=True):
        if len(top) != 2 + labelled:
            raise errors.DatasetError(
                f"{picture_source.show(path)}: lies in no folder of a person; "
                f"expected {_LAYOUTS[labelled]}: move it, or the folders."
            )
    found = [picture_source.show(top[-2]) for top in tops]
    parts: dict[str, bool | None] = {}
    for path, person, part in zip(paths, found, is_test, strict=True):
        if parts.setdefault(person, part) != part:
            raise errors.DatasetError(
                f"{picture_source.show(path)}: {person} is a person of both "
                "parts; expected all pictures of a person in one."
            )
    return found
