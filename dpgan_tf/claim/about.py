"""What a release says about itself: its data, its purpose, its day.

All of it is public and written down before training, but for the day and the
versions, which are those of the release. Nothing here comes from a record.
"""

import dataclasses
import datetime
import importlib.metadata
import re
from collections.abc import Mapping
from typing import Any

import dpgan_tf
from dpgan_tf.claim import text as claim_text
from dpgan_tf.config.parts import setting
from dpgan_tf.privacy import untrusted_json

FIELD = "about"
"""Name of these facts in a claim; versions are in a field of their own."""

UNNAMED = "records that the curator did not name"
REAL, SIMULATED = "as given by the curator", "simulated: of no real person"
_PICTURE = "one picture, and its label if it has one"
_ROW = "one row of the table"
_PATIENT = "one row of the table: all codes of one patient"


@dataclasses.dataclass(frozen=True)
class KnownData:
    """What is known of a data set by its name alone.

    Attributes:
      title: its name on a card.
      unit: one record, in words.
      origin: where its records are from, in words.
    """

    title: str
    unit: str = _PICTURE
    origin: str = "published by others"


KNOWN = {
    "mnist": KnownData("MNIST"),
    "fashion_mnist": KnownData("FashionMNIST"),
    "cifar10": KnownData("CIFAR-10"),
    "celeb_a_48": KnownData("CelebA, 48 x 48 pixels"),
    "lsun_u_64": KnownData("LSUN bedrooms, 64 x 64 pixels"),
    "lsun_l_64": KnownData("LSUN, five scenes, 64 x 64 pixels"),
    "adult": KnownData("UCI Adult", f"{_ROW}: one person", REAL),
    "mimic3": KnownData("MIMIC-III", _PATIENT, REAL),
    "simulated_ehr": KnownData(
        "Simulated cohort of patients", _PATIENT, SIMULATED
    ),
    "sample_photos_48": KnownData("Patches of two photographs, 48 x 48"),
    "sample_photos_64": KnownData("Patches of two photographs, 64 x 64"),
}
"""Data sets that cards call by their names."""

LIBRARIES = {
    "dpgan-tf": "dpgan_tf",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "tensorflow-privacy": "tensorflow-privacy",
    "dp-accounting": "dp-accounting",
}
"""Names on a card of the packages whose versions a claim holds."""

_VERSION_FORM = re.compile(
    r"\d{1,9}(\.\d{1,9}){0,4}((a|b|rc)\d{1,9})?"
    r"(\.post\d{1,9})?(\.dev\d{1,9})?",
    re.ASCII,
)
"""A version by PEP 440; epochs and local labels could hold words."""

_VERSION = untrusted_json.of(
    "a version such as 0.4.4",
    lambda value: type(value) is str and _VERSION_FORM.fullmatch(value),
)
VERSIONS = untrusted_json.record(dict.fromkeys(LIBRARIES, _VERSION))


def _words(allowed: setting.Range) -> untrusted_json.Kind:
    return untrusted_json.of(
        allowed.text, lambda value: type(value) is str and allowed.holds(value)
    )


_WORDS = _words(setting.WORDS)
_CURATORS = ("title", "purpose", "contact", "licence")
"""Settings of a run's data that stand in its claim."""

