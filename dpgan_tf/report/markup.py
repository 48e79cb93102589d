"""Parts of a page: sections, tables, pictures; every text is escaped."""

import base64
import dataclasses
import html
from collections.abc import Sequence

from dpgan_tf.report import style

escape = html.escape
"""Turn a text into HTML that shows it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a page that its contents list.

    Attributes:
      name: its place in the page's address.
      title: its title.
      body: its HTML.
      is_private: whether it depends on private records.
    """

    name: str
    title: str
    body: str
    is_private: bool = False

    @property
    def css(self) -> str:
        """The class of its elements."""
        return "private" if self.is_private else ""

    def to_html(self) -> str:
        """Return the section as HTML."""
        return (
            f'<section id="{escape(self.name)}" class="{self.css}">'
            f"<h2>{escape(self.title)}</h2>{self.body}</section>"
        )


def page(title: str, *, head: str, sections: Sequence[Section]) -> str:
    """Return a page that needs no other file.

    Args:
      title: the page's title.
      head: HTML below the title.
      sections: the page's parts.
    """
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style.CSS}</style></head>"
        f"<body><header><h1>{escape(title)}</h1>{head}</header>"
        f"{_contents(sections)}"
        f"<main>{''.join(one.to_html() for one in sections)}</main>"
        "</body></html>\n"
    )


def _contents(sections: Sequence[Section]) -> str:
    lines = "".join(
        f'<li class="{one.css}"><a href="#{escape(one.name)}">'
        f"{escape(one.title)}</a></li>"
        for one in sections
    )
    return f'<nav aria-label="Contents"><h2>Contents</h2><ol>{lines}</ol></nav>'


def paragraph(text: str) -> str:
    """Return a text as a paragraph; its lines stay lines.

    Args:
      text: the text.
    """
    lines = "<br>".join(escape(text).split("\n"))
    return f"<p>{lines}</p>"


def items(texts: Sequence[str]) -> str:
    """Return texts as a list.

    Args:
      texts: the texts.
    """
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def tiles(facts: Sequence[tuple[str, str]]) -> str:
    """Return a few facts side by side.

    Args:
      facts: name and value of each.
    """
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts
    )
    return f'<dl class="tiles">{cells}</dl>'


def table(
    rows: Sequence[Sequence[str]],
    *,
    header: Sequence[str] = (),
    css: str = "",
    notes: Sequence[str] = (),
) -> str:
    """Return a table.

    Args:
      rows: the cells of each row.
      header: the titles of the columns; none for no header.
      css: class of the table: "numbers", "settings" or empty.
      notes: small text below the first cell of each row; none for none.
    """
    titles = "".join(f"<th>{escape(title)}</th>" for title in header)
    head = f"<thead><tr>{titles}</tr></thead>" if header else ""
    body = "".join(
        _row(row, header, note)
        for row, note in zip(rows, notes or [""] * len(rows), strict=True)
    )
    return (
        f'<div class="scroll"><table class="{css}">{head}'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(cells: Sequence[str], header: Sequence[str], note: str) -> str:
    """Return a row; its cells know their titles, which a phone shows there."""
    inner = [escape(cell) for cell in cells]
    if note:
        inner[0] += f"<small>{escape(note)}</small>"
    marks = [f' data-title="{escape(t)}"' if t else "" for t in header]
    marks += [""] * (len(inner) - len(marks))
    parts = zip(marks, inner, strict=True)
    return f"<tr>{''.join(f'<td{m}>{cell}</td>' for m, cell in parts)}</tr>"


def picture(png: bytes, alt: str) -> str:
    """Return a picture that a click shows as large as the window.

    Args:
      png: a PNG file.
      alt: its description.
    """
    return _zoomable(png, alt, "")


def pixels(png: bytes, alt: str) -> str:
    """Return a picture as `picture`, whose pixels stay sharp.

    Args:
      png: a PNG file.
      alt: its description.
    """
    return _zoomable(png, alt, "pixels")


def _zoomable(png: bytes, alt: str, css: str) -> str:
    data = base64.b64encode(png).decode()
    return (
        '<label class="zoom" title="click: larger, and back">'
        f'<input type="checkbox" aria-label="enlarge: {escape(alt)}"><span>'
        f'<img class="{css}" alt="{escape(alt)}" '
        f'src="data:image/png;base64,{data}"></span></label>'
    )


def figure(caption: str, body: str) -> str:
    """Return a picture with a caption above.

    Args:
      caption: the caption.
      body: HTML of the picture.
    """
    return f"<figure><figcaption>{escape(caption)}</figcaption>{body}</figure>"


def details(summary: str, body: str) -> str:
    """Return a part that is closed at first.

    Args:
      summary: what is shown then.
      body: HTML of the rest.
    """
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"


def code(text: str) -> str:
    """Return commands or a program.

    Args:
      text: the lines.
    """
    return f"<pre><code>{escape(text)}</code></pre>"
