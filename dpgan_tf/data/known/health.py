"""Prepare tables of patients: MIMIC-III's, or a simulated cohort's."""

import os
import pathlib
from collections.abc import Sequence

import numpy as np
from absl import flags

from dpgan_tf import errors
from dpgan_tf.data import chance
from dpgan_tf.data import datasets
from dpgan_tf.data import hints
from dpgan_tf.data import registry
from dpgan_tf.data.health import icd9
from dpgan_tf.data.health import mimic
from dpgan_tf.data.health import mimic_files
from dpgan_tf.data.health import simulated_ehr
from dpgan_tf.data.health import table_files

MIMIC, SIMULATED = "mimic3", "simulated_ehr"

_TEST_FRACTION = 0.2
_NUM_SIMULATED = 37_216
"""Four fifths of the cohort's 46,520 patients."""

_ADMISSIONS = ("admissions.csv", "admissions.csv.gz")


def prepare(
    name: str,
    *,
    data_dir: str | os.PathLike,
    source: str | os.PathLike | None = None,
    codes: str | os.PathLike | None = None,
    largest_count: int = 1,
    seed: int = 0,
) -> registry.Prepared:
    """Read diagnoses into a table, and store it under `data_dir`.

    About a fifth of the patients, by a hash of seed and number, is held out
    for scores: adding or removing a patient does not move any other.

    Args:
      name: `MIMIC` or `SIMULATED`.
      data_dir: folder of named data sets.
      source: folder of MIMIC-III's files; a simulated cohort has its own.
      codes: file with the public list of columns; by default the shipped one.
      largest_count: limit to which larger counts are cut; 1 for yes and no.
      seed: seed of the held-out patients, and of a simulated cohort.

    Returns:
      The name, and what was read and left out, for the curator only.

    Raises:
      DatasetError: naming the file or column that is missing or wrong.
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
    columns = icd9.read_codes(pathlib.Path(codes or icd9.SHIPPED))
    patients = mimic.read(source, codes=columns)
    table_files.write(
        folder,
        to_dataset(
            patients, columns, name=name, largest=largest_count, seed=seed
        ),
        report=_report(patients, columns, codes),
    )
    return registry.Prepared(name, _lines(patients))


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
      patients: result of `mimic.read`.
      columns: the columns' names.
      name: the data set's name.
      largest: limit to which larger counts are cut.
      seed: the split's seed.

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
    """Decide by a hash of the number, independently of other patients."""
    return chance.of(f"{seed} {subject_id}") < _TEST_FRACTION


def _report(patients, columns, codes) -> dict[str, object]:
    origin = "the shipped list" if codes is None else str(codes)
    return {
        "columns": f"{len(columns)} codes from {origin}; public, not learnt "
        "from the patients",
        "num_patients": len(patients.subject_ids),
        "num_admissions": patients.num_admissions,
        "num_diagnoses": patients.num_diagnoses,
        "num_without_diagnoses": patients.num_without_diagnoses,
        "rows_left_out": mimic_files.as_json(patients.problems),
        "unknown_codes": dict(patients.unknown_codes),
    }


def _lines(patients: mimic.Patients) -> list[str]:
    return [
        f"{len(patients.subject_ids):,} patients, "
        f"{patients.num_admissions:,} admissions, "
        f"{patients.num_diagnoses:,} diagnoses; "
        f"{patients.num_without_diagnoses:,} patients without any",
        *mimic_files.lines(
            patients.problems, patients.unknown_codes, patients.doubt
        ),
    ]


def _hint(path: pathlib.Path, names: Sequence[str]) -> str:
    command = "prepare-data --dataset="
    if any(name.lower() in _ADMISSIONS for name in names):
        source = f"--source={hints.quoted(path)}"
        return (
            f"holds MIMIC's files; run `{command}{MIMIC} {source}` first, or "
            "with --dataset=mimic4 for MIMIC-IV's."
        )
    if hints.is_table(path):
        return (
            "is a table; those that are read end in .csv, .tsv or .parquet, "
            "and have counts or a schema (`schema FILE` drafts one), and "
            "MIMIC's files: give their folder to "
            f"`{command}{MIMIC} --source=DIR`."
        )
    return ""


_OPTIONS = (
    registry.Option(
        "codes",
        flags.DEFINE_string,
        None,
        "file with the public list of columns, a code or range such as V01-V91 "
        "in each line; by default the shipped list.",
    ),
    registry.Option(
        "largest_count",
        flags.DEFINE_integer,
        1,
        "limit to which larger counts are cut; 1 for yes and no.",
        {"lower_bound": 1, "upper_bound": 255},
    ),
    registry.SEED,
)

SOURCES = (
    registry.Source(
        name=MIMIC,
        names={MIMIC: " --source=DIR"},
        prepare=prepare,
        options=(registry.SOURCE, *_OPTIONS),
        hint=_hint,
    ),
    registry.Source(
        name=SIMULATED,
        names={SIMULATED: ""},
        prepare=prepare,
        options=_OPTIONS,
        num_records={SIMULATED: _NUM_SIMULATED},
    ),
)
