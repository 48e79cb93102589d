"""The flags of `python -m benchmarks.unseen`."""

import dataclasses
import pathlib
from collections.abc import Sequence

from absl import flags

from benchmarks.unseen import cells
from benchmarks.unseen import changes
from dpgan_tf import errors
from dpgan_tf.config import wanted as asked

_FEWEST_SAMPLES = 1_100
"""Samples without which a covariance of 1,024 features cannot be had."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chosen:
    """The parsed flags.

    Attributes:
      rows: the cells of the table.
      reference: name of the recipe to compare with.
      bench: where cells are computed.
      is_list: whether to say how far cells are, and compute none.
      record: folder to record finished cells in; None to record none.
    """

    rows: Sequence[cells.Cell]
    reference: str
    bench: cells.Bench
    is_list: bool
    record: pathlib.Path | None

    @property
    def cells(self) -> list[cells.Cell]:
        """Rows and what they are compared with, each once."""
        others = [cell.reference(self.reference) for cell in self.rows]
        return list(dict.fromkeys([*self.rows, *others]))


def define() -> flags.FlagValues:
    """Return all flags with their defaults, not yet parsed."""
    values = flags.FlagValues()
    flags.DEFINE_list(
        "cells",
        ",".join(changes.CHANGES),
        "Changes of MNIST, the rows of the table.",
        flag_values=values,
    )
    for name, default, text in (
        ("recipe", "auto", "Recipe to try; `train --help` has them."),
        (
            "reference",
            "mnist_surrogate",
            "Recipe to compare with, on as many unchanged records; a preset is "
            "planned.",
        ),
        ("data_dir", "data", "Folder of prepared data sets."),
        (
            "folder",
            "build/unseen",
            "Folder of records, runs and scores. Finished cells in it are not "
            "computed again, whatever the code is now: name another folder for "
            "another commit.",
        ),
    ):
        flags.DEFINE_string(name, default, text, flag_values=values)
    flags.DEFINE_float(
        "epsilon", 2.0, "Epsilon of each budget.", flag_values=values
    )
    flags.DEFINE_integer(
        "num_samples",
        30_000,
        "Number of samples to score, and most real images beside them.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "list", False, "Say how far each cell is.", flag_values=values
    )
    flags.DEFINE_bool(
        "record",
        False,
        "Also write the table and its finished cells to runs/results/unseen.",
        flag_values=values,
    )
    return values


def parse(arguments: Sequence[str], *, command: str) -> Chosen:
    """Return the parsed flags.

    Args:
      arguments: arguments of the command line.
      command: the whole command, for the record.

    Raises:
      UserError: for an invalid value.
      flags.Error: for an unknown flag or a value of the wrong type.
    """
    values = define()
    left_over = values(["unseen", *arguments])[1:]
    if left_over:
        raise errors.UserError(
            f"unexpected argument {left_over[0]!r}; flags are --name=value."
        )
    for name in ("recipe", "reference"):
        _require_known(name, [values[name].value], asked.names())
    _require_known("cells", values.cells, list(changes.CHANGES))
    if values.num_samples < _FEWEST_SAMPLES:
        raise errors.UserError(
            f"--num_samples={values.num_samples}; expected at least "
            f"{_FEWEST_SAMPLES}."
        )
    if not values.epsilon > 0:
        raise errors.UserError(f"--epsilon={values.epsilon}; expected > 0.")
    rows = [
        cells.Cell(
            change=change,
            recipe=values.recipe,
            epsilon=values.epsilon,
            num_samples=values.num_samples,
        )
        for change in dict.fromkeys(values.cells)
    ]
    return Chosen(
        rows=rows,
        reference=values.reference,
        bench=cells.Bench(
            folder=pathlib.Path(values.folder),
            data_dir=pathlib.Path(values.data_dir),
            command=command,
        ),
        is_list=values.list,
        record=pathlib.Path("runs/results/unseen") if values.record else None,
    )


def _require_known(
    name: str, texts: Sequence[str], known: Sequence[str]
) -> None:
    if not texts:
        raise errors.UserError(f"--{name}=; choose from {', '.join(known)}.")
    for text in texts:
        if text not in known:
            raise errors.UserError(
                f"--{name}: unknown {text!r}; choose from {', '.join(known)}."
            )
