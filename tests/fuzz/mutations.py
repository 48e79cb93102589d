"""Changes of a file that a disk, a network or somebody else could make."""

import random
import struct
import zlib

_NUMBERS = (0, 1, 2, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31)
_NUMBERS += (2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)
_FORMS = ("B", "<H", ">H", "<I", ">I", "<Q", ">Q")
_MAX_BYTES = 2**20
_PNG = b"\x89PNG\r\n\x1a\n"
_WORDS = (
    *("", "0", "-1", "1e999", "NaN", "inf", "None", "null", "true"),
    *("9" * 19, "9" * 5_000, "1_0", "٣", "0x10", "1.5", "-0.0", "1e-320"),
    *(",", '"', '""', '"\n', "\r", "\r\n", "\n\n", "\x00", "\t", ";", "\\"),
    *("\ufeff", "\u2028", "\u202e", "é", "😀", "#", "a" * 200_000, "-", "V01-"),
    *("0-99999", "00000-99999", "401-", "\x1b[2J", " ", "E", "{}", "[", "%s"),
)


def mutate(content: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return a copy of a file with one to four changes.

    Args:
      content: content of a valid file.
      rng: source of all choices.
      others: valid files, pieces of which are put in.
    """
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        change = rng.choice(_CHANGES)
        content = change(content, rng, others)[:_MAX_BYTES]
    return content


def mutate_text(content: bytes, rng: random.Random, others: list[bytes]):
    """Return a copy of a text with words put in, or other changes."""
    if rng.random() < 0.4:
        return mutate(content, rng, others)
    for _ in range(rng.choice((1, 1, 2, 5))):
        word = rng.choice(_WORDS).encode()
        first = rng.randrange(len(content) + 1)
        end = min(len(content), first + rng.choice((0, 0, 1, 3, 20)))
        content = (content[:first] + word + content[end:])[:_MAX_BYTES]
    return content


def mutate_png(content: bytes, rng: random.Random, others: list[bytes]):
    """Return a copy of a PNG file with a changed chunk whose checksum fits."""
    chunks = _png_chunks(content)
    if not chunks or rng.random() < 0.4:
        return mutate(content, rng, others)
    number = rng.randrange(len(chunks))
    kind, data = chunks[number]
    what = rng.randrange(4)
    if what == 0:
        chunks[number] = (kind, mutate(data, rng, others))
    elif what == 1:
        chunks.insert(number, chunks[rng.randrange(len(chunks))])
    elif what == 2:
        del chunks[number]
    else:
        size = [
            rng.choice((0, 1, 8, 99, 10**4, 10**5, 2**31 - 1)) for _ in "wh"
        ]
        rest = bytes(rng.choice((0, 1, 2, 3, 4, 6, 8, 16)) for _ in range(5))
        chunks[0] = (b"IHDR", struct.pack(">II", *size) + rest)
    return _PNG + b"".join(map(_png_chunk, chunks))


def _png_chunks(content):
    chunks, place = [], len(_PNG)
    while content.startswith(_PNG) and place + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        chunks.append((kind, content[place + 8 : place + 8 + size]))
        place += 12 + size
    return chunks


def _png_chunk(chunk):
    kind, data = chunk
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + checksum.to_bytes(4)


def _flip(content, rng, others):
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if changed:
            place = _place(changed, rng)
            changed[place] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _place(content, rng):
    """Return a place; half of them in the first bytes, where headers are."""
    end = len(content) if rng.random() < 0.5 else min(len(content), 128)
    return rng.randrange(end)


def _truncate(content, rng, others):
    return content[: rng.randrange(len(content) + 1)]


def _delete(content, rng, others):
    first, end = _chunk(content, rng)
    return content[:first] + content[end:]


def _repeat(content, rng, others):
    first, end = _chunk(content, rng)
    times = rng.choice((1, 1, 2, 100))
    return content[:end] + content[first:end] * times + content[end:]


def _splice(content, rng, others):
    other = rng.choice(others)
    first, end = _chunk(other, rng)
    place = rng.randrange(len(content) + 1)
    return content[:place] + other[first:end] + content[place:]


def _random_bytes(content, rng, others):
    place = rng.randrange(len(content) + 1)
    new = rng.randbytes(rng.choice((1, 2, 16)))
    return content[:place] + new + content[place + rng.choice((0, len(new))) :]


def _number(content, rng, others):
    form = rng.choice(_FORMS)
    bits = 8 * struct.calcsize(form)
    value = struct.pack(form, rng.choice(_NUMBERS) % 2**bits)
    place = _place(content, rng) if content else 0
    return content[:place] + value + content[place + len(value) :]


def _digits(content, rng, others):
    """Put another number where digits stand."""
    places = [i for i, byte in enumerate(content) if 48 <= byte < 58]
    if not places:
        return _flip(content, rng, others)
    first = end = rng.choice(places)
    while end < len(content) and 48 <= content[end] < 58:
        end += 1
    number = str(rng.choice(_NUMBERS)) * rng.choice((1, 1, 1, 300))
    return content[:first] + number.encode() + content[end:]


def _chunk(content, rng):
    first = rng.randrange(len(content) + 1)
    length = rng.choice((1, 2, 4, 16, 100, len(content)))
    return first, min(len(content), first + length)


_CHANGES = (
    *(_flip, _flip, _truncate, _delete, _repeat, _splice),
    *(_random_bytes, _number, _digits),
)
