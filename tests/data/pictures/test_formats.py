"""What a picture file's own header says is followed, whatever Pillow hides."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image
from PIL import ImageCms
from PIL import PngImagePlugin

from dpgan_tf.data.pictures import colours as picture_colours
from dpgan_tf.data.pictures import decoding as picture


def saved(image, **options):
    """Return a file of an image, a PNG unless `format` says otherwise."""
    file = io.BytesIO()
    image.save(file, **({"format": "PNG"} | options))
    return file.getvalue()


def plain(mode="RGB", colour=0, size=(20, 20)):
    return Image.new(mode, size, colour)


def prepare(content, size=16, channels=3):
    return picture.prepare(content, size=size, channels=channels)


def refusal(content):
    with pytest.raises(picture.UnusablePictureError) as raised:
        prepare(content)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def png(values, *, bits=16, before=b""):
    """Return a PNG of [height, width, channels], which Pillow cannot write."""
    height, width, channels = values.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    values = values.astype(">u2" if bits == 16 else np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + before
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def chunk(name, data):
    checksum = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + checksum


def tiff(values, *, sample_format=1, extra=()):
    """Return a TIFF of [height, width, channels] with bits as the dtype's."""
    height, width, channels = values.shape
    data = values.tobytes()
    tags = sorted(
        [
            (256, 4, width),
            (257, 4, height),
            (258, 3, 8 * values.itemsize),
            (259, 3, 1),
            (262, 3, 2 if channels == 3 else 1),
            (273, 4, 8),
            (277, 3, channels),
            (278, 4, height),
            (279, 4, len(data)),
            (339, 3, sample_format),
            *extra,
        ]
    )
    entries, late = b"", b""
    place_late = 8 + len(data) + 2 + 12 * len(tags) + 4
    for tag, kind, value in tags:
        if tag in (258, 339) and channels == 3:
            entry = struct.pack("<HHII", tag, kind, 3, place_late + len(late))
            late += struct.pack("<HHH", *[value] * 3)
        else:
            entry = struct.pack("<HHII", tag, kind, 1, value)
        entries += entry
    header = b"II*\0" + struct.pack("<I", 8 + len(data))
    number = struct.pack("<H", len(tags))
    return header + data + number + entries + b"\0\0\0\0" + late


def patched(content, mark, offset, value):
    """Return a file whose byte at an offset from a mark has another value."""
    place = content.index(mark) + offset
    return content[:place] + bytes([value]) + content[place + 1 :]


def uint16(channels, value=2_000):
    return np.full((20, 20, channels), value, np.uint16)


DEEP = {
    **{f"PNG of {n}": png(uint16(n)) for n in (1, 2, 3, 4)},
    "PPM": b"P6\n20 20\n65535\n" + uint16(3).byteswap().tobytes(),
    "PPM with a comment": b"P6 # made\n20 20\n# by hand\n1023\n" + bytes(2_400),
    "PGM": b"P5\n20 20\n4095\n" + uint16(1).byteswap().tobytes(),
    "PPM in text": b"P3\n20 20\n65535\n" + b"2000 " * 1_200,
    "TIFF": tiff(uint16(3)),
    "grey TIFF": saved(plain("I;16", 900), format="TIFF"),
    "TIFF of int32": saved(plain("I", 900), format="TIFF"),
    "TIFF of floats": tiff(np.ones((20, 20, 3), np.float32), sample_format=3),
    "TIFF of doubles": tiff(np.ones((20, 20, 1)), sample_format=3),
    "JPEG 2000": saved(plain("I;16", 900), format="JPEG2000"),
    "JPEG": patched(saved(plain(), format="JPEG"), b"\xff\xc0", 4, 12),
    "SGI": saved(plain("L", 9), format="SGI", bpc=2),
    "AVIF": patched(saved(plain(), format="AVIF"), b"av1C", 6, 0x4C),
}


@pytest.mark.parametrize("name", DEEP)
def test_more_than_eight_bits_are_refused_by_the_files_own_header(name):
    assert "expected at most 8 bits a channel" in refusal(DEEP[name])


