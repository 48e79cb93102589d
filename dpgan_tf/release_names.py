"""What the files of a release may be called."""

import re

CARD = "MODEL_CARD.md"
PICTURE = "samples.png"
ROWS = "samples.csv"
_PART = re.compile(
    r"MODEL_CARD\.md|samples\.png|samples\.csv|columns\.txt|"
    r"generator/1/(saved_model\.pb|fingerprint\.pb|"
    r"variables/variables\.(index|data-\d{5}-of-\d{5}))"
)


def is_part(name: str) -> bool:
    """Return whether a file may be part of a release, beside its claim.

    What is written beside a release by mistake, or by somebody else, must not
    be vouched for: it may have been made of private records.

    Args:
      name: its path in the release, with slashes.
    """
    return _PART.fullmatch(name) is not None
