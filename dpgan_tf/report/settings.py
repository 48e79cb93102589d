"""The section about a run's configuration."""

import dataclasses
from collections.abc import Sequence

from dpgan_tf.report import markup

_MOST_SHOWN = 200


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting of a run.

    Attributes:
      key: its name.
      value: its value.
      meaning: its description.
      is_own: whether it differs from what the run started from.
      is_place: whether it may be a path on the curator's machine.
    """

    key: str
    value: str
    meaning: str
    is_own: bool
    is_place: bool


def sections(rows: Sequence[Setting]) -> list[markup.Section]:
    """Return the section; none if no setting is given.

    Args:
      rows: the run's settings.
    """
    if not rows:
        return []
    (start,) = (one.value for one in rows if one.key == "name")
    own = [one for one in rows if one.is_own]
    if own:
        said = (
            f"The run started from {start}. These settings are its own; all "
            "others are below."
        )
        shown = markup.paragraph(said) + _table(own)
    else:
        shown = markup.paragraph(f"The run is {start} as it stands.")
    everything = markup.details(f"All {len(rows)} settings", _table(rows))
    return [
        markup.Section(
            name="configuration",
            title="Configuration",
            body=shown + everything,
        )
    ]


def _table(rows: Sequence[Setting]) -> str:
    return markup.table(
        [(one.key, _shown(one.value)) for one in rows],
        header=("setting", "value"),
        css="settings",
        notes=[one.meaning for one in rows],
    )


def _shown(value: str) -> str:
    """Return a value, or the beginning of a long one, such as a schema."""
    if len(value) <= _MOST_SHOWN:
        return value
    left = len(value) - _MOST_SHOWN
    return f"{value[:_MOST_SHOWN]}... and {left:,} characters more"
