import dataclasses

import pytest

from dpgan_tf import errors
from dpgan_tf.config import recipe as recipes
from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import setting


@pytest.mark.parametrize(
    "part", [cls for of in kinds.PARTS.values() for cls in of.values() if cls]
)
def test_every_setting_has_a_range_and_a_meaning(part):
    for field in dataclasses.fields(part):
        assert isinstance(field.metadata["range"], setting.Range), field.name
        meaning = field.metadata["meaning"]
        assert len(meaning) > 5 and meaning.endswith("."), field.name
    assert part.__doc__.split("\n")[0].endswith("."), part


def test_there_are_few_settings():
    # Four of them are words for the model card, and change nothing in a run;
    # two say whose record each is, two what a table's columns are, and one is
    # for speed alone, and one says what a score is about.
    assert len([*kinds.settings()]) + 1 <= 71
    assert set(kinds.PARTS) == {
        field.name
        for field in dataclasses.fields(recipes.Recipe)
        if field.name != "name"
    }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Example(setting.Part):
    size: int = setting.of(setting.size(10), "A size.", 1)
    share: float = setting.of(setting.BELOW_1, "A share.", 0.5)
    maybe: float | None = setting.of(
        setting.or_none(setting.POSITIVE, "for none"), "Maybe.", None
    )
    word: str = setting.of(setting.one_of("a", "b"), "A word.", "a")
    is_on: bool = setting.of(setting.SWITCH, "A switch.", False)
    said: str = setting.of(setting.WORDS, "Words.", "")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"size": 0}, r"size=0; expected > 0 and at most 10 \(memory\)"),
        ({"size": 11}, "at most 10"),
        ({"size": 1.5}, r"size=1.5; expected int"),
        ({"size": True}, "size=True; expected int"),
        ({"size": 10**18}, "size has 19 digits"),
        ({"share": 1.0}, r"share=1.0; expected in \[0, 1\)"),
        ({"share": float("nan")}, "share=nan; expected a finite number"),
        ({"share": "x"}, "expected float"),
        ({"maybe": 0.0}, "maybe=0.0; expected > 0, or none for none"),
        ({"word": "c"}, r"word=c; expected one of a, b"),
        ({"word": "\udcff"}, "expected text in UTF-8"),
        ({"is_on": 1}, "expected bool"),
        ({"said": "a" * 101}, "at most 100 letters"),
        *(
            ({"said": said}, r"expected at most 100 letters, digits, single sp")
            for said in (
                *("a\nb", "a\tb", " a", "a ", "a  b", "a\u00a0b", "a\u200bb"),
                *("**a**", "`a`", "a | b", "[a]", "<b>", "a &amp; b", "a:b"),
                *("see www.a.org", "WWW.a.org", "a@b", "#1", "a\\b", '"a"'),
                *("\u0430", "\u01c0", "\u0661", "a\u0301", "\u202ea", "\x1b"),
            )
        ),
    ],
)
def test_a_value_of_the_wrong_type_or_range_is_named(values, said):
    with pytest.raises(errors.ConfigError, match=said):
        Example(**values)


def test_a_whole_number_may_stand_for_a_real_one():
    assert Example(share=0, maybe=2).maybe == 2


@pytest.mark.parametrize(
    "said",
    [
        *("", "a", "Röntgen, 2024 (Łódź)", "MNIST/test_1 - v1.0", "9" * 100),
    ],
)
def test_words_of_a_curator_may_have_accents_and_plain_marks(said):
    assert Example(said=said).said == said