KIND = untrusted_json.record(
    {
        "data": untrusted_json.of(
            "the name of a known data set, or an empty text",
            lambda value: value == "" or _is_known(value),
        ),
        "title": _WORDS,
        "purpose": _WORDS,
        "contact": _words(setting.CONTACT),
        "licence": _WORDS,
        "released_on": untrusted_json.of(
            "a day such as 2026-11-30", lambda value: _is_day(value)
        ),
    }
)
"""The form of these facts in a claim that nobody trusts."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class About:
    """What a release says about itself.

    Attributes:
      data: name of a known data set; empty for others.
      title: name that the curator gave the data; empty for none.
      purpose: what the release is for, in the curator's words.
      contact: who answers questions; empty for none.
      licence: terms of use; empty for none.
      released_on: day of the release, in UTC.
      versions: versions of `LIBRARIES`.
    """

    data: str
    title: str
    purpose: str
    contact: str
    licence: str
    released_on: str
    versions: Mapping[str, str]

    def to_claim(self) -> dict[str, str]:
        """Return the field `FIELD` of a claim."""
        said = dataclasses.asdict(self)
        del said["versions"]
        return said


def today(
    *,
    source: str = "",
    title: str = "",
    purpose: str = "",
    contact: str = "",
    licence: str = "",
) -> About:
    """Return what a release of today says about itself.

    Args:
      source: the run's data set, a name or a path; a path is not published.
      title: name that the curator gave the data; empty for none.
      purpose: what the release is for; empty for none.
      contact: who answers questions; empty for none.
      licence: terms of use; empty for none.
    """
    return About(
        data=source if _is_known(source) else "",
        title=title,
        purpose=purpose,
        contact=contact,
        licence=licence,
        released_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
        versions=_installed(),
    )


def of_claim(claim: Mapping[str, Any]) -> About:
    """Return what a claim says about its release.

    Args:
      claim: content of a `privacy.json` whose forms were checked.
    """
    return About(**claim[FIELD], versions=claim["library_versions"])


def rows(claim: Mapping[str, Any], *, is_table: bool) -> list[tuple[str, str]]:
    """Return what a release says about itself, in words.

    Args:
      claim: content of `privacy.json`.
      is_table: whether records are rows and not pictures.
    """
    said = of_claim(claim)
    known = KNOWN.get(said.data)
    unit = known.unit if known else _ROW if is_table else _PICTURE
    return [
        ("data", _title(said, known)),
        ("origin of the data", known.origin if known else REAL),
        ("one record", unit),
        *unit_rows(claim),
        ("purpose", _quoted(said.purpose) or "not stated"),
        ("contact", _quoted(said.contact) or "not stated"),
        ("licence", _quoted(said.licence) or "not stated"),
        ("day of the release (UTC)", said.released_on),
        (
            "made with",
            ", ".join(
                f"{shown} {said.versions[name]}"
                for name, shown in LIBRARIES.items()
            ),
        ),
    ]


def unit_rows(claim: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return how many private units there are, and what one holds.

    Args:
      claim: content of `privacy.json`.
    """
    noun = claim_text.noun(claim)
    rows = [
        (f"declared number of private {noun}s", f"{claim['num_examples']:,}")
    ]
    if claim_text.UNIT_SIZE in claim:
        most = f"{claim[claim_text.UNIT_SIZE]:,}"
        rows.append(("records of a person, at most", most))
    return rows


def difference(said: About, config: Mapping[str, Any]) -> str:
    """Return what a run's configuration says otherwise, or an empty text.

    Args:
      said: what the release says.
      config: content of the run's config.json.
    """
    data = config.get("data")
    data = data if isinstance(data, dict) else {}
    for name in _CURATORS:
        if getattr(said, name) != data.get(name, ""):
            return f"data.{name} differs from the configuration's"
    return ""


def _title(said: About, known: KnownData | None) -> str:
    """Return the known name, the curator's in quotes, or both."""
    names = [known.title] if known else []
    if said.title:
        names.append(f"{_quoted(said.title)}, as the curator calls it")
    return "; ".join(names) or UNNAMED


def _quoted(words: str) -> str:
    return f'"{words}"' if words else ""


def _installed() -> dict[str, str]:
    """Return the versions of the libraries, without local labels."""
    found = {
        name: importlib.metadata.version(name)
        for name in LIBRARIES
        if name != "dpgan-tf"
    }
    found = {"dpgan-tf": dpgan_tf.__version__} | found
    return {name: version.partition("+")[0] for name, version in found.items()}


def _is_known(value: object) -> bool:
    return type(value) is str and value in KNOWN


def _is_day(value: object) -> bool:
    """Return whether a value is a day in the one notation of a claim."""
    if type(value) is not str:
        return False
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
