"""The report of a run as one self-contained HTML file."""

import base64
import html
from collections.abc import Iterator, Mapping, Sequence

from dpgan_tf import run_files
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import text as claim_text
from dpgan_tf.evaluation import score_text
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.release import sample_files
from dpgan_tf.release import sampling
from dpgan_tf.report import curves
from dpgan_tf.report import pictures

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem
  auto; padding: 0 1rem; color: #222; }
h1, h2 { line-height: 1.2; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #ddd;
  text-align: right; }
th:first-child, td:first-child { text-align: left; }
section { overflow-x: auto; }
img { max-width: 100%; }
img.pixels { image-rendering: pixelated; width: 36rem; }
.words td, .words th { text-align: left; }
.private { border-left: .4rem solid #c33; padding-left: 1rem; }
.private h2::after { content: " - private, not for publication";
  color: #c33; font-size: .9rem; }
pre { overflow-x: auto; background: #f6f6f6; padding: .8rem; }
"""
_CONFIG = untrusted_json.record(
    {
        "data": untrusted_json.record(
            {"source": untrusted_json.TEXT}, others=untrusted_json.ANY
        )
    },
    others=untrusted_json.ANY,
)
_NUM_ROWS = 12
_SEED = 1


def build(files: run_files.RunFiles) -> str:
    """Return the curator's page: everything, private parts marked.

    Args:
      files: the finished run's files.
    """
    logs = curves.read(files.logs / "private")
    parts = [*_public_parts(files, logs), *_private_parts(files, logs)]
    return _page(parts)


def build_for_release(files: run_files.RunFiles) -> str:
    """Return the page for publication, without private parts.

    Losses, clipping and the nearest training images are left out, and so are
    scores unless the records are public.

    Args:
      files: the finished run's files.
    """
    logs = curves.read(files.logs / "private")
    parts = list(_public_parts(files, logs))
    config = run_files.read_json(files.config, _CONFIG)
    if config["data"]["source"] in score_text.PUBLIC_BENCHMARKS:
        parts += _scores(files)
    return _page(parts)


def _public_parts(files, logs) -> Iterator[str]:
    claim = run_files.read_json(files.release / claims.FILE_NAME, claims.SHOWN)
    generator = sampling.load_generator(
        sampling.generator_directory(files.release)
    )
    yield _section("The privacy statement", _claim(claim))
    if generator.largest_count:
        yield _rows(files, generator)
    else:
        yield from _images(generator)
    epsilon = _found(logs, {"budget/epsilon": "epsilon"})
    if epsilon:
        picture = curves.plot(epsilon, title="Budget spent", unit="epsilon")
        yield _section("Budget", _image(picture, "epsilon against steps"))


def _images(generator) -> Iterator[str]:
    samples, is_by_class = pictures.samples(generator)
    columns = "; each column is a class" if is_by_class else ""
    yield _section(
        "Samples",
        f"<p>Samples of the released generator{columns}.</p>"
        + _image(samples, "samples", is_pixels=True),
    )
    yield _section(
        "Between samples",
        "<p>In each row the latent vector moves from one to another.</p>"
        + _image(pictures.interpolation(generator), "interpolation", True),
    )


def _rows(files, generator) -> str:
    names = sample_files.read_columns(files.release)
    lines = []
    for row in generator.all_samples(_NUM_ROWS, _SEED).examples:
        present = [
            names[j] if row[j] == 1 else f"{names[j]} x {row[j]}"
            for j in row.nonzero()[0]
        ]
        lines.append((str(len(lines) + 1), ", ".join(present)))
    table = _table(("", "columns that are not 0"), lines, css="words")
    return _section(
        "Samples",
        f"<p>{_NUM_ROWS} rows of the released generator.</p>{table}",
    )


def _private_parts(files, logs) -> Iterator[str]:
    yield from _scores(files, css="private")
    for title, unit, tags in _PRIVATE_CURVES:
        found = _found(logs, tags)
        if found:
            picture = curves.plot(found, title=title, unit=unit)
            yield _section(title, _image(picture, title), css="private")
    if files.comparison.exists():
        yield _section(
            "Columns and pairs of columns against held-out rows",
            "<p>Frequency of each column and correlation of each pair, in real "
            "training rows and in samples.</p>"
            + _image(files.comparison.read_bytes(), "comparison"),
            css="private",
        )
    if files.neighbours.exists():
        yield _section(
            "Samples and the training images nearest to them",
            "<p>Each row shows a sample, then its nearest training images, the "
            "nearest first, by a classifier's features, or by pixels if there "
            "is no classifier.</p>"
            + _image(files.neighbours.read_bytes(), "neighbours", True),
            css="private",
        )


_PRIVATE_CURVES = (
    (
        "Inception score against steps",
        "Inception score of 2,048 samples",
        {"private/score/inception_score": "Inception score"},
    ),
    (
        "Diversity against steps",
        "relative to real images",
        {
            "private/score/diversity": "mean of the classes",
            "private/score/diversity_worst": "worst class",
        },
    ),
    ("Critic loss", "mean of a batch", {"private/mean_loss": "critic loss"}),
    (
        "Clipping",
        "share of records",
        {"private/clipped_fraction_0": "clipped in the first group"},
    ),
)


def _scores(files, css="") -> Iterator[str]:
    if not files.scores.exists():
        return
    report = score_text.read(files)
    header, rows = score_text.cells(report)
    note = html.escape(score_text.footnote(report)).replace("\n", "<br>")
    yield _section("Scores", f"{_table(header, rows)}<p>{note}</p>", css=css)


def _found(logs, tags: Mapping[str, str]) -> dict[str, curves.Curve]:
    return {label: logs[tag] for tag, label in tags.items() if tag in logs}


def _claim(claim) -> str:
    statement = f"<p><strong>{html.escape(claim['statement'])}</strong></p>"
    prices = claim.get("epsilon_by_accountant") or {}
    delta = claim["delta"]
    facts = [
        ("delta", "none" if delta is None else f"{delta!r}"),
        *(
            (f"epsilon, {name.upper()}", claim_text.rounded_up(e, 4))
            for name, e in prices.items()
        ),
        ("noisy critic steps charged", f"{claim['num_steps']:,}"),
        ("steps lost in a crash", f"{claim['num_steps_lost']:,}"),
        ("steps that trained the critic", f"{claim['num_steps_kept']:,}"),
        ("sampling probability", f"{claim['sampling_probability']:.6g}"),
        ("number of groups", str(claim["num_groups"])),
        (
            "effective noise multiplier",
            f"{claim['effective_noise_multiplier']:.6g}",
        ),
    ]
    if (summary := claim.get("summary_noise_multiplier")) is not None:
        facts.append(("noise multiplier of the summary", f"{summary:.6g}"))
    return statement + _table(("", ""), facts)


def _table(
    header: Sequence[str], rows: Sequence[Sequence[str]], css: str = ""
) -> str:
    def line(tag, cells):
        inner = "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells)
        return f"<tr>{inner}</tr>"

    head = line("th", header) if any(header) else ""
    body = "".join(line("td", row) for row in rows)
    return f'<table class="{css}">{head}{body}</table>'


def _section(title: str, body: str, css: str = "") -> str:
    return (
        f'<section class="{css}"><h2>{html.escape(title)}</h2>{body}</section>'
    )


def _image(png: bytes, alt: str, is_pixels: bool = False) -> str:
    data = base64.b64encode(png).decode()
    css = "pixels" if is_pixels else ""
    return (
        f'<img class="{css}" alt="{html.escape(alt)}" '
        f'src="data:image/png;base64,{data}">'
    )


def _page(parts: Sequence[str]) -> str:
    title = "A generator trained with differential privacy"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1>{''.join(parts)}</body></html>\n"
    )
