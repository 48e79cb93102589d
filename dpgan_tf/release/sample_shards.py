"""Very many samples in several files, one after another; resumable.

A shard has whole blocks of samples (`latents`), so that the shards together
equal a single file. FILE.npz.shards.json has their plan, and
FILE.npz.shards.done lists the finished ones with their SHA-256. Finished shards
are not made again.
"""

import dataclasses
import hashlib
import os
import pathlib
import re

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.claim import variety as varieties
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.release import graph_safety
from dpgan_tf.release import latents
from dpgan_tf.release import sample_files
from dpgan_tf.release import sample_writers
from dpgan_tf.release import sampling

MAX_SHARDS = 99_999

_PLAN = untrusted_json.record(
    {
        "num_samples": untrusted_json.POSITIVE,
        "num_shards": untrusted_json.integer(1, MAX_SHARDS),
        "seed": untrusted_json.integer(0, sampling.MAX_SEED),
        "variety": untrusted_json.NUMBER,
        "generator": untrusted_json.DIGEST,
    }
)
"""A plan's form on disk."""

_RECORD = re.compile(r"([0-9]{5}) ([0-9a-f]{64})")
"""A finished shard's number and SHA-256."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of an output's shards.

    Attributes:
      num_samples: number of samples in all of them.
      num_shards: number of files.
      seed: the samples' seed.
      variety: factor of their latents.
      generator: SHA-256 of the generator's files.
    """

    num_samples: int
    num_shards: int
    seed: int
    variety: float = 1.0
    generator: str

    def __post_init__(self):
        """Check that no shard would be empty, and the range of variety."""
        varieties.require(self.variety, is_table=False)
        num_blocks = -(-self.num_samples // latents.BLOCK_SIZE)
        if self.num_shards > num_blocks:
            raise errors.UserError(
                f"--shards={self.num_shards}; expected at most {num_blocks} "
                f"for {self.num_samples:,} samples, {latents.BLOCK_SIZE} of "
                "which are made together."
            )

    def bounds(self, shard: int) -> tuple[int, int]:
        """Return a shard's first sample and the one after its last.

        Args:
          shard: the shard's number.
        """
        num_blocks = -(-self.num_samples // latents.BLOCK_SIZE)
        first, end = (
            number * num_blocks // self.num_shards * latents.BLOCK_SIZE
            for number in (shard, shard + 1)
        )
        return first, min(end, self.num_samples)


def shard_path(output: str | os.PathLike, shard: int, num: int) -> pathlib.Path:
    """Return the name of a shard, such as samples-00003-of-00016.npz.

    Args:
      output: FILE.npz, FILE.csv, FILE.parquet or FILE.tfrecord.
      shard: the shard's number.
      num: number of shards.
    """
    path = pathlib.Path(output)
    return path.with_name(f"{path.stem}-{shard:05}-of-{num:05}{path.suffix}")


def begun_seed(output: str | os.PathLike) -> int | None:
    """Return the seed of shards that were begun before, None if there are none.

    Args:
      output: the shards' output.

    Raises:
      UserError: if their plan cannot be read.
    """
    plan = _begun(output)
    return plan.seed if plan else None


def is_unfinished(output: str | os.PathLike) -> bool:
    """Return whether shards were begun and some are missing or damaged.

    Args:
      output: the shards' output.

    Raises:
      UserError: if their plan cannot be read.
    """
    plan = _begun(output)
    return plan is not None and bool(_missing(output, plan))


def write(
    generator: sampling.ExportedGenerator,
    output: str | os.PathLike,
    plan: Plan,
    *,
    names: sample_writers.Names = sample_writers.NO_NAMES,
    overwrite: bool,
) -> None:
    """Write the missing shards.

    Args:
      generator: the generator of the samples.
      output: FILE.npz, FILE.csv, FILE.parquet or FILE.tfrecord; shards have
        their number in the name.
      plan: the shards' plan.
      names: names of columns and classes.
      overwrite: whether to remove shards of another plan, or a complete set of
        this plan. An incomplete set is continued.

    Raises:
      UserError: if all shards exist, or some of another plan, and `overwrite`
        is False.
    """
    _require_files(output, plan)
    durable.make_folder(pathlib.Path(output).parent)
    durable.remove_abandoned(pathlib.Path(output).parent)
    missing = _claim(output, plan, overwrite=overwrite)
    sizes = {i: end - first for i, (first, end) in _bounds(plan, missing)}
    with progress.bar(
        "generate",
        total=plan.num_samples,
        unit="sample",
        initial=plan.num_samples - sum(sizes.values()),
    ) as bar:
        for i, (first, end) in _bounds(plan, missing):
            batches = generator.samples(
                end, plan.seed, first_sample=first, variety=plan.variety
            )
            path = shard_path(output, i, plan.num_shards)
            sample_files.write(
                progress.counted(batches, bar),
                path,
                num_samples=sizes[i],
                names=names,
            )
            _record(output, i, path)


def generator_digest(directory: str | os.PathLike) -> str:
    """Return the SHA-256 of a generator's files and their names.

    Args:
      directory: folder of the SavedModel.

    Raises:
      UserError: if it contains anything but plain files and folders.
    """
    graph_safety.require_plain(directory)
    digest = hashlib.sha256()
    for path in sorted(pathlib.Path(directory).rglob("*")):
        if path.is_file():
            digest.update(os.fsencode(path.relative_to(directory)))
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _require_files(output, plan):
    """Raise if a folder has the name of a file to write."""
    shards = (
        shard_path(output, i, plan.num_shards) for i in range(plan.num_shards)
    )
    for path in (_plan_path(output), _record_path(output), *shards):
        run_files.require_replaceable(path)


def _bounds(plan, shards):
    return [(i, plan.bounds(i)) for i in shards]


def _claim(output, plan, *, overwrite):
    """Write the plan, or check that it is the one that was begun.

    Returns:
      Numbers of the shards to make.
    """
    is_same = _begun(output) == plan
    if is_same and (missing := _missing(output, plan)):
        return missing
    if is_same and not overwrite:
        raise errors.UserError(
            f"--output={output}: all {plan.num_shards} shards are there; "
            "choose another name or add --overwrite."
        )
    there = _others(output)
    if there and not overwrite:
        raise errors.UserError(
            f"{there[0]}: is a shard of other samples; choose another name "
            "with --output, or add --overwrite."
        )
    path = _plan_path(output)
    for old in (_record_path(output), *there, path):
        old.unlink(missing_ok=True)
    run_files.write_json(path, dataclasses.asdict(plan))
    return list(range(plan.num_shards))


def _others(output):
    path = pathlib.Path(output)
    number = "[0-9]{5}"
    stem, suffix = re.escape(path.stem), re.escape(path.suffix)
    name = re.compile(f"{stem}-{number}-of-{number}{suffix}", re.DOTALL)
    with os.scandir(path.parent) as entries:
        found = [e.name for e in entries if name.fullmatch(e.name)]
    return [path.with_name(name) for name in sorted(found)]


def _missing(output, plan):
    """Return the shards that are missing or were changed."""
    digests = _recorded(output)
    return [
        i
        for i in range(plan.num_shards)
        if i not in digests
        or digests[i] != _digest(shard_path(output, i, plan.num_shards))
    ]


def _recorded(output):
    """Return the SHA-256 of each finished shard."""
    path = _record_path(output)
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    found = [_RECORD.fullmatch(line) for line in lines]
    return {int(line[1]): line[2] for line in found if line}


def _record(output, shard, path):
    # The line break comes first: a crash may have left a partial line.
    line = f"\n{shard:05} {_digest(path)}"
    durable.append(_record_path(output), line.encode())


def _digest(path):
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _plan_path(output):
    path = pathlib.Path(output)
    return path.with_name(path.name + ".shards.json")


def _record_path(output):
    path = pathlib.Path(output)
    return path.with_name(path.name + ".shards.done")


def _begun(output):
    """Return the plan of shards that were begun, None if there are none."""
    path = _plan_path(output)
    if not os.path.lexists(path):
        return None
    damage = {
        "what": "is damaged",
        "remedy": "remove it and its shards",
    }
    found = untrusted_json.read(path, _PLAN, error=errors.UserError, **damage)
    try:
        return Plan(**found)
    except errors.UserError as error:
        raise errors.UserError(
            f"{path}: {damage['what']}: {damage['remedy']}."
        ) from error