@pytest.mark.parametrize("largest", [1, 15, 100, 200, 255])
@pytest.mark.parametrize("magic", [b"P2", b"P3", b"P5", b"P6"])
def test_a_smaller_largest_value_of_pnm_is_white(magic, largest):
    num = 400 * (3 if magic in (b"P3", b"P6") else 1)
    is_text = magic in (b"P2", b"P3")
    values = b"%d " % largest * num if is_text else bytes([largest]) * num
    made = prepare(magic + b"\n20 20\n%d\n" % largest + values)
    np.testing.assert_array_equal(made.pixels, 255)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_grey_of_fewer_bits_reaches_white(bits):
    content = png(np.full((16, 2 * bits, 1), 255), bits=8)
    header = struct.pack(">IIBBBBB", 16, 16, bits, 0, 0, 0, 0)
    content = content.replace(content[8:33], chunk(b"IHDR", header))
    np.testing.assert_array_equal(prepare(content).pixels, 255)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (saved(plain("P", 7)), None),
        (saved(plain("LA", (90, 255))), 90),
        (saved(plain("RGBA", (90, 90, 90, 255))), 90),
        (saved(plain("CMYK", (0, 0, 0, 255)), format="TIFF"), 0),
        (saved(plain("YCbCr", (90, 128, 128)), format="TIFF"), 90),
        (saved(plain("1", 1), format="TIFF"), 255),
        (tiff(np.full((20, 20, 3), 90, np.uint8)), 90),
        (saved(plain(colour=(90, 90, 90)), format="JPEG2000"), 90),
        (saved(plain(colour=(90, 90, 90)), format="SGI"), 90),
        (saved(plain(colour=(90, 90, 90)), format="AVIF"), 90),
        (saved(plain(colour=(90, 90, 90)), format="TGA"), 90),
    ],
    ids=[
        *("palette", "LA", "RGBA", "CMYK", "YCbCr", "1", "TIFF"),
        *("JPEG 2000", "SGI", "AVIF", "TGA"),
    ],
)
def test_eight_bits_of_any_mode_are_read(content, expected):
    pixels = prepare(content).pixels
    if expected is not None:
        np.testing.assert_allclose(pixels, expected, atol=1)


def test_a_depth_that_no_format_has_is_damage():
    content = patched(png(uint16(1)), b"IHDR", 12, 200)
    assert refusal(content).startswith("is damaged")


def test_samples_with_a_sign_are_refused():
    values = np.full((20, 20, 3), -5, np.int8)
    assert "signed samples" in refusal(tiff(values, sample_format=2))


def test_the_preview_of_a_raw_file_is_not_taken_for_the_picture():
    values = np.full((20, 20, 3), 90, np.uint8)
    raw = tiff(values, extra=[(50706, 1, 0x0401), (254, 4, 1)])
    assert "raw picture" in refusal(raw)


def test_colours_in_lab_are_refused_with_that_reason():
    why = refusal(saved(plain("LAB", (50, 0, 0)), format="TIFF"))
    assert "mode LAB" in why and "damaged" not in why


PRIMARIES = ImageCms.createProfile("sRGB")
SRGB = ImageCms.ImageCmsProfile(PRIMARIES).tobytes()


def curve(gamma):
    return (
        b"curv" + bytes(4) + struct.pack(">IH", 1, int(256 * gamma)) + b"\0\0"
    )


def xyz(*values):
    numbers = struct.pack(">iii", *(round(65_536 * v) for v in values))
    return b"XYZ " + bytes(4) + numbers


