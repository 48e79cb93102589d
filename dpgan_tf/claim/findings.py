"""What a check of a release or a run has found."""

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """The outcome of one check.

    Attributes:
      name: what was checked.
      ok: whether it holds.
      detail: the values or the problem, in one line.
    """

    name: str
    ok: bool
    detail: str
