"""What a trader edits: parameters, profiles, presets of firms, symbols."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from math import isnan
from pathlib import Path
from typing import Final, cast

from bot.cli import check_params
from bot.cli.rules_presets import book_of_file
from bot.errors import ParamsError
from bot.params import load_settings
from bot.params.catalogue import Catalogue
from bot.params.firm import FirmPreset
from bot.params.load import load_catalogue, load_preset, merged_document
from bot.params.schema import params_schema, schema_of
from tools.fuzz.edits import json_edit
from tools.fuzz.model import Answer, Kind, demand, demand_kept, refused
from tools.fuzz.schema import demand_fits
from tools.fuzz.strict import strict_value

PARAMS: Final = Path(__file__).resolve().parents[2] / "params"
_PRESET: Final = "the5ers_high_stakes_classic"
"""The preset that the shipped parameters name."""


_LEFT: Final = "stops_after_r"
"""The one setting in which NaN has a meaning: the rung leaves the stop where it is."""


def params_kinds() -> tuple[Kind, ...]:
    """The parameter file, its schema, an overlay, a preset, a book of presets, the symbols."""
    own = (PARAMS / "current_params.json").read_bytes()
    profiles = tuple(path.read_bytes() for path in sorted((PARAMS / "profiles").glob("*.json")))
    firms = [path.read_bytes() for path in sorted((PARAMS / "firms").glob("*.json"))]
    symbols = (PARAMS / "symbols.json").read_bytes()
    return (
        Kind("params", (own,), _read_params, json_edit),
        Kind("profile", profiles, _read_profile, json_edit),
        Kind("firm preset", tuple(firms), _read_preset, json_edit),
        Kind("preset book", (_book(firms[:2]),), _read_book, json_edit),
        Kind("symbols", (symbols,), _read_symbols, json_edit),
        Kind("schema", ((PARAMS / "params.schema.json").read_bytes(),), _read_schema, json_edit),
    )


def _read_params(folder: Path, raw: bytes) -> Answer:
    path = _furnished(folder, "current_params.json", raw)
    return _loaded(folder, raw, lambda: _whole(path, None))


def _read_profile(folder: Path, raw: bytes) -> Answer:
    _furnished(folder, "profiles/own.json", raw)
    return _loaded(folder, raw, lambda: _whole(folder / "current_params.json", "own"))


def _read_preset(folder: Path, raw: bytes) -> Answer:
    """Alone as its name says, and as the preset of the shipped parameters."""
    name = _id_of(raw)
    path = folder / f"{name}.json"
    path.write_bytes(raw)

    def load() -> None:
        preset = load_preset(path)
        demand("loaded under another name", that=preset.id == name)
        demand_fits(strict_value(raw), cast("Mapping[str, object]", schema_of(FirmPreset)))
        _demand_numbers(preset.model_dump(), "preset")

    return _loaded(folder, raw, load)


def _read_book(folder: Path, raw: bytes) -> Answer:
    path = folder / "book.json"
    path.write_bytes(raw)

    def load() -> None:
        book = book_of_file(path)
        document = cast("dict[str, dict[str, object]]", strict_value(raw))
        for name in document["presets"]:
            _demand_numbers(book(name).model_dump(), name)

    return _loaded(folder, raw, load)


def _read_symbols(folder: Path, raw: bytes) -> Answer:
    path = _furnished(folder, "symbols.json", raw)

    def load() -> None:
        load_catalogue(path)
        demand_fits(strict_value(raw), cast("Mapping[str, object]", schema_of(Catalogue)))
        _whole(folder / "current_params.json", None)

    return _loaded(folder, raw, load)


def _read_schema(folder: Path, raw: bytes) -> Answer:
    """Whether the file may be overwritten with a new schema: anything else is kept."""
    path = folder / "params.schema.json"
    path.write_bytes(raw)
    is_schema = check_params.is_schema(path)
    demand_kept(folder, raw)
    return Answer.ACCEPTED if is_schema else Answer.REFUSED


def _loaded(folder: Path, raw: bytes, load: Callable[[], None]) -> Answer:
    try:
        load()
    except ParamsError as error:
        return refused(error, ".json", "profile")
    finally:
        demand_kept(folder, raw)
    return Answer.ACCEPTED


def _whole(path: Path, profile: str | None) -> None:
    """Load as a start does, then ask the schema and every number once more."""
    settings = load_settings(path, profile=profile)
    name = f"profiles/{profile}.json" if profile else "current_params.json"
    strict_value((path.parent / name).read_bytes())
    document = merged_document(path, profile)
    demand_fits(document, cast("Mapping[str, object]", params_schema()))
    _demand_numbers(settings, "settings")


def _demand_numbers(value: object, where: str) -> None:
    """No setting is NaN; infinity stands for "no limit" in some."""
    if isinstance(value, float):
        demand(f"{where} is NaN", that=not isnan(value))
    for name, item in _entries(value):
        if name != _LEFT:
            _demand_numbers(item, f"{where}.{name}")


def _entries(value: object) -> Iterable[tuple[object, object]]:
    """What a value holds, by name or place."""
    if is_dataclass(value):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return zip(value._fields, value, strict=True)
    return enumerate(value) if isinstance(value, (list, tuple)) else ()


def _furnished(folder: Path, name: str, raw: bytes) -> Path:
    """The parameters' folder with the file `name` in it replaced; the others are the shipped."""
    for other in ("current_params.json", "symbols.json", "firms"):
        if other != name:
            (folder / other).symlink_to(PARAMS / other)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw)
    return path


def _id_of(raw: bytes) -> str:
    """The preset's own name where it still can be read, so that more than the name is tried."""
    try:
        name = json.loads(raw)["id"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return _PRESET
    return name if isinstance(name, str) and name.isidentifier() else _PRESET


def _book(firms: list[bytes]) -> bytes:
    presets = {document["id"]: document for document in map(json.loads, firms)}
    return json.dumps({"presets": presets}).encode()
