"""A release in Python: load it, sample it, read its claim, verify it.

release = dpgan_tf.load("runs/scans/release")
images, labels = release.sample(1_000, seed=0)
"""

import dataclasses
import functools
import html
import importlib
import os
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf import images as image_files
from dpgan_tf import quiet
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import untrusted_json

_NUMBER = untrusted_json.either(untrusted_json.NUMBER, untrusted_json.NULL)
_READ = untrusted_json.record(
    {
        "statement": untrusted_json.TEXT,
        "epsilon": _NUMBER,
        "delta": _NUMBER,
    },
    others=untrusted_json.ANY,
)
"""Fields that are read before anything is checked; `Release.verify` checks."""


class Claim(Mapping[str, Any]):
    """What a release states about itself, as `privacy.json` has it."""

    def __init__(self, fields: Mapping[str, Any]):
        """Keep the fields.

        Args:
          fields: the content of a release's `privacy.json`.
        """
        self._fields = dict(fields)

    def __getitem__(self, name: str) -> Any:
        """Return a field by its name."""
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        """Return the fields' names."""
        return iter(self._fields)

    def __len__(self) -> int:
        """Return the number of fields."""
        return len(self._fields)

    @property
    def epsilon(self) -> float | None:
        """Epsilon that was spent; None if nothing is claimed."""
        return self._fields["epsilon"]

    @property
    def delta(self) -> float | None:
        """Delta of the claim; None if nothing is claimed."""
        return self._fields["delta"]

    @property
    def statement(self) -> str:
        """The claim in words."""
        return self._fields["statement"]

    def __repr__(self) -> str:
        """Return epsilon, delta and the statement."""
        return (
            f"Claim(epsilon={self.epsilon}, delta={self.delta}, "
            f"statement={errors.printable(self.statement)!r})"
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a table, where pandas is not installed.

    Attributes:
      values: uint8 [n, columns].
      columns: the columns' names.
    """

    values: np.ndarray
    columns: tuple[str, ...]

    def __len__(self) -> int:
        """Return n."""
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        """Return the values."""
        return self.values if dtype is None else self.values.astype(dtype)


class Release:
    """A published folder: a generator and its privacy claim.

    Attributes:
      path: the folder.
      claim: what the release states; `verify` checks it.
    """

    def __init__(self, path: pathlib.Path):
        """Read the claim; the generator is read when it is sampled.

        Args:
          path: the folder.

        Raises:
          UserError: if it holds no release.
        """
        self.path = path
        self.claim = Claim(
            run_files.read_json(
                path / claims.FILE_NAME,
                _READ,
                remedy="give the folder of a release, or that of its run",
            )
        )

    def sample(
        self,
        num: int,
        *,
        seed: int = 0,
        variety: float = 1.0,
        where: str = "",
    ) -> Any:
        """Return samples; any number of them costs no more privacy.

        Args:
          num: number of samples.
          seed: one seed gives the same samples each time, and a smaller number
            the first ones of a larger one.
          variety: factor of latents, at most 4. Images are more typical below
            1 and more varied above; rows have 1 alone.
          where: condition that all of them fulfil, such as "sex=F,age=50..60";
            see `conditions.parse`. Only for typed columns.

        Returns:
          Images uint8 [num, height, width, channels], with labels int64 [num]
          beside them if the generator has classes; or rows of a table, as a
          pandas DataFrame if pandas is installed, else as `Rows`, or typed
          columns as a dictionary of arrays, masked where values are missing.

        Raises:
          UserError: if the generator is damaged, a number makes no sense, or
            too few samples fulfil the condition.
        """
        if num < 1 or seed < 0:
            raise errors.UserError(
                f"num={num}, seed={seed}; expected num > 0 and seed >= 0."
            )
        self._generator.require(variety)
        if self.schema is not None:
            return self._typed(num, seed, where)
        if where:
            raise errors.UserError(
                f"where={where}: {self.path} has no typed columns to choose by."
            )
        made = self._generator.all_samples(num, seed, variety=variety)
        if self.columns:
            return _frame(made.examples, self.columns)
        shown = image_files.to_uint8(made.examples)
        return shown if made.labels is None else (shown, made.labels)

    def verify(self) -> bool:
        """Check the claim's numbers, and the hash of every file.

        Returns:
          True.

        Raises:
          PrivacyError: naming the first check that fails.
        """
        for finding in claim_check.check_release(self.path):
            if not finding.ok:
                raise privacy_errors.PrivacyError(
                    f"{self.path}: {finding.name}: {finding.detail}"
                )
        return True

    def _typed(self, num: int, seed: int, where: str) -> Any:
        frames = quiet.import_module("dpgan_tf.release.frames")
        groups = quiet.import_module("dpgan_tf.release.groups")
        batches = groups.samples(
            self._generator, self.schema, where, num_samples=num, seed=seed
        )
        return frames.of_batches(batches, self.schema)

    @functools.cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of a table's columns; empty for images."""
        if self.schema is not None:
            return self.schema.names
        files = quiet.import_module("dpgan_tf.release.sample_files")
        return files.read_columns(self.path)

    @functools.cached_property
    def schema(self) -> schemas.Schema | None:
        """The schema of typed columns; None if there are none."""
        files = quiet.import_module("dpgan_tf.release.sample_files")
        return files.read_schema(self.path)

    @functools.cached_property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in the order of labels; empty if none."""
        files = quiet.import_module("dpgan_tf.release.sample_files")
        return files.read_classes(self.path)

    @property
    def num_classes(self) -> int:
        """The number of the generator's classes; 0 if it has none."""
        return self._generator.num_classes

    @functools.cached_property
    def _generator(self) -> Any:
        sampling = quiet.import_module("dpgan_tf.release.sampling")
        return sampling.load_generator(
            sampling.generator_directory(self.path), schema=self.schema
        )

    def __repr__(self) -> str:
        """Return the folder and the claim's numbers."""
        return (
            f"Release({str(self.path)!r}, epsilon={self.claim.epsilon}, "
            f"delta={self.claim.delta})"
        )

    def _repr_html_(self) -> str:
        """Return the folder and the statement, for a notebook."""
        return (
            f"<p><b>Release in {html.escape(str(self.path))}</b></p>"
            f"<p>{html.escape(errors.printable(self.claim.statement))}</p>"
        )


def load(path: str | os.PathLike) -> Release:
    """Return the release in a folder.

    Args:
      path: folder of a release, or of the run that made it.

    Raises:
      UserError: if there is none.
    """
    folder = pathlib.Path(path)
    if (folder / "release" / claims.FILE_NAME).is_file():
        folder = folder / "release"
    if not (folder / claims.FILE_NAME).is_file():
        raise errors.UserError(
            f"{folder}: holds no release ({claims.FILE_NAME} is missing); give "
            "RUN_DIR/release, or a folder that a curator published."
        )
    return Release(folder)


def _frame(values: np.ndarray, columns: tuple[str, ...]) -> Any:
    """Return rows as a DataFrame, if there is pandas."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        return Rows(values, columns)
    return pandas.DataFrame(values, columns=list(columns))
