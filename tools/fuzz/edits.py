"""Changes inside a JSON tree: at any path another type, another size, one more, one less."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Final, cast

from tools.fuzz.dread import VALUES

Tree = object
Place = tuple[str | int, ...]
TreeEdit = Callable[[Random, Tree], Tree]

_PLACES_MAX: Final = 20_000
_WHOLE_MAX: Final = 1e300
_FACTORS: Final = (-1, 0, 0.01, 0.1, 0.99, 1.01, 2, 10, 100, 1e6, 1e300)


def json_edit(rng: Random, raw: bytes) -> bytes:
    """The valid JSON file `raw` with one to three changes in its tree."""
    return text_of(rng, edited(rng, json.loads(raw)))


def edited(rng: Random, tree: Tree) -> Tree:
    """A copy of `tree` with one to three changes."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        tree = rng.choice(_EDITS)(rng, tree)
    return tree


def text_of(rng: Random, tree: Tree) -> bytes:
    """The tree as a program might write it, NaN and lone surrogates included."""
    is_plain = bool(rng.getrandbits(1))
    text = json.dumps(tree, ensure_ascii=is_plain, indent=rng.choice((None, 2)))
    return text.encode("utf-8", errors="surrogatepass")


def places(tree: Tree) -> list[Place]:
    """Every place in the tree, the root first."""
    found: list[Place] = []
    for place in _places(tree, ()):
        found.append(place)
        if len(found) == _PLACES_MAX:
            break
    return found


def value_at(tree: Tree, place: Place) -> Tree:
    """What stands there."""
    for key in place:
        tree = cast("dict[str | int, Tree]", tree)[key]
    return tree


def with_value(tree: Tree, place: Place, value: Tree) -> Tree:
    """A copy of the tree with another value there."""
    if not place:
        return value
    key, rest = place[0], place[1:]
    below = with_value(value_at(tree, (key,)), rest, value)
    if isinstance(tree, dict):
        return {**tree, key: below}
    changed = list(cast("list[Tree]", tree))
    changed[int(key)] = below
    return changed


def _places(tree: Tree, place: Place) -> Iterator[Place]:
    yield place
    if isinstance(tree, dict):
        for key, item in tree.items():
            yield from _places(item, (*place, key))
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from _places(item, (*place, index))


def _swap_type(rng: Random, tree: Tree) -> Tree:
    return with_value(tree, rng.choice(places(tree)), rng.choice(VALUES))


def _scale(rng: Random, tree: Tree) -> Tree:
    """A number a hundred times too large, of the other sign, or just past its limit."""
    found = [p for p in places(tree) if _is_scalable(value_at(tree, p))]
    if not found:
        return _swap_type(rng, tree)
    place = rng.choice(found)
    value = cast(float, value_at(tree, place))
    scaled = value * rng.choice(_FACTORS) + rng.choice((0, 0, 1, -1, 1e-9))
    is_whole = isinstance(value, int) and abs(scaled) < _WHOLE_MAX
    return with_value(tree, place, int(scaled) if is_whole else scaled)


def _is_scalable(value: Tree) -> bool:
    return type(value) in (int, float) and abs(cast(float, value)) < _WHOLE_MAX


def _as_text(rng: Random, tree: Tree) -> Tree:
    """A number or switch in quotes."""
    place = rng.choice(places(tree))
    value = value_at(tree, place)
    if isinstance(value, (dict, list)):
        return with_value(tree, place, [value])
    return with_value(tree, place, json.dumps(value))


def _drop(rng: Random, tree: Tree) -> Tree:
    found = places(tree)[1:]
    if not found:
        return tree
    place = rng.choice(found)
    above = value_at(tree, place[:-1])
    if isinstance(above, dict):
        rest: Tree = {key: item for key, item in above.items() if key != place[-1]}
    else:
        entries = cast("list[Tree]", above)
        rest = [item for index, item in enumerate(entries) if index != place[-1]]
    return with_value(tree, place[:-1], rest)


def _rename(rng: Random, tree: Tree) -> Tree:
    """A slip of the pen in a key."""
    found = [p for p in places(tree)[1:] if isinstance(p[-1], str)]
    if not found:
        return tree
    place = rng.choice(found)
    above = cast("dict[str, Tree]", value_at(tree, place[:-1]))
    name = str(place[-1])
    slip = rng.choice((name + "s", name[:-1], name.upper(), name + " ", "\ud800" + name, ""))
    renamed = {slip if key == name else key: item for key, item in above.items()}
    return with_value(tree, place[:-1], renamed)


def _add(rng: Random, tree: Tree) -> Tree:
    found = [p for p in places(tree) if isinstance(value_at(tree, p), (dict, list))]
    if not found:
        return tree
    place = rng.choice(found)
    above, value = value_at(tree, place), rng.choice(VALUES)
    if isinstance(above, dict):
        return with_value(tree, place, {**above, rng.choice(("extra", "", "\udc80", "0")): value})
    entries = cast("list[Tree]", above)
    more = entries * rng.choice((1, 1, 400)) if rng.getrandbits(1) else [value]
    return with_value(tree, place, [*entries, *more])


def _exchange(rng: Random, tree: Tree) -> Tree:
    """Two values of the tree change places; each is well formed, neither belongs there."""
    found = places(tree)[1:]
    if not found:
        return tree
    one, two = rng.choice(found), rng.choice(found)
    if one[: len(two)] == two or two[: len(one)] == one:
        return tree
    first, second = value_at(tree, one), value_at(tree, two)
    return with_value(with_value(tree, one, second), two, first)


_EDITS: Final[tuple[TreeEdit, ...]] = (
    _swap_type,
    _swap_type,
    _scale,
    _as_text,
    _drop,
    _rename,
    _add,
    _exchange,
)
