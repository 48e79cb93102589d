"""Errors that a user can mend: one line each, shown without a traceback."""


class UserError(Exception):
    """Bad input: the message names the file, flag or value and the remedy."""


class ConfigError(UserError, ValueError):
    """A configuration value or key that cannot be used."""


class DatasetError(UserError, ValueError):
    """Records that are missing, unreadable or not what they claim to be."""


class ClusterError(UserError):
    """A machine of the run that cannot be reached, or not any more."""