def profile(space, tags):
    """Return an ICC profile of the second version with some tags."""
    text = b"desc" + bytes(4) + struct.pack(">I", 4) + b"own\0" + bytes(78)
    tags = {b"desc": text + bytes(2), b"wtpt": xyz(0.9642, 1, 0.8249)} | tags
    place = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += struct.pack(">4sII", name, place + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(">I", place + len(data)) + bytes(4)
    header += b"\x02\x40\0\0mntr" + space + b"XYZ " + bytes(12) + b"acsp"
    header += bytes(28) + struct.pack(">iii", 63_190, 65_536, 54_061)
    return header + bytes(128 - len(header)) + table + data


ADOBE = profile(
    b"RGB ",
    {
        b"rXYZ": xyz(0.60974, 0.31111, 0.01947),
        b"gXYZ": xyz(0.20528, 0.62567, 0.06087),
        b"bXYZ": xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": curve(2.2),
        b"gTRC": curve(2.2),
        b"bTRC": curve(2.2),
    },
)
LINEAR_GREY = profile(b"GRAY", {b"kTRC": curve(1.0)})


def test_a_wide_gamut_becomes_srgb():
    content = saved(plain(colour=(100, 200, 100)), icc_profile=ADOBE)
    made = prepare(content)
    assert picture_colours.APPLIED in made.changes
    # By the matrices of both spaces: red falls below sRGB's, green rises.
    red, green, blue = made.pixels[8, 8]
    assert red < 5 and 198 <= green <= 204 and 90 < blue < 101


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF", "WEBP", "AVIF"])
def test_profiles_are_followed_in_every_format(file_format):
    image = plain(colour=(100, 200, 100))
    options = {"format": file_format, "icc_profile": ADOBE, "quality": 95}
    made = prepare(saved(image, **options))
    assert picture_colours.APPLIED in made.changes
    assert made.pixels[8, 8, 0] < 25


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_a_profile_holds_for_palettes_and_transparent_pictures(mode):
    image = plain(colour=(100, 200, 100)).convert(mode)
    made = prepare(saved(image, icc_profile=ADOBE))
    assert made.changes == (picture_colours.APPLIED,)
    assert made.pixels[8, 8, 0] < 25


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("mode", ["L", "LA"])
def test_a_grey_profile_is_followed(mode, channels):
    colour = 55 if mode == "L" else (55, 255)
    content = saved(plain(mode, colour), icc_profile=LINEAR_GREY)
    made = prepare(content, channels=channels)
    # sRGB's curve: 1.055 (55 / 255)^(1 / 2.4) - 0.055, times 255.
    np.testing.assert_allclose(made.pixels, 128, atol=1.5)
    assert picture_colours.APPLIED in made.changes
    assert "colours made grey" not in made.changes


@pytest.mark.parametrize("channels", [1, 3])
def test_the_profile_of_srgb_changes_nothing(channels):
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (16, 16, 3), np.uint8))
    with_profile = prepare(saved(image, icc_profile=SRGB), channels=channels)
    without = prepare(saved(image), channels=channels)
    np.testing.assert_array_equal(with_profile.pixels, without.pixels)
    assert with_profile.changes == without.changes


@pytest.mark.parametrize(
    ("mode", "icc", "change"),
    [
        ("RGB", b"no profile at all", picture_colours.BROKEN),
        ("RGB", ADOBE[:200], picture_colours.BROKEN),
        ("L", SRGB, picture_colours.FOREIGN),
        ("RGB", LINEAR_GREY, picture_colours.FOREIGN),
        ("CMYK", SRGB, picture_colours.FOREIGN),
    ],
)
def test_a_profile_that_cannot_be_followed_is_counted(mode, icc, change):
    content = saved(plain(mode), format="TIFF", icc_profile=icc)
    assert change in prepare(content).changes


@pytest.mark.parametrize(
    ("before", "is_told"),
    [
        (chunk(b"gAMA", struct.pack(">I", 45_455)), False),
        (chunk(b"gAMA", struct.pack(">I", 100_000)), True),
        (
            chunk(b"sRGB", b"\0") + chunk(b"gAMA", struct.pack(">I", 99_000)),
            False,
        ),
        (chunk(b"cHRM", struct.pack(">8I", *[30_000] * 8)), True),
        (chunk(b"cICP", bytes([9, 16, 0, 1])), True),
        (chunk(b"cICP", bytes([1, 13, 0, 1])), False),
    ],
)
def test_other_colours_of_png_are_said(before, is_told):
    made = prepare(png(np.full((20, 20, 3), 90), bits=8, before=before))
    assert (picture_colours.UNTOLD in made.changes) == is_told
    np.testing.assert_array_equal(made.pixels, 90)


def test_adobe_rgb_that_only_exif_tells_is_said():
    exif = Image.Exif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.IFD.Interop] = {1: "R03"}
    made = prepare(saved(plain(), format="JPEG", exif=exif))
    assert any("Adobe RGB" in change for change in made.changes)


