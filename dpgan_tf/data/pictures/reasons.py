"""Reasons why a file gives no picture: it is damaged, or not supported."""

from dpgan_tf import errors
from dpgan_tf.data import file_kinds

_TOO_LONG = ("text chunk", "max_text_chunk")
_UNSUPPORTED = (
    "unsupported",
    "not supported",
    "not available",
    "not implemented",
    "unknown",
    "unrecognized",
    "cannot handle",
)
"""Words of Pillow about a file that may be intact, but is not supported."""


def why_foreign(content: bytes) -> str:
    """Return why a file is not meant for Pillow; empty if it may be.

    Args:
      content: the file's content.
    """
    kind = file_kinds.foreign_kind(content[: file_kinds.HEAD_BYTES])
    if not kind:
        return ""
    return (
        f"is {kind}, which is not read; expected a picture as PNG, JPEG, TIFF "
        "or the like"
    )


def why_unidentified(content: bytes) -> str:
    """Return why Pillow finds no picture in a file.

    Args:
      content: the file's content.
    """
    head = content[: file_kinds.HEAD_BYTES]
    begun = file_kinds.picture_format(head)
    if begun:
        return f"begins like {begun}, but is damaged or of a kind not read"
    what = "text" if file_kinds.is_text(head) else "of an unknown kind"
    return f"is not a picture that Pillow reads (it is {what})"


def why_undecoded(error: Exception) -> str:
    """Return why Pillow cannot decode a picture.

    Args:
      error: Pillow's error.
    """
    text = errors.first_line(error)
    lowered = text.lower()
    if any(words in lowered for words in _TOO_LONG):
        return "has a text or colour profile larger than Pillow reads"
    if any(words in lowered for words in _UNSUPPORTED):
        return f"is of a kind that Pillow does not read ({text})"
    return f"is damaged ({text})"
