"""Prepares tables of patients: MIMIC-III's, or a simulated cohort's."""

import os
import pathlib
from collections.abc import Sequence

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data import chance
from dpgan_tf.data import datasets
from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import mimic
from dpgan_tf.data.health import simulated_ehr
from dpgan_tf.data.health import table_files

MIMIC, SIMULATED = "mimic3", "simulated_ehr"
NAMES = (MIMIC, SIMULATED)

_TEST_FRACTION = 0.2


def prepare(
    name: str,
    *,
    data_dir: str | os.PathLike,
    source: str | os.PathLike | None = None,
    codes: str | os.PathLike | None = None,
    largest: int = 1,
    seed: int = 0,
) -> mimic.Patients:
    """Read diagnoses into a table, and keep it under `data_dir`.

    About a fifth of the patients, by a hash of seed and number, is held out
    for scores: a patient more or less changes the place of no other.

    Args:
      name: of `NAMES`.
      data_dir: where named data sets are kept.
      source: folder of MIMIC-III's files; a simulated cohort has its own.
      codes: file with the public list of columns; the shipped one without.
      largest: counts above it are cut to it; 1 for yes and no.
      seed: of the held-out patients, and of a simulated cohort.

    Returns:
      What was read, and what was left out.

    Raises:
      DatasetError: naming the file or column that is missing or not right.
    """
    folder = pathlib.Path(data_dir) / name
    if name == SIMULATED:
        source = folder / "source"
        simulated_ehr.write(source, seed=seed)
    elif source is None:
        raise errors.DatasetError(
            f"--dataset={name}: give --source=DIR, the folder of MIMIC-III's "
            "ADMISSIONS.csv and DIAGNOSES_ICD.csv (credentials from "
            f"physionet.org), or try --dataset={SIMULATED}."
        )
    columns = icd9.shipped_codes() if codes is None else _read_codes(codes)
    patients = mimic.read(source, codes=columns)
    table_files.write(
        folder,
        to_dataset(patients, columns, name=name, largest=largest, seed=seed),
        report=_report(patients, columns, codes),
    )
    return patients


def load(name: str, *, data_dir: str | os.PathLike) -> datasets.TableDataset:
    """Read a table that `prepare` made.

    Args:
      name: of `NAMES`.
      data_dir: where named data sets are kept.

    Raises:
      DatasetError: if it was not prepared, or is damaged.
    """
    folder = pathlib.Path(data_dir) / name
    if not table_files.is_table(folder):
        source = "" if name == SIMULATED else " --source=DIR"
        raise errors.DatasetError(
            f"{folder}: not prepared; run `prepare-data --dataset={name}"
            f"{source} --data_dir={data_dir}` first."
        )
    return table_files.load(folder)


def to_dataset(
    patients: mimic.Patients,
    columns: Sequence[str],
    *,
    name: str,
    largest: int,
    seed: int,
) -> datasets.TableDataset:
    """Split patients into those to learn from and those held out.

    Args:
      patients: of `mimic.read`.
      columns: names of the columns.
      name: of the data set.
      largest: counts above it are cut to it.
      seed: of the split.

    Raises:
      DatasetError: if all or none would be held out.
    """
    held_out = np.array(
        [_is_held_out(number, seed) for number in patients.subject_ids], bool
    )
    if held_out.all() or not held_out.any():
        raise errors.DatasetError(
            f"{name}: {len(held_out)} patients are too few: some must be held "
            "out, and others left to learn from."
        )
    rows = np.minimum(patients.counts, largest).astype(np.uint8)
    simulated = "SIMULATED cohort" if name == SIMULATED else "MIMIC-III"
    return datasets.TableDataset(
        name=name,
        train_rows=rows[~held_out],
        test_rows=rows[held_out],
        train_identities=patients.subject_ids[~held_out],
        columns=tuple(columns),
        largest=largest,
        origin=f"{simulated}, {len(rows):,} patients",
    )


def _is_held_out(subject_id: int, seed: int) -> bool:
    """Decide by a hash of the number, whatever other patients there are."""
    return chance.of(f"{seed} {subject_id}") < _TEST_FRACTION


def _read_codes(path: str | os.PathLike) -> tuple[str, ...]:
    return icd9.read_codes(pathlib.Path(path))


def _report(patients, columns, codes) -> dict[str, object]:
    origin = "the shipped list" if codes is None else str(codes)
    return {
        "columns": f"{len(columns)} codes from {origin}; public, not learnt "
        "from the patients",
        "num_patients": len(patients.subject_ids),
        "num_admissions": patients.num_admissions,
        "num_diagnoses": patients.num_diagnoses,
        "num_without_diagnoses": patients.num_without_diagnoses,
        "rows_left_out": {
            reason: {
                "num_rows": problem.num_rows,
                "first_lines": list(problem.lines),
            }
            for reason, problem in patients.problems.items()
        },
        "unknown_codes": dict(patients.unknown_codes),
    }
