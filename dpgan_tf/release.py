"""The folder that may be published: generator, samples, card and claim."""

import contextlib
import os
import pathlib
import stat
from collections.abc import Sequence

from dpgan_tf import claim as claims
from dpgan_tf import claim_check
from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf import model_card
from dpgan_tf import progress
from dpgan_tf import release_contents
from dpgan_tf import release_names
from dpgan_tf import release_process
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_table
from dpgan_tf.evaluation import table_run_scores
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import ledger as ledgers

# Their records are published: scores made with them need no protection.
PUBLIC_BENCHMARKS = ("mnist", "fashion_mnist")


def write_parts(
    files: run_files.RunFiles, contents: release_contents.Contents
) -> None:
    """Write the generator and a hundred examples of what it makes.

    Args:
      files: of the run.
      contents: what the files are made from.

    Raises:
      PrivacyError: if other files are in the release; they are left alone.
      UserError: if the files could not be written.
    """
    require_no_other_files(files, contents.form)
    with durable.workspace(files.private) as space:
        new = space / "new"
        new.mkdir()
        release_process.write(new, contents)
        durable.make_folder(files.release)
        (files.release / claims.FILE_NAME).unlink(missing_ok=True)
        for part in sorted(new.iterdir()):
            _put_in_place(part, files.release / part.name)


def _put_in_place(part: pathlib.Path, path: pathlib.Path) -> None:
    put = durable.replace_folder if part.is_dir() else durable.publish
    put(part, path)


def require_no_other_files(
    files: run_files.RunFiles, form: records.Form
) -> None:
    """Refuse to write beside, or vouch for, what is no part of a release.

    Args:
      files: of the run.
      form: what an example looks like; images and rows have other files.

    Raises:
      PrivacyError: naming the first such file.
    """
    if files.release.is_symlink():
        raise privacy_errors.PrivacyError(
            f"{files.release}: is a link; replace it by a folder, and copy "
            "what is released to where it shall be published."
        )
    parts = release_names.OF_TABLE if form.is_table else release_names.OF_IMAGES
    claimed = parts | {claims.FILE_NAME}
    unfinished = {
        durable.unfinished(files.release / name)
        for name in (claims.FILE_NAME, release_names.CARD)
    }
    for path in sorted(files.release.rglob("*")):
        name = path.relative_to(files.release).as_posix()
        mode = path.lstat().st_mode
        is_right = (stat.S_ISDIR(mode) and name in release_names.FOLDERS) or (
            stat.S_ISREG(mode) and (name in claimed or path in unfinished)
        )
        if not is_right:
            raise privacy_errors.PrivacyError(
                f"{path}: is no part of a release, and no claim covers it; "
                "move it elsewhere."
            )


def score(
    files: run_files.RunFiles,
    dataset: datasets.Dataset,
    *,
    data_dir: str | os.PathLike,
    num_samples: int,
) -> None:
    """Score the released generator; whatever fails, the release goes on.

    Args:
      files: of the run, whose generator is written.
      dataset: the real records.
      data_dir: where the scoring classifier is kept.
      num_samples: samples to score.
    """
    try:
        with interrupts.heeded():
            _score(files, dataset, data_dir=data_dir, num_samples=num_samples)
    except Exception as error:  # Of anybody's metric, of sklearn, of a disk.
        with contextlib.suppress(OSError):  # Of a folder of that name.
            files.scores.unlink()
        progress.note(
            f"The release is without scores ({errors.first_line(error)}): "
            f"get them later with `evaluate --run_dir={files.root}`."
        )


def _score(files, dataset, *, data_dir, num_samples) -> None:
    if isinstance(dataset, datasets.TableDataset):
        table_run_scores.score_run(
            files.root, dataset=dataset, num_samples=num_samples
        )
        return
    run_scores.score_run(
        files.root,
        dataset=dataset,
        data_dir=data_dir,
        num_samples=num_samples,
    )


def write_claim(
    files: run_files.RunFiles,
    *,
    dataset: str,
    latent_dim: int,
    num_classes: int,
    form: records.Form,
    training_facts: Sequence[tuple[str, str]],
) -> None:
    """Write the model card, and the claim over all that is released.

    Scores go into the card only where the records are published anyway.

    Args:
      files: of the run, whose generator is written.
      dataset: name of the data set.
      latent_dim: length of a latent vector.
      num_classes: whose labels the generator takes, 0 if none.
      form: what an example looks like.
      training_facts: (name, value) of public settings to show.

    Raises:
      PrivacyError: if anything else is in the release, or the claim does not
        hold.
    """
    scores = ()
    if dataset in PUBLIC_BENCHMARKS and files.scores.exists():
        scores = score_table.card_rows(score_table.read(files))
    (files.release / claims.FILE_NAME).unlink(missing_ok=True)
    for name in (claims.FILE_NAME, release_names.CARD):
        durable.unfinished(files.release / name).unlink(missing_ok=True)
    require_no_other_files(files, form)
    card = model_card.model_card(
        claims.build_claim(files.ledger, release_dir=files.release),
        latent_dim=latent_dim,
        num_classes=num_classes,
        form=form,
        training_facts=training_facts,
        scores=scores,
    )
    durable.create(files.release / release_names.CARD, card.encode())
    claim = claims.build_claim(files.ledger, release_dir=files.release)
    path = claims.write_claim(claim, files.release)
    for finding in claim_check.check_release(files.release):
        if not finding.ok:
            path.unlink()
            raise privacy_errors.PrivacyError(
                f"{files.release}: its claim does not hold ({finding.name}: "
                f"{finding.detail}); remove the folder and run `export`."
            )


def require_complete(files: run_files.RunFiles) -> None:
    """Raise unless a run is finished, and its release whole.

    Args:
      files: of the run.

    Raises:
      UserError: naming what is missing, or what is damaged.
    """
    if is_complete(files):
        return
    if os.path.lexists(files.release / claims.FILE_NAME):
        for finding in claim_check.check_run(files.root):
            if not finding.ok:
                raise errors.UserError(
                    f"{files.root}: damaged ({finding.name}: {finding.detail})"
                    f"; {_remedy(files, finding)}."
                )
    raise errors.UserError(
        f"{files.root}: not finished, so there is nothing to report; go on "
        f"with `train --run_dir={files.root}`."
    )


def _remedy(files, finding) -> str:
    if finding.name in ("ledger", "budget", "config"):
        return "restore the whole run directory from one backup"
    return (
        f"remove {files.release}, and write it again with "
        f"`export --run_dir={files.root}`"
    )


def is_complete(files: run_files.RunFiles) -> bool:
    """Return whether the budget is spent and the release made from all of it.

    Args:
      files: of the run.
    """
    path = files.release / claims.FILE_NAME
    if not (path.is_file() and files.ledger.is_file()):
        return False
    entries = ledgers.read(files.ledger)
    return entries.charged_steps >= entries.header["max_steps"] and all(
        finding.ok for finding in claim_check.check_run(files.root)
    )
