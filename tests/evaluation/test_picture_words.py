"""Words in pictures."""

from dpgan_tf.evaluation import picture_words


def test_words_are_cut_and_are_no_formulas():
    assert picture_words.short("age", 3) == "age"
    assert picture_words.short("ages", 3) == "ag…"
    assert picture_words.short("a$b\n", 9) == "a\\$b "
