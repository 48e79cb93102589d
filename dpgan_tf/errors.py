"""Errors that a user can mend: one line each, shown without a traceback."""


def first_line(error: object) -> str:
    """Return the first line of a text or of an exception's message.

    Args:
      error: of a library; its type stands for a message that is empty, or
        that it fails to tell.
    """
    try:
        text = str(error).strip()
    except Exception:
        text = ""
    return (text or type(error).__name__).splitlines()[0]


def printable(text: object, *, largest: int = 2_000) -> str:
    r"""Return a text so that a terminal shows it as it is, in one line.

    Names of files and texts of others can hold line breaks, escape sequences
    and marks that turn the direction of reading.

    Args:
      text: perhaps of somebody else.
      largest: characters to keep; of a longer text the middle is left out, for
        the remedy is at the end.

    Returns:
      The text; what is not printable is escaped, as in Python: \n, \x1b.
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
    """Records that are missing, unreadable or not what they claim to be."""


class ClusterError(UserError):
    """A machine of the run that cannot be reached, or not any more."""
