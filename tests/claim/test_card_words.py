from dpgan_tf.claim import card_words
from dpgan_tf.config import presets
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.run import assembly


def test_the_title_of_every_score_may_stand_on_a_card():
    every = [*metrics.every().values(), *row_metrics.every().values()]
    titles = {title for one in every for title in one.columns.values()}
    assert titles == set(card_words.SCORES)


def test_every_preset_has_the_settings_that_a_card_shows():
    for name in presets.names():
        facts = assembly.training_facts(presets.get(name))
        assert [fact for fact, _ in facts] == list(card_words.SETTINGS)
