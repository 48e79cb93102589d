import pytest

from dpgan_tf import errors


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain name-1.png", "plain name-1.png"),
        ("ü 名 😀", "ü 名 😀"),
        ("a\nok  b", r"a\nok  b"),
        ("\x1b[2Ja\rb\tc\x00", r"\x1b[2Ja\rb\tc\x00"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("a\u2028b\x85c", r"a\u2028b\x85c"),
        ("\udcff.png", r"\udcff.png"),
        ("x" * 3_000 + "y", "x" * 1_500 + "..." + "x" * 499 + "y"),
    ],
)
def test_what_a_terminal_would_act_on_is_escaped(text, shown):
    assert errors.printable(text) == shown


class _Mute(Exception):
    def __str__(self):
        raise ValueError("no words")


class _Wordless(Exception):
    def __str__(self):
        return None


@pytest.mark.parametrize("error", [_Mute(), _Wordless(), _Mute("a", "b")])
def test_an_error_that_cannot_say_what_it_is_has_its_type(error):
    assert errors.first_line(error) == type(error).__name__
