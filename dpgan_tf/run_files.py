"""Where a run's files are, and whether a directory belongs to a run."""

import dataclasses
import hashlib
import json
import math
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import untrusted_json

_LONGEST_SHOWN = 500


@dataclasses.dataclass(frozen=True)
class RunFiles:
    """The paths of one run directory.

    Only files under `release` may be published.

    Attributes:
      root: the run directory.
    """

    root: pathlib.Path

    @property
    def config(self) -> pathlib.Path:
        """Everything needed to repeat the run."""
        return self.root / "config.json"

    @property
    def private(self) -> pathlib.Path:
        """Files computed from private records without noise, and about keys."""
        return self.root / "private"

    @property
    def ledger(self) -> pathlib.Path:
        """The write-ahead record of every noisy step."""
        return self.private / "ledger.jsonl"

    @property
    def summary(self) -> pathlib.Path:
        """Private moments of the records, if the run has a summary."""
        return self.private / "summary.npz"

    @property
    def data(self) -> pathlib.Path:
        """Which records are public, and the form of an example."""
        return self.private / "data.json"

    @property
    def places(self) -> pathlib.Path:
        """Where the records are on this machine."""
        return self.private / "places.json"

    @property
    def reservation(self) -> pathlib.Path:
        """Which register the run is charged to, if to any."""
        return self.private / "reservation.json"

    @property
    def scores(self) -> pathlib.Path:
        """Scores of the samples, by a classifier trained on real records."""
        return self.private / "scores.json"

    @property
    def chosen_scores(self) -> pathlib.Path:
        """Scores by metrics chosen with `evaluate --metrics`."""
        return self.private / "chosen_scores.json"

    @property
    def neighbours(self) -> pathlib.Path:
        """A picture of samples next to their nearest training images."""
        return self.private / "nearest_neighbours.png"

    @property
    def comparison(self) -> pathlib.Path:
        """A picture of a table's probabilities and correlations."""
        return self.private / "comparison.png"

    @property
    def histograms(self) -> pathlib.Path:
        """A picture of the columns of a table with a schema."""
        return self.private / "histograms.png"

    @property
    def associations(self) -> pathlib.Path:
        """A picture of the pairs of columns of a table with a schema."""
        return self.private / "associations.png"

    @property
    def logs(self) -> pathlib.Path:
        """TensorBoard's event files."""
        return self.private / "logs"

    @property
    def warm_start_generator(self) -> pathlib.Path:
        """The generator before private training, as a SavedModel."""
        return self.private / "warm_start_generator"

    @property
    def release(self) -> pathlib.Path:
        """What may be published."""
        return self.root / "release"

    def checkpoints(self, stage: str) -> pathlib.Path:
        """Return the folder of a stage's checkpoints.

        Args:
          stage: "warm_start", "summary" or "private".
        """
        return self.private / "checkpoints" / stage

    @property
    def has_checkpoints(self) -> bool:
        """Whether any stage has started."""
        return (self.private / "checkpoints").exists()


def make_root(root: str | os.PathLike) -> pathlib.Path:
    """Create a run directory if it is missing, so that it can be locked.

    Args:
      root: the run directory.

    Returns:
      Its path.

    Raises:
      UserError: if it holds other files.
    """
    files = RunFiles(pathlib.Path(root))
    paths.require_usable(root)
    durable.make_folder(files.root)
    if files.config.exists():
        return files.root
    # A hidden file may be an unfinished config.json left by a crash.
    if any(not path.name.startswith(".") for path in files.root.iterdir()):
        raise errors.UserError(
            f"{files.root}: holds files that are not a run; choose another "
            "--run_dir."
        )
    return files.root


def enter(root: str | os.PathLike, *, config_json: str) -> RunFiles:
    """Start a run in an empty directory, or enter one with the same settings.

    Args:
      root: the run directory, which exists and is locked.
      config_json: the configuration as JSON.

    Returns:
      Its paths.

    Raises:
      UserError: if the directory holds a run with other settings.
    """
    files = require_same(root, config_json=config_json)
    if not files.config.exists():
        durable.create(files.config, config_json.encode())
    durable.make_folder(files.private, mode=0o700)
    durable.remove_abandoned(files.private)
    return files


def require_same(root: str | os.PathLike, *, config_json: str) -> RunFiles:
    """Refuse other settings than those of the run that is there, if any.

    Args:
      root: the run directory, which need not exist.
      config_json: the configuration as JSON.

    Returns:
      Its paths.

    Raises:
      UserError: naming the first setting that differs.
    """
    files = RunFiles(pathlib.Path(root))
    if files.config.exists():
        _require_same(files, config_json)
    return files


def existing(root: str | os.PathLike) -> RunFiles:
    """Return the paths of an existing run.

    Args:
      root: the run directory.

    Returns:
      Its paths.

    Raises:
      UserError: if there is no run.
    """
    files = RunFiles(pathlib.Path(root))
    if not files.config.is_file():
        raise errors.UserError(
            f"{files.root}: no run here (config.json is missing); train one "
            "with `train --preset=NAME --run_dir=DIR`."
        )
    return files


def read_json(
    path: pathlib.Path,
    kind: untrusted_json.Kind = untrusted_json.OBJECT,
    *,
    remedy: str = "restore it from a backup, or choose another folder",
) -> dict[str, Any]:
    """Read an object that `write_json` wrote.

    Args:
      path: path of the file.
      kind: the expected form.
      remedy: what the user can do if the file is damaged.

    Returns:
      The object.

    Raises:
      UserError: if it is missing or damaged.
    """
    return untrusted_json.read(
        path,
        kind,
        error=errors.UserError,
        remedy=remedy,
    )


def require_replaceable(path: pathlib.Path) -> None:
    """Refuse a file that cannot be written, before hours of computing it.

    Args:
      path: path of the file, which may be missing.

    Raises:
      UserError: if a folder has this name.
    """
    if path.is_dir():
        raise errors.UserError(
            f"{path}: is a folder; this command writes a file there: move the "
            "folder away."
        )


def write_json(path: pathlib.Path, value: Mapping[str, object]) -> None:
    """Write an object as indented JSON, atomically.

    Args:
      path: file to write.
      value: the object; NaN and infinity become null, since JSON has neither.
    """
    text = json.dumps(_finite(value), allow_nan=False, indent=2)
    durable.create(path, (text + "\n").encode())


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _by_keys(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of nested parts by keys such as "steps.num_steps"."""
    found: dict[str, Any] = {}
    for name, value in parts.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{leaf}": item for leaf, item in value.items()}
        else:
            found[name] = value
    return found


def _require_same(files: RunFiles, config_json: str) -> None:
    old = _by_keys(read_json(files.config))
    new = _by_keys(json.loads(config_json))
    changed = sorted(
        name
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name)
    )
    if changed:
        name = changed[0]
        raise errors.UserError(
            f"{files.root}: is a run with another configuration ({name} is "
            f"{_shown(old.get(name))} there and {_shown(new.get(name))} here); "
            "choose another --run_dir or the same settings."
        )


def _shown(value: Any) -> str:
    """Return a value, or of a long text, such as a network, its hash."""
    if isinstance(value, str) and len(value) > _LONGEST_SHOWN:
        digest = hashlib.sha256(value.encode(errors="replace")).hexdigest()
        return f"a text with SHA-256 {digest[:16]}..."
    return repr(value)
