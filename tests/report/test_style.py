"""Every colour has a light and a dark value, and can be read."""

import re

import pytest

from dpgan_tf.report import curves
from dpgan_tf.report import style


def _colours(text):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))


LIGHT, DARK = _colours(style._LIGHT), _colours(style._DARK)


def _luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in parts
    ]
    return sum(
        w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )


def _contrast(a, b):
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *(("ink", "paper"), ("mute", "paper"), ("link", "paper")),
        *(("ink", "card"), ("mute", "card"), ("warn", "paper")),
        *(("warn", "warn-card"), ("ink", "warn-card")),
    ],
)
def test_text_has_the_contrast_of_wcag_aa(colours, ink, paper):
    assert _contrast(colours[ink], colours[paper]) >= 4.5


def test_the_words_of_a_curve_can_be_read_on_both_papers():
    for colours in (LIGHT, DARK):
        assert _contrast(curves._GREY, colours["paper"]) >= 3


def test_both_themes_have_every_colour_that_is_used():
    used = set(re.findall(r"var\(--([a-z-]+)\)", style.CSS))
    assert used == set(LIGHT) == set(DARK)


def test_paper_is_white_in_the_dark_too():
    _, _, printed = style.CSS.partition("@media print")
    assert style._LIGHT in printed and style._DARK not in printed


def test_nothing_is_fetched():
    for word in ("url(", "@import", "http", "@font-face"):
        assert word not in style.CSS
    assert style.CSS.count("{") == style.CSS.count("}")
