"""Finds rule sets: the shipped ones beside the parameter file, or a file of many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.cli.options import params_path
from bot.errors import ParamsError
from bot.params import FirmPreset, Loaded, load, load_preset
from bot.params.load import FIRMS_FOLDER, preset_of
from bot.params.problems import nearest
from bot.params.reader import Document, read_document

PresetBook = Callable[[str], FirmPreset]
"""A preset by its name; `ParamsError` with the nearest known name when there is none."""


def firms_folder(params: Path | None) -> Path:
    """Where the presets lie: in `firms` beside the parameter file."""
    return params_path(params).parent / FIRMS_FOLDER


def preset_names(params: Path | None) -> list[str]:
    """Every rule set there is, by name."""
    return sorted(file.stem for file in firms_folder(params).glob("*.json"))


def named_preset(params: Path | None, name: str) -> FirmPreset:
    """One rule set; raises `ParamsError` for an unknown name or a file that is refused."""
    folder, known = firms_folder(params), preset_names(params)
    if name not in known:
        message = f"preset {name!r}: no such file in {folder}; {nearest(name, known)}"
        raise ParamsError(message)
    return load_preset(folder / f"{name}.json")


def configured(params: Path | None) -> Loaded | None:
    """The account the parameters describe; None when there is no file that can be used."""
    try:
        return load(params_path(params))
    except ParamsError:
        return None


def shipped_book(params: Path | None) -> PresetBook:
    """The presets beside the parameter file, each read once."""
    return _remembered(lambda name: named_preset(params, name))


def book_of_file(path: Path) -> PresetBook:
    """The presets of one file: `{"presets": {name: preset}}`; one that is bad spoils no other."""
    presets = read_document(path).get("presets")
    if not isinstance(presets, dict) or not presets:
        message = f"{path}: presets must be an object of name and rule set"
        raise ParamsError(message)
    return _remembered(lambda name: _from_file(path, presets, name))


def _from_file(path: Path, presets: Document, name: str) -> FirmPreset:
    if name not in presets:
        message = f"preset {name!r}: not in {path}; {nearest(name, list(presets))}"
        raise ParamsError(message)
    document = presets[name]
    if not isinstance(document, dict):
        message = f"{path}: presets.{name} must be an object"
        raise ParamsError(message)
    return preset_of(document, f"{path}, presets.{name}")


def _remembered(find: PresetBook) -> PresetBook:
    known: dict[str, FirmPreset] = {}

    def book(name: str) -> FirmPreset:
        if name not in known:
            known[name] = find(name)
        return known[name]

    return book
