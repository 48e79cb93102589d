"""Errors that a user can fix: one line each, shown without a traceback."""


def first_line(error: object) -> str:
    """Return the first line of a text or of an exception's message.

    Args:
      error: a library's error; its type name replaces a message that is empty
        or cannot be read.
    """
    try:
        text = str(error).strip()
    except Exception:
        text = ""
    return (text or type(error).__name__).splitlines()[0]


def printable(text: object, *, largest: int = 2_000) -> str:
    r"""Return a text in one line, safe to print in a terminal.

    File names and texts from elsewhere can hold line breaks, escape sequences
    and marks that change the direction of the text.

    Args:
      text: any text, not trusted.
      largest: number of characters to keep; a longer text loses its middle,
        since the remedy is at the end.

    Returns:
      The text; characters that are not printable are escaped as in Python:
      \n, \x1b.
    """
    kept = str(text)
    if len(kept) > largest:
        end = largest // 4
        kept = f"{kept[: largest - end]}...{kept[-end:]}"
    return "".join(
        char if char.isprintable() else _escaped(char) for char in kept
    )


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


class UserError(Exception):
    """Bad input: the message names the file, flag or value and the remedy."""


class ConfigError(UserError, ValueError):
    """A configuration value or key that cannot be used."""


class DatasetError(UserError, ValueError):
    """Records that are missing, unreadable or not of the declared form."""


class ClusterError(UserError):
    """A machine of the run that cannot be reached."""
