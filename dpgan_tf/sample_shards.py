"""Very many samples in several files, one after another; resumable.

A shard has whole blocks of samples (`latents`), so that the shards together are
what one file would be. A plan beside them says what they are shards of; one of
the same plan that is there already is not made again.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Sequence

from dpgan_tf import errors
from dpgan_tf import latents
from dpgan_tf import progress
from dpgan_tf import sample_files
from dpgan_tf import sampling
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import untrusted_json

_PLAN = untrusted_json.record(
    {
        "num_samples": untrusted_json.POSITIVE,
        "num_shards": untrusted_json.POSITIVE,
        "seed": untrusted_json.COUNT,
        "generator": untrusted_json.DIGEST,
    }
)
"""What a plan looks like on disk."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What the shards of an output are.

    Attributes:
      num_samples: in all of them.
      num_shards: how many files.
      seed: of the samples.
      generator: SHA-256 of the generator's files.
    """

    num_samples: int
    num_shards: int
    seed: int
    generator: str

    def __post_init__(self):
        """Check that no shard would be empty."""
        num_blocks = -(-self.num_samples // latents.BLOCK_SIZE)
        if self.num_shards > num_blocks:
            raise errors.UserError(
                f"--shards={self.num_shards}; expected at most {num_blocks} "
                f"for {self.num_samples:,} samples, {latents.BLOCK_SIZE} of "
                "which are made together."
            )

    def bounds(self, shard: int) -> tuple[int, int]:
        """Return the first sample of a shard and the one after its last.

        Args:
          shard: its number.
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
      output: FILE.npz, FILE.csv or FILE.tfrecord.
      shard: its number.
      num: how many there are.
    """
    path = pathlib.Path(output)
    return path.with_name(f"{path.stem}-{shard:05}-of-{num:05}{path.suffix}")


def begun_seed(output: str | os.PathLike) -> int | None:
    """Return the seed of shards that were begun before, None without any.

    Args:
      output: of the shards.
    """
    path = _plan_path(output)
    return _read(path)["seed"] if path.is_file() else None


def is_unfinished(output: str | os.PathLike) -> bool:
    """Return whether shards were begun and some of them are missing.

    Args:
      output: of the shards.
    """
    path = _plan_path(output)
    if not path.is_file():
        return False
    num = _read(path)["num_shards"]
    return not all(shard_path(output, i, num).exists() for i in range(num))


def write(
    generator: sampling.ExportedGenerator,
    output: str | os.PathLike,
    plan: Plan,
    *,
    columns: Sequence[str] = (),
    overwrite: bool,
) -> None:
    """Write the shards that are not there yet.

    Args:
      generator: of the samples.
      output: FILE.npz, FILE.csv or FILE.tfrecord; shards have their number in
        the name.
      plan: what they are.
      columns: names of the columns, if the samples are records.
      overwrite: whether shards of another plan, or all of this one, are
        removed. Some of this one are gone on with.

    Raises:
      UserError: if all shards are there, or some of another plan, and they
        are not to be overwritten.
    """
    paths = [
        shard_path(output, i, plan.num_shards) for i in range(plan.num_shards)
    ]
    _claim(output, plan, overwrite=overwrite)
    missing = [i for i, path in enumerate(paths) if not path.exists()]
    sizes = {i: end - first for i, (first, end) in _bounds(plan, missing)}
    with progress.bar(
        "generate",
        total=plan.num_samples,
        unit="sample",
        initial=plan.num_samples - sum(sizes.values()),
    ) as bar:
        for i, (first, end) in _bounds(plan, missing):
            batches = generator.samples(end, plan.seed, first_sample=first)
            sample_files.write(
                progress.counted(batches, bar),
                paths[i],
                num_samples=sizes[i],
                columns=columns,
            )


def generator_digest(directory: str | os.PathLike) -> str:
    """Return the SHA-256 of a generator's files and their names.

    Args:
      directory: folder of the SavedModel.
    """
    digest = hashlib.sha256()
    for path in sorted(pathlib.Path(directory).rglob("*")):
        if path.is_file():
            digest.update(os.fsencode(path.relative_to(directory)))
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _bounds(plan, shards):
    return [(i, plan.bounds(i)) for i in shards]


def _claim(output, plan, *, overwrite):
    """Write the plan, or see that it is the one that was begun."""
    path = _plan_path(output)
    wanted = dataclasses.asdict(plan)
    there = _others(output)
    same = path.is_file() and _read(path) == wanted
    if same and is_unfinished(output):
        return
    if same and not overwrite:
        raise errors.UserError(
            f"--output={output}: all {plan.num_shards} shards are there; "
            "choose another name or add --overwrite."
        )
    if there and not overwrite:
        raise errors.UserError(
            f"{there[0]}: is a shard of other samples; choose another name "
            "with --output, or add --overwrite."
        )
    for shard in there:
        shard.unlink()
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.create(path, (json.dumps(wanted, indent=1) + "\n").encode())


def _others(output):
    path = pathlib.Path(output)
    if not path.parent.is_dir():
        return []
    digits = "[0-9]" * 5
    pattern = f"{path.stem}-{digits}-of-{digits}{path.suffix}"
    return sorted(path.parent.glob(pattern))


def _plan_path(output):
    path = pathlib.Path(output)
    return path.with_name(path.name + ".shards.json")


def _read(path):
    return untrusted_json.read(
        path,
        _PLAN,
        error=errors.UserError,
        what="is damaged",
        remedy="remove it and the shards beside it",
    )
