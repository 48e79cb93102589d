"""Errors that a user can mend: one line each, shown without a traceback."""


def first_line(error: object) -> str:
    """Return the first line of a text or of an exception's message.

    Args:
      error: of a library; its type stands for a message that is empty.
    """
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class UserError(Exception):
    """Bad input: the message names the file, flag or value and the remedy."""


class ConfigError(UserError, ValueError):
    """A configuration value or key that cannot be used."""


class DatasetError(UserError, ValueError):
    """Records that are missing, unreadable or not what they claim to be."""


class ClusterError(UserError):
    """A machine of the run that cannot be reached, or not any more."""
