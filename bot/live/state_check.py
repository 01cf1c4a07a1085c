"""Whether a saved document arrived whole in the state made of it."""

from __future__ import annotations


def first_lost(given: object, made: object, where: str) -> str:
    """The first place of `given` that `made` lacks or holds otherwise; empty when there is none.

    A field nobody knows would be dropped in silence, a number in quotes taken for a number, and
    "nan" for one: such a document is another program's, or damaged (FAULTS D13, I11).
    """
    if isinstance(given, dict) and isinstance(made, dict):
        for key, value in given.items():
            place = f"{where}.{key}"
            lost = first_lost(value, made[key], place) if key in made else place
            if lost:
                return lost
        return ""
    if isinstance(given, list) and isinstance(made, list) and len(given) == len(made):
        places = enumerate(zip(given, made, strict=True))
        found = (first_lost(old, new, f"{where}[{index}]") for index, (old, new) in places)
        return next(filter(None, found), "")
    is_same = given == made and isinstance(given, bool) == isinstance(made, bool)
    return "" if is_same else where
