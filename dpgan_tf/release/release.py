"""The folder that may be published: generator, samples, card and claim."""

import os
import stat
from collections.abc import Sequence

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import about as abouts
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import model_card
from dpgan_tf.claim import release_names
from dpgan_tf.data import records
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers


def require_no_other_files(
    files: run_files.RunFiles, form: records.Form
) -> None:
    """Refuse a release folder with files that are not part of a release.

    Args:
      files: the run's files.
      form: form of an example; images and rows have different files.

    Raises:
      PrivacyError: naming the first such file.
    """
    if files.release.is_symlink():
        raise privacy_errors.PrivacyError(
            f"{files.release}: is a link; replace it by a folder, and copy "
            "what is released to where it shall be published."
        )
    # The check of the claim refuses names of classes that its card has not.
    claimed = _parts(form) | {claims.FILE_NAME}
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
                f"{path}: does not belong to a release, and no claim covers "
                "it; move it elsewhere."
            )


def _parts(form: records.Form) -> frozenset[str]:
    if form.blocks:
        return release_names.OF_TYPED
    if form.is_table:
        return release_names.OF_COUNTS
    return release_names.OF_NAMED_CLASSES


def write_claim(
    files: run_files.RunFiles,
    *,
    latent_dim: int,
    num_classes: int,
    first_label: int = 0,
    has_class_names: bool = False,
    form: records.Form,
    schema: schemas.Schema | None = None,
    training_facts: Sequence[tuple[str, str]],
    scores: Sequence[tuple[str, str, str]],
    about: abouts.About,
) -> None:
    """Write the model card, and the claim for the whole release.

    Args:
      files: files of the run, whose generator is written.
      latent_dim: length of a latent vector.
      num_classes: number of the generator's classes, 0 if it takes no labels.
      first_label: number of the first of them.
      has_class_names: whether they have names, in a file of the release.
      form: form of an example.
      schema: schema of typed columns; None for images and counts.
      training_facts: (name, value) of public settings to show.
      scores: (name, value, note) of scores, of published records only.
      about: what the release says about itself.

    Raises:
      PrivacyError: if anything else is in the release, or the claim does not
        hold.
    """
    (files.release / claims.FILE_NAME).unlink(missing_ok=True)
    for name in (claims.FILE_NAME, release_names.CARD):
        durable.unfinished(files.release / name).unlink(missing_ok=True)
    require_no_other_files(files, form)
    card = model_card.model_card(
        claims.build_claim(
            files.ledger, release_dir=files.release, about=about
        ),
        latent_dim=latent_dim,
        num_classes=num_classes,
        first_label=first_label,
        has_class_names=has_class_names,
        form=form,
        schema=schema,
        training_facts=training_facts,
        scores=scores,
    )
    durable.create(files.release / release_names.CARD, card.encode())
    claim = claims.build_claim(
        files.ledger, release_dir=files.release, about=about
    )
    path = claims.write_claim(claim, files.release)
    for finding in claim_check.check_release(files.release):
        if not finding.ok:
            path.unlink()
            raise privacy_errors.PrivacyError(
                f"{files.release}: its claim does not hold ({finding.name}: "
                f"{finding.detail}); remove the folder and run `export`."
            )


def require_complete(files: run_files.RunFiles) -> None:
    """Raise unless a run is finished, and its release complete.

    Args:
      files: the run's files.

    Raises:
      UserError: naming what is missing or damaged.
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
        f"{files.root}: not finished, so there is nothing to report; "
        f"continue with `train --run_dir={files.root}`."
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
      files: the run's files.
    """
    path = files.release / claims.FILE_NAME
    if not (path.is_file() and files.ledger.is_file()):
        return False
    entries = ledgers.read(files.ledger)
    return entries.charged_steps >= entries.header["max_steps"] and all(
        finding.ok for finding in claim_check.check_run(files.root)
    )
