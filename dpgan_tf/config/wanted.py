"""What is asked of the front door, checked before any record is read."""

import dataclasses
import difflib
import re
from collections.abc import Mapping

from dpgan_tf import errors
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes

FROM_FACTS = ("auto", "quick")
"""Names of recipes that follow from public facts, as in `auto.NAMES`; they are
known here, where nothing has to be loaded."""

_REMEDY_OF_EPSILON = (
    "say how much one record may tell, such as --epsilon=2: 1 is strict, 4 "
    "usual for pictures, and 10 loose (docs/epsilon.md)"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for.

    Attributes:
      data: a name, a file, or a folder.
      recipe: one of `FROM_FACTS`, a preset's name, or a recipe whose other
        settings are kept.
      epsilon: epsilon of the budget; None for the recipe's own.
      delta: delta of the budget; None for the usual one.
      num_records: declared number of training records, public ones included,
        or of persons with `most_records_per_unit`; None for what everybody
        knows.
      most_records_per_unit: declared number of records of one person that count
        at most; None if every record is a unit of privacy.
      unit_column: column of a table that names each row's person.
      schema: text of the schema of a table's columns; empty for none.
      outside: what becomes of values outside it; None for the usual.
      num_classes: declared number of classes; None for what the data set
        declares.
      first_label: declared number of the first class.
      largest_count: declared largest count in a table; None for what the table
        declares, or 1.
      public: name or path of public records, beside those of `data`.
      public_fraction: share of the records that is public; None for no record,
        or for what a recipe says.
      size: height and width to which a folder's pictures are brought.
      labels: whether labels are used, if there are any.
      settings: texts by a setting's key or alias, which change the recipe.
    """

    data: str
    recipe: str | recipes.Recipe = "auto"
    epsilon: float | None = None
    delta: float | None = None
    num_records: int | None = None
    most_records_per_unit: int | None = None
    unit_column: str | None = None
    schema: str = ""
    outside: str | None = None
    num_classes: int | None = None
    first_label: int = 0
    largest_count: int | None = None
    public: str | None = None
    public_fraction: float | None = None
    size: int | None = None
    labels: bool = True
    settings: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be, naming the flag."""
        if isinstance(self.recipe, str) and self.recipe not in names():
            near = difflib.get_close_matches(self.recipe, names(), n=1)
            known = f"choose from {', '.join(names())}."
            hint = f"did you mean {near[0]}?" if near else known
            raise errors.UserError(f"--recipe={self.recipe}: unknown; {hint}")
        if self.base is None and self.epsilon is None:
            raise errors.UserError(f"--epsilon: missing; {_REMEDY_OF_EPSILON}.")
        for flag, value in (
            ("epsilon", self.epsilon),
            ("delta", self.delta),
            ("records", self.num_records),
            ("records_per_person", self.most_records_per_unit),
            ("classes", self.num_classes),
            ("largest_count", self.largest_count),
            ("size", self.size),
        ):
            if value is not None and not value > 0:
                raise errors.UserError(f"--{flag}={value}; expected > 0.")
        self._require_schema_alone()
        if self.public and self.public_fraction:
            raise errors.UserError(
                "--public, --public_fraction: give one of them; public records "
                "have a file of their own, or are a share of DATA."
            )
        share = self.public_fraction
        if share is not None and not 0 <= share < 1:
            raise errors.UserError(
                f"--public_fraction={share}; expected a number in [0, 1)."
            )

    def _require_schema_alone(self) -> None:
        """Refuse what a schema says itself, or what says something of it."""
        if not self.schema:
            if self.outside is not None:
                raise errors.UserError(
                    f"--outside={self.outside}: is about values outside a "
                    "schema; give --schema=FILE."
                )
            return
        for flag, value in (
            ("unit_column", self.unit_column),
            ("largest_count", self.largest_count),
            ("records_per_person", self.most_records_per_unit),
        ):
            if value is not None:
                raise errors.UserError(
                    f"--{flag}={value}: is for a table without a schema; with "
                    "--schema the schema says it (unit: column, most_rows)."
                )

    @property
    def base(self) -> recipes.Recipe | None:
        """The recipe to begin with; None if it follows from the data."""
        if isinstance(self.recipe, recipes.Recipe):
            return self.recipe
        return None if self.recipe in FROM_FACTS else presets.get(self.recipe)


def names() -> list[str]:
    """Return the names of all recipes."""
    return [*FROM_FACTS, *presets.names()]


def classes(text: str | None) -> tuple[int, int | None]:
    """Return the number of the first class and that of classes.

    Args:
      text: a number of classes, such as "10", or the first and the last label,
        such as "1-26"; None for what the data declare.

    Raises:
      UserError: for any other text.
    """
    if text is None:
        return 0, None
    said = re.fullmatch(r"(?:(\d{1,6})-)?(\d{1,6})", text, re.ASCII)
    first, last = (int(part or 0) for part in said.groups()) if said else (1, 0)
    if said is None or first > last:
        raise errors.UserError(
            f"--classes={text}; expected a number, such as --classes=10, or "
            "the first and the last label, such as --classes=1-26."
        )
    return (0, last) if said[1] is None else (first, last - first + 1)
