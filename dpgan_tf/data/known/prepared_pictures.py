"""Pictures that prepare-data brought to one size, by name or by path."""

from dpgan_tf.data import registry
from dpgan_tf.data.pictures import preparation
from dpgan_tf.data.pictures import stored

SOURCES = (
    registry.Source(
        name="a folder of prepared pictures",
        load=preparation.loader({}),
        is_at=stored.is_store,
        is_kept=True,
    ),
)
