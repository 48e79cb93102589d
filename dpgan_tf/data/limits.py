"""Limits on the memory that a file may ask for, checked before allocation."""

from dpgan_tf import errors

MAX_ARRAY_BYTES = 8 * 2**30
MAX_DEFLATE_RATIO = 1032
"""The largest ratio that DEFLATE can reach: 258 bytes for two bits."""


def check_declared_size(declared: int, *, stored: int, source: str) -> None:
    """Refuse an array that is too large for its file or for memory.

    Args:
      declared: number of bytes that the header declares for the array.
      stored: number of bytes of the (compressed) file.
      source: the file, for the message.

    Raises:
      errors.DatasetError: if the header cannot be true, or asks too much.
    """
    if declared > MAX_ARRAY_BYTES:
        raise errors.DatasetError(
            f"{source}: its header declares {declared:,} bytes; expected at "
            f"most {MAX_ARRAY_BYTES:,}: split the file, or copy it again if it "
            "should be smaller."
        )
    if declared > MAX_DEFLATE_RATIO * stored:
        raise errors.DatasetError(
            f"{source}: its header declares {declared:,} bytes, more than the "
            f"{stored:,} stored bytes can hold: copy the file again."
        )
