"""Names of the files of a release."""

CARD = "MODEL_CARD.md"
PICTURE = "samples.png"
ROWS = "samples.csv"
COLUMNS = "columns.txt"
SCHEMA = "schema.json"
CLASSES = "classes.txt"
_GENERATOR = (
    "generator/1/fingerprint.pb",
    "generator/1/saved_model.pb",
    "generator/1/variables/variables.data-00000-of-00001",
    "generator/1/variables/variables.index",
)
OF_IMAGES = frozenset({CARD, PICTURE, *_GENERATOR})
OF_NAMED_CLASSES = OF_IMAGES | {CLASSES}
OF_COUNTS = frozenset({CARD, ROWS, COLUMNS, *_GENERATOR})
OF_TYPED = frozenset({CARD, ROWS, SCHEMA, *_GENERATOR})
"""All files of a release, except its claim."""

FOLDERS = frozenset(
    {
        "generator",
        "generator/1",
        "generator/1/assets",
        "generator/1/variables",
    }
)
"""Folders of a release; TensorFlow leaves an empty one for assets."""


def is_part(name: str) -> bool:
    """Return whether a file may belong to a release, except its claim.

    A claim must not vouch for other files, written into the folder by mistake
    or by someone else: they may depend on private records.

    Args:
      name: the file's path in the release, with slashes.
    """
    return name in OF_NAMED_CLASSES | OF_COUNTS | OF_TYPED
