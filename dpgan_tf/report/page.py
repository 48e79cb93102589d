"""The report of a run as one self-contained HTML file."""

import dataclasses
from collections.abc import Sequence

from dpgan_tf import run_files
from dpgan_tf.claim import about
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import text as claim_text
from dpgan_tf.evaluation import score_text
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.release import sample_files
from dpgan_tf.release import sampling
from dpgan_tf.report import curves
from dpgan_tf.report import markup
from dpgan_tf.report import private_parts
from dpgan_tf.report import public_parts
from dpgan_tf.report import settings

_CONFIG = untrusted_json.record(
    {
        "data": untrusted_json.record(
            {"source": untrusted_json.TEXT}, others=untrusted_json.ANY
        )
    },
    others=untrusted_json.ANY,
)
_TITLE = "A generator trained with differential privacy"
_BANNER = (
    '<p class="banner">For the curator alone. The sections marked private were '
    "computed from private records without noise: epsilon does not cover them. "
    "Publish the page of <code>report --for_release</code> instead.</p>"
)


def build(
    files: run_files.RunFiles,
    rows: Sequence[settings.Setting] = (),
    *,
    variety: float = 1.0,
) -> str:
    """Return the curator's page: everything, private parts marked.

    Args:
      files: the finished run's files.
      rows: the run's settings.
      variety: variety of images, besides 1, that is shown.
    """
    run = _read(files, variety=variety)
    sections = [
        *public_parts.sections(run),
        *private_parts.scores(files, is_private=True),
        *private_parts.sections(files, run.logs),
        *settings.sections(rows),
        public_parts.next_commands(run, files=files),
    ]
    return _page(run, sections, banner=_BANNER)


def build_for_release(
    files: run_files.RunFiles,
    rows: Sequence[settings.Setting] = (),
    *,
    variety: float = 1.0,
) -> str:
    """Return the page for publication, without private parts.

    Losses, clipping and the nearest training images are left out, and so are
    paths, and scores unless the records are public.

    Args:
      files: the finished run's files.
      rows: the run's settings.
      variety: variety of images, besides 1, that is shown.
    """
    run = _read(files, variety=variety)
    sections = public_parts.sections(run)
    config = run_files.read_json(files.config, _CONFIG)
    if config["data"]["source"] in score_text.PUBLIC_BENCHMARKS:
        sections += private_parts.scores(files, is_private=False)
    sections += [
        *settings.sections([_without_path(one) for one in rows]),
        public_parts.next_commands(run),
    ]
    return _page(run, sections)


def _without_path(one: settings.Setting) -> settings.Setting:
    """Return a setting without a path, which may tell of the curator."""
    if not one.is_place or one.value in ("", *about.KNOWN):
        return one
    return dataclasses.replace(one, value="a path of the curator's")


def _read(files: run_files.RunFiles, *, variety: float) -> public_parts.Run:
    schema = sample_files.read_schema(files.release)
    return public_parts.Run(
        claim=run_files.read_json(
            files.release / claims.FILE_NAME, claims.SHOWN
        ),
        generator=sampling.load_generator(
            sampling.generator_directory(files.release), schema=schema
        ),
        schema=schema,
        release=files.release,
        logs=curves.read(files.logs / "private"),
        variety=variety,
    )


def _page(
    run: public_parts.Run,
    sections: Sequence[markup.Section],
    *,
    banner: str = "",
) -> str:
    claim = run.claim
    known = dict(about.rows(claim, is_table=run.is_table))
    tiles = [
        ("epsilon", _number(claim["epsilon"])),
        ("delta", "none" if claim["delta"] is None else f"{claim['delta']!r}"),
        (
            f"private {claim_text.noun(claim)}s, declared",
            f"{claim['num_examples']:,}",
        ),
        ("released on", known["day of the release (UTC)"]),
    ]
    lead = f'<p class="lead">{markup.escape(known["data"])}</p>'
    return markup.page(
        _TITLE, head=lead + banner + markup.tiles(tiles), sections=sections
    )


def _number(epsilon: float | None) -> str:
    return "none" if epsilon is None else claim_text.rounded_up(epsilon, 3)
