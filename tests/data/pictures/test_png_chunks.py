"""Chunks of PNG files: found by name, and texts taken out."""

import io

import numpy as np
import pytest
from PIL import Image
from PIL import PngImagePlugin

from dpgan_tf.data.pictures import decoding as picture
from dpgan_tf.data.pictures import png_chunks
from tests.data.pictures import picture_files as files

HALF = np.full((3, 2, 1), 90)


def png(*extra):
    return files.png(HALF, bits=8, before=b"".join(extra))


TEXT = files.chunk(b"tEXt", b"Title\0a")
GAMMA = files.chunk(b"gAMA", b"\0\0\xb1\x8f")


def test_names_are_those_of_all_chunks():
    assert png_chunks.names(png(TEXT, GAMMA)) == {
        *(b"IHDR", b"tEXt", b"gAMA", b"IDAT", b"IEND")
    }


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", png_chunks.SIGNATURE, png(TEXT)[1:]]
)
def test_what_is_no_png_has_no_chunks_and_stays_as_it_is(content):
    assert png_chunks.names(content) == frozenset()
    assert png_chunks.without_texts(content) == content
    assert list(png_chunks.checked(content)) == []


@pytest.mark.parametrize("name", [b"tEXt", b"zTXt", b"iTXt"])
def test_texts_are_taken_out_wherever_they_stand(name):
    text = files.chunk(name, b"Title\0a")
    content = png(text, GAMMA, text) + text
    assert png_chunks.without_texts(content) == png(GAMMA)


def test_without_texts_a_file_is_not_copied():
    content = png(GAMMA)
    assert png_chunks.without_texts(content) is content


def test_what_follows_the_last_chunk_is_kept():
    end = b"\0\0\0\xffIDAT, which is cut"
    assert png_chunks.names(png() + end) == png_chunks.names(png())
    assert png_chunks.without_texts(png(TEXT) + end) == png() + end


def test_a_file_of_pillow_without_its_texts_is_the_same_picture():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Title", "a")
    image = Image.effect_noise((300, 200), 50)
    content = files.saved(image, pnginfo=texts)
    stripped = png_chunks.without_texts(content)
    assert stripped == files.saved(image)
    with Image.open(io.BytesIO(stripped)) as again:
        assert again.tobytes() == image.tobytes()


def test_chunks_are_given_up_to_a_wrong_checksum():
    content = png(TEXT, GAMMA)
    assert [name for name, _ in png_chunks.checked(content)] == [
        *(b"IHDR", b"tEXt", b"gAMA", b"IDAT", b"IEND")
    ]
    assert dict(png_chunks.checked(content))[b"tEXt"] == b"Title\0a"
    spoilt = files.patched(content, b"gAMA", 4, 1)
    found = [name for name, _ in png_chunks.checked(spoilt)]
    assert found == [b"IHDR", b"tEXt"]


def test_a_long_text_in_a_png_is_passed_over():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "x" * 3_000_000, zip=True)
    texts.add_itxt("notes", "y" * 3_000_000, zip=True)
    image = files.plain(colour=(90, 90, 90))
    made = files.prepare(files.saved(image, pnginfo=texts))
    np.testing.assert_array_equal(made.pixels, 90)


def test_a_turn_told_by_a_text_of_png_is_followed():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "x" * 3_000_000, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="3"/>')
    made = files.prepare(files.saved(files.plain(), pnginfo=texts))
    assert picture.TURNED in made.changes
