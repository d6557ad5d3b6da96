"""Damage to bytes and to JSON."""

import copy

import numpy as np

EDGES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 2**24, 0x7FFFFFFF, 0x80000000)
EDGES += (0xFFFFFFFE, 0xFFFFFFFF)

_JSON_VALUES = (None, True, -1, 0, 2**31, 2**63, 10**400, 0.5, float("nan"), float("inf"), "", "x")
_JSON_VALUES += ("os.system", "../../etc/passwd", "\0", "9" * 5000, [], {}, [[]], {"": None})


def mutate_bytes(data, rng):
    """Return damaged bytes and the kind of the damage."""
    kind = rng.choice(list(_BYTES))
    return _BYTES[kind](bytearray(data), rng), str(kind)


def _flip_bits(data, rng):
    for _ in range(rng.integers(1, 17)):
        data[_place(data, rng)] ^= 1 << int(rng.integers(8))
    return bytes(data)


def _set_bytes(data, rng):
    for _ in range(rng.integers(1, 5)):
        data[_place(data, rng)] = int(rng.choice([0, 1, 0x7F, 0x80, 0xFF]))
    return bytes(data)


def _set_integer(data, rng):
    """Put an extreme number where headers have numbers."""
    for _ in range(rng.integers(1, 3)):
        size, order = int(rng.choice([2, 4])), str(rng.choice(["little", "big"]))
        start = int(rng.integers(max(1, min(len(data), 256) - size)))
        value = int(rng.choice(EDGES)) % 256**size
        data[start : start + size] = value.to_bytes(size, order)
    return bytes(data)


def _truncate(data, rng):
    return bytes(data[: int(rng.integers(len(data)))])


def _cut_out(data, rng):
    start, length = _place(data, rng), int(rng.integers(1, 64))
    return bytes(data[:start] + data[start + length :])


def _repeat(data, rng):
    start, length = _place(data, rng), int(rng.integers(1, 64))
    times = int(rng.integers(2, 50))
    return bytes(data[:start] + data[start : start + length] * times + data[start + length :])


def _insert(data, rng):
    start = _place(data, rng)
    return bytes(data[:start] + rng.bytes(int(rng.integers(1, 64))) + data[start:])


def _place(data, rng):
    """Choose a place, half of the time near the start, where the structure is."""
    return int(rng.integers(min(len(data), 128) if rng.random() < 0.5 else len(data)))


_BYTES = {
    "bits flipped": _flip_bits,
    "bytes set": _set_bytes,
    "integers set": _set_integer,
    "truncated": _truncate,
    "bytes cut out": _cut_out,
    "bytes repeated": _repeat,
    "bytes inserted": _insert,
}


def mutate_json(document, rng):
    """Return a copy of a JSON document in which one to three places are changed."""
    document = copy.deepcopy(document)
    for _ in range(rng.integers(1, 4)):
        places = list(_places(document))
        if not places:
            break
        owner, key = places[rng.integers(len(places))]
        other_owner, other_key = places[rng.integers(len(places))]
        kind = rng.integers(4)
        if kind == 0:
            owner[key] = copy.deepcopy(_JSON_VALUES[rng.integers(len(_JSON_VALUES))])
        elif kind == 1:
            owner[key] = copy.deepcopy(other_owner[other_key])
        elif kind == 2:
            del owner[key]
        else:
            value = owner[key]
            owner[key] = _near(value, rng)
    return document


def _near(value, rng):
    """Return something like a value: longer, nested, of another type."""
    if isinstance(value, str):
        return value * int(rng.integers(2, 1000)) if rng.random() < 0.5 else value[:-1]
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + float(rng.choice([-1, 1, 0.5, 1e9]))
    if isinstance(value, list):
        return value * 3 if rng.random() < 0.5 else [value]
    return [value]


def _places(document):
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in list(items):
        yield document, key
        if isinstance(value, dict | list):
            yield from _places(value)


def mutate_array(data, rng):
    """Damage the header of a .npy file, which is text of a fixed length, or its numbers."""
    header_size = 10 + int.from_bytes(data[8:10], "little")
    header, numbers = data[10:header_size], data[header_size:]
    kind = rng.integers(4)
    if kind == 0:
        header = header.replace(b"(", b"(9" * int(rng.integers(1, 3)), 1)
    elif kind == 1:
        types = [b"'|O'", b"'<U99999999'", b"'<i1'", b"'<f2'", b"'|V0'", b"'<c32'"]
        start = header.find(b"'descr': ") + 9
        end = header.find(b",", start)
        header = header[:start] + types[rng.integers(len(types))] + header[end:]
    elif kind == 2:
        values = np.array([np.nan, np.inf, 1e300, -1.0, 2.0**40])
        chosen = rng.choice(values, 4).tobytes()
        start = 8 * int(rng.integers(max(1, len(numbers) // 8)))
        numbers = numbers[:start] + chosen[: len(numbers) - start] + numbers[start + len(chosen) :]
    else:
        return mutate_bytes(data, rng)[0]
    return data[:8] + len(header).to_bytes(2, "little") + header + numbers