@pytest.mark.parametrize("orientation", [2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_every_turn_is_counted(orientation, file_format):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = saved(plain(), format=file_format, exif=exif)
    assert picture.TURNED in prepare(content).changes


@pytest.mark.parametrize("orientation", [0, 1, 9, 300])
def test_what_is_no_turn_is_not_counted(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = saved(plain(), format="JPEG", exif=exif)
    assert picture.TURNED not in prepare(content).changes


FOREIGN_FILES = {
    "an EPS or": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "an SVG": b"<?xml version='1.0'?>\n<svg xmlns='http://x' width='9'/>",
    "a HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
    "HEIF": b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix" + bytes(100),
    "a PDF": b"%PDF-1.7\n" + bytes(100),
    "a NumPy array": b"\x93NUMPY\x01\0" + bytes(100),
    "a zip archive": b"PK\x03\x04" + bytes(100),
    "gzip-compressed": b"\x1f\x8b\x08" + bytes(100),
    "a tar archive": b"a.png".ljust(257, b"\0") + b"ustar\x0000" + bytes(300),
    "a Parquet": b"PAR1" + bytes(100),
    "a DICOM": bytes(128) + b"DICM" + bytes(100),
    "a JPEG XL": b"\xff\x0a" + bytes(100),
    "a Photoshop": b"8BPS\0\x01" + bytes(100),
    "a video": b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + bytes(100),
    "camera": b"\0\0\0\x18ftypcrx \0\0\0\0crx isom" + bytes(100),
    "text": b"age,work\n39,State-gov\n",
    "unknown kind": bytes(range(200, 256)) + bytes(range(200)),
}


@pytest.mark.parametrize("kind", FOREIGN_FILES)
def test_another_kind_of_file_is_named_and_not_called_damaged(kind):
    why = refusal(FOREIGN_FILES[kind])
    assert kind in why and "damaged" not in why


def test_a_long_text_in_a_png_is_passed_over():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "x" * 3_000_000, zip=True)
    texts.add_itxt("notes", "y" * 3_000_000, zip=True)
    made = prepare(saved(plain(colour=(90, 90, 90)), pnginfo=texts))
    np.testing.assert_array_equal(made.pixels, 90)


def test_a_turn_told_by_a_text_of_png_is_followed():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "x" * 3_000_000, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="3"/>')
    assert picture.TURNED in prepare(saved(plain(), pnginfo=texts)).changes


@pytest.mark.parametrize(
    ("file_format", "what"), [("TIFF", "3 pages"), ("GIF", "3 frames")]
)
def test_several_pictures_in_a_file_are_refused_by_their_name(
    file_format, what
):
    frames = [plain(colour=(i, 0, 0)) for i in (0, 100, 200)]
    content = saved(
        frames[0], format=file_format, save_all=True, append_images=frames[1:]
    )
    assert what in refusal(content)


def test_the_first_picture_of_an_mpo_is_taken_and_that_is_said():
    frames = [plain(colour=(90, 90, 90)), plain()]
    content = saved(
        frames[0], format="MPO", save_all=True, append_images=frames[1:]
    )
    made = prepare(content)
    assert "the first of several in its file" in made.changes
    np.testing.assert_allclose(made.pixels, 90, atol=2)


@pytest.mark.parametrize("size", [(200_000, 2), (3, 150_000)])
def test_a_thin_strip_takes_no_more_memory_than_its_pixels(size):
    values = np.arange(size[0] * size[1]).reshape(size[::-1]) % 251
    strip = Image.fromarray(values.astype(np.uint8))
    content = saved(strip)
    resized = []

    def watched(image, shape, *args, **settings):
        resized.append((image.size, shape))
        return original(image, shape, *args, **settings)

    original = Image.Image.resize
    with pytest.MonkeyPatch.context() as patched_class:
        patched_class.setattr(Image.Image, "resize", watched)
        made = prepare(content, size=64)
    ((before, after),) = resized
    assert max(before) < 40 and after == (64, 64)
    side, (left, top) = min(size), (np.array(size) - min(size)) / 2
    middle = (left, top, left + side, top + side)
    expected = strip.resize((64, 64), Image.Resampling.LANCZOS, middle)
    np.testing.assert_allclose(made.pixels[..., 0], expected, atol=2)


def test_values_of_zero_and_one_are_said():
    mask = plain("L", 0)
    mask.paste(1, (0, 0, 10, 20))
    assert picture.DARK in prepare(saved(mask)).changes
    assert picture.DARK not in prepare(saved(plain("L", 0))).changes
