"""What is put around codes, and the words that stand for none."""

import pytest

from dpgan_tf.data.health import code_text


@pytest.mark.parametrize(
    "text, expected",
    [
        (" e11.65\t", "E11.65"),
        ('="0389"', "0389"),
        ("'v30.01'", "V30.01"),
        ("N/A", ""),
        ("null", ""),
        ('" "', ""),
        ("\\N", ""),
        ("NAB", "NAB"),
    ],
)
def test_a_code_is_cleaned_and_words_for_none_are_none(text, expected):
    assert code_text.cleaned(text) == expected
