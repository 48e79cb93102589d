"""Errors of the privacy core: raised instead of training unprotected."""


class PrivacyError(ValueError):
    """A setting or state under which no privacy claim could be made."""


class LedgerError(PrivacyError):
    """A ledger that is missing, altered, too old, or of another run."""


class OutdatedLedgerError(LedgerError):
    """A ledger of a version whose claims do not hold."""


class BudgetError(PrivacyError):
    """A step that would spend more than the privacy budget."""
