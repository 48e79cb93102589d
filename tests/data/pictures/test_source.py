"""Names of pictures are shown so that no terminal acts on them."""

import pathlib

import pytest

from dpgan_tf.data.pictures import source as picture_source


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("cats/a b.png", "cats/a b.png"),
        ("h\u00fcnd.png", "h\u00fcnd.png"),
        (b"caf\xe9.png", "caf\\xe9.png"),
        ("caf\udce9.png", "caf\\xe9.png"),
        ("a\x1b[31m\n.png", "a\\x1b[31m\\n.png"),
        (pathlib.Path("cats/\u202egnp.exe"), "cats/\\u202egnp.exe"),
    ],
)
def test_a_path_is_shown_printable(path, shown):
    assert picture_source.show(path) == shown
    assert shown.isprintable()


def test_a_picture_hides_its_bytes():
    held = picture_source.Picture("a.png", b"secret", 1)
    assert "secret" not in repr(held)
    assert held.is_test is None


def test_a_source_has_a_unit_for_each_size():
    source = picture_source.Source(
        root=pathlib.Path("pets"),
        classes=(),
        sizes=[3, 3, 1],
        identity="secret",
        pictures_of=iter,
    )
    assert source.num_units == 3
    assert (source.unit, source.test_part) == ("picture", "")
    assert "secret" not in repr(source)
