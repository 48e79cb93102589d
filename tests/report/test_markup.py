"""Whatever a text holds, a page shows it and does not obey it."""

import re

import pytest

from dpgan_tf.report import markup

EVIL = '"><script>alert(1)</script>&'


@pytest.mark.parametrize(
    "made",
    [
        markup.paragraph(EVIL),
        markup.items([EVIL]),
        markup.tiles([(EVIL, EVIL)]),
        markup.table([(EVIL, EVIL)], header=(EVIL, EVIL), notes=[EVIL]),
        markup.picture(b"png", EVIL),
        markup.pixels(b"png", EVIL),
        markup.figure(EVIL, ""),
        markup.details(EVIL, ""),
        markup.code(EVIL),
        markup.Section(name=EVIL, title=EVIL, body="").to_html(),
        markup.page(
            EVIL,
            head="",
            sections=[markup.Section(name=EVIL, title=EVIL, body="")],
        ),
    ],
)
def test_a_text_is_escaped_everywhere(made):
    assert "<script" not in made and EVIL not in made
    assert "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in made


def test_lines_of_a_paragraph_stay_lines():
    assert markup.paragraph("a\nb") == "<p>a<br>b</p>"


def test_cells_know_the_titles_of_their_columns():
    made = markup.table(
        [("a", "1"), ("b", "2")], header=("", "value"), notes=["first", ""]
    )
    assert re.findall("<th>(.*?)</th>", made) == ["", "value"]
    rows = re.findall(
        '<tr><td>(.*?)</td><td data-title="value">(.*?)</td></tr>', made
    )
    assert rows == [("a<small>first</small>", "1"), ("b", "2")]


def test_a_table_without_a_header_has_none():
    made = markup.table([("a", "1")])
    assert "thead" not in made and "<tr><td>a</td><td>1</td></tr>" in made


def test_only_pixels_are_kept_sharp():
    assert 'class="pixels"' in markup.pixels(b"png", "")
    assert "pixels" not in markup.picture(b"png", "")
    assert 'src="data:image/png;base64,cG5n"' in markup.picture(b"png", "")


def test_contents_say_what_is_private():
    sections = [
        markup.Section(name="a", title="A", body="one"),
        markup.Section(name="b", title="B", body="two", is_private=True),
    ]
    made = markup.page("Page", head="<p>head</p>", sections=sections)
    assert '<li class=""><a href="#a">A</a></li>' in made
    assert '<li class="private"><a href="#b">B</a></li>' in made
    assert '<section id="b" class="private"><h2>B</h2>two</section>' in made
    assert "<title>Page</title>" in made and "<p>head</p></header>" in made
