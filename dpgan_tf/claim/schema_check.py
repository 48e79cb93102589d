"""Checks that a release's schema.json is a schema, in its one canonical form.

A second form could hide words that no column has.
"""

import os
import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from dpgan_tf import errors
from dpgan_tf.claim import facts as claim_facts
from dpgan_tf.claim import release_names
from dpgan_tf.data import records
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy import plain_files

LARGEST = 2**24
"""Largest size of a schema in bytes."""


class Checked(NamedTuple):
    """What a release has for a schema.

    Attributes:
      schema: the schema; None if there is none, or a wrong one.
      problem: what is wrong with it, or an empty text.
    """

    schema: schemas.Schema | None
    problem: str = ""


def read(release_dir: str | os.PathLike[str]) -> Checked:
    """Read and check the schema of a release.

    Args:
      release_dir: the published folder.
    """
    path = pathlib.Path(release_dir) / release_names.SCHEMA
    if not os.path.lexists(path):
        return Checked(None)
    try:
        content = plain_files.read(path, largest=LARGEST, follow_links=False)
        schema = schema_text.parse(content, source=release_names.SCHEMA)
    except OSError as error:
        return Checked(None, str(error.strerror))
    except errors.DatasetError as error:
        return Checked(None, errors.first_line(error))
    if schema_text.to_text(schema).encode() != content:
        return Checked(None, "is not in the canonical form of a schema")
    return Checked(schema)


def is_charged(schema: schemas.Schema, claim: Mapping[str, Any]) -> bool:
    """Return whether a claim can have charged what showed a schema's bounds.

    It is part of the summary, which has less noise than each of its parts.

    Args:
      schema: the schema.
      claim: content of a claim, or a ledger's header, unchecked.
    """
    learnt = schema.learnt_noise_multiplier
    if learnt is None:
        return True
    charged = claim.get(claim_facts.SUMMARY)
    return isinstance(charged, int | float) and 0 < charged < learnt


def form_of(schema: schemas.Schema) -> records.Form:
    """Return the form of a row of a schema.

    Args:
      schema: the schema.
    """
    return records.Form((schema.num_cells,), largest=1, blocks=schema.blocks)
