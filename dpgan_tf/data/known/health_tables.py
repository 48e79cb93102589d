"""Tables of mixed columns about patients: MIMIC-III, MIMIC-IV, simulated ones.

Each becomes a folder with a CSV file and its public schema, which are trained
on like any others.
"""

import os
import pathlib

from dpgan_tf import errors
from dpgan_tf.data import registry
from dpgan_tf.data.health import mimic_patients
from dpgan_tf.data.health import mimic_schemas
from dpgan_tf.data.health import schema_rows
from dpgan_tf.data.health import simulated_visits
from dpgan_tf.data.health import stays
from dpgan_tf.data.tables import schema_text

MIMIC_3, MIMIC_4, VISITS = "mimic3_patients", "mimic4", "simulated_visits"

_PATIENTS_FILE, _VISITS_FILE = "patients.csv", "visits.csv"
_TITLES = {MIMIC_3: "MIMIC-III", MIMIC_4: "MIMIC-IV"}
_SCHEMAS = {MIMIC_3: mimic_schemas.mimic_3, MIMIC_4: mimic_schemas.mimic_4}
_BIRTHS = {MIMIC_3: stays.BY_DATE, MIMIC_4: stays.BY_YEAR}


def prepare_mimic(
    name: str,
    *,
    data_dir: str | os.PathLike,
    source: str | os.PathLike | None = None,
) -> registry.Prepared:
    """Read MIMIC's three files into one row for each patient.

    Args:
      name: `MIMIC_3` or `MIMIC_4`.
      data_dir: folder of named data sets.
      source: folder of the files.

    Returns:
      The table's path and schema, and what was read and left out, for the
      curator only.

    Raises:
      DatasetError: naming the file or column that is missing or wrong.
    """
    if source is None:
        raise errors.DatasetError(
            f"--dataset={name}: give --source=DIR, the folder of "
            f"{_TITLES[name]}'s patients.csv, admissions.csv and "
            "diagnoses_icd.csv (credentials from physionet.org), or try "
            f"--dataset={VISITS}."
        )
    schema = _SCHEMAS[name]()
    patients = mimic_patients.read(source, schema=schema, births=_BIRTHS[name])
    return _write(
        pathlib.Path(data_dir) / name,
        file=_PATIENTS_FILE,
        content=schema_rows.csv_bytes(schema.names, patients.rows),
        schema=schema_text.to_text(schema),
        report=patients.report(),
        lines=patients.lines(),
    )


def prepare_visits(
    name: str, *, data_dir: str | os.PathLike, seed: int = 0
) -> registry.Prepared:
    """Write simulated visits.

    Args:
      name: `VISITS`.
      data_dir: folder of named data sets.
      seed: the visits' seed.

    Returns:
      The table's path and schema, and what it is.
    """
    visits = simulated_visits.draw(seed=seed)
    return _write(
        pathlib.Path(data_dir) / name,
        file=_VISITS_FILE,
        content=simulated_visits.content(visits, seed=seed),
        schema=simulated_visits.SCHEMA.read_text(),
        report=simulated_visits.described(seed=seed),
        lines=[
            f"{simulated_visits.WHAT}",
            f"{simulated_visits.NUM_VISITS:,} visits of "
            f"{simulated_visits.NUM_PATIENTS:,} patients",
        ],
    )


def _write(folder, *, file, content, schema, report, lines):
    schema_rows.write(
        folder, name=file, content=content, schema_text=schema, report=report
    )
    return registry.Prepared(
        str(folder / file),
        [*lines, f"  {folder / file}", f"  {folder / schema_rows.SCHEMA}"],
        schema=str(folder / schema_rows.SCHEMA),
    )


SOURCES = (
    *(
        registry.Source(
            name=name, prepare=prepare_mimic, options=(registry.SOURCE,)
        )
        for name in (MIMIC_3, MIMIC_4)
    ),
    registry.Source(
        name=VISITS, prepare=prepare_visits, options=(registry.SEED,)
    ),
)
