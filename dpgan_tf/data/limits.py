"""How much memory a file may ask for, decided before any is given to it."""

from dpgan_tf import errors

MAX_ARRAY_BYTES = 8 * 2**30
MAX_DEFLATE_RATIO = 1032
"""What DEFLATE can gain at most: 258 bytes for two bits."""


def check_declared_size(declared: int, *, stored: int, source: str) -> None:
    """Refuse an array that is larger than its file can hold or we can.

    Args:
      declared: bytes the header says that the array has.
      stored: bytes of the (compressed) file.
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
