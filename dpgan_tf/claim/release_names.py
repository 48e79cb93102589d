"""What the files of a release are called."""

CARD = "MODEL_CARD.md"
PICTURE = "samples.png"
ROWS = "samples.csv"
COLUMNS = "columns.txt"
_GENERATOR = (
    "generator/1/fingerprint.pb",
    "generator/1/saved_model.pb",
    "generator/1/variables/variables.data-00000-of-00001",
    "generator/1/variables/variables.index",
)
OF_IMAGES = frozenset({CARD, PICTURE, *_GENERATOR})
OF_TABLE = frozenset({CARD, ROWS, COLUMNS, *_GENERATOR})
"""All that a release has, beside its claim."""

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
    """Return whether a file may be part of a release, beside its claim.

    What is written beside a release by mistake, or by somebody else, must not
    be vouched for: it may have been made of private records.

    Args:
      name: its path in the release, with slashes.
    """
    return name in OF_IMAGES or name in OF_TABLE
