import pytest

from dpgan_tf.config.parts import summaries

ALL = (
    summaries.Marginals(),
    summaries.Pairs(),
    summaries.ClassMoments(),
    summaries.ClassFeatures(guide_steps=7),
    summaries.ClassFeatures(guide_steps=0),
)


@pytest.mark.parametrize("part", ALL)
def test_the_releases_of_a_summary_cost_it_whole(part):
    assert sum(part.shares(has_surrogates=True)) == pytest.approx(1)
    assert min(part.shares(has_surrogates=True)) > 0


def test_without_moments_features_and_guide_take_the_whole():
    part = summaries.ClassFeatures(guide_steps=7)
    with_moments = part.shares(has_surrogates=True)
    without = part.shares(has_surrogates=False)
    assert len(with_moments) == 1 + 2 + 1 + 7 and len(without) == 1 + 7
    assert sum(without) == pytest.approx(1)
    ratio = with_moments[3] / with_moments[4]
    assert without[0] / without[1] == pytest.approx(ratio)


@pytest.mark.parametrize("has_surrogates", [False, True])
def test_without_a_guide_the_rest_takes_its_share(has_surrogates):
    part = summaries.ClassFeatures(guide_steps=0)
    shares = part.shares(has_surrogates=has_surrogates)
    assert len(shares) == (4 if has_surrogates else 1)
    assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize("part", ALL[2:])
def test_a_range_of_pixels_costs_one_percent_where_nothing_is_public(part):
    """The others keep their proportions."""
    first, means, products, *_ = part.shares(has_surrogates=True)
    assert first == 0.01
    assert means / (means + products) == pytest.approx(part.marginals_share)


def test_products_are_those_of_the_leading_eighth():
    assert summaries.ClassFeatures().feature_products == 100
    assert summaries.ClassFeatures(feature_directions=3).feature_products == 1
