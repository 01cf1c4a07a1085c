"""Files in, settings out: the only way parameters reach the bot."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel

from bot.errors import ParamsError
from bot.model.settings import BotSettings
from bot.params.catalogue import Catalogue
from bot.params.contradictions import (
    catalogue_contradictions,
    contradictions,
    preset_contradictions,
)
from bot.params.contradictions_preset import preset_clashes
from bot.params.document import Params
from bot.params.firm import FirmPreset
from bot.params.problems import Problem, nearest, problem, shape_problems, value_problems
from bot.params.reader import Document, read_document
from bot.params.schema import SCHEMA_KEY, params_schema, schema_of

FIRMS_FOLDER, PROFILES_FOLDER, SYMBOLS_NAME = "firms", "profiles", "symbols.json"

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A checked parameter file, what it refers to, and the settings made of both."""

    document: Document
    params: Params
    preset: FirmPreset
    settings: BotSettings


def load_settings(
    path: Path, *, firms_folder: Path | None = None, profile: str | None = None
) -> BotSettings:
    """The settings in the parameter file `path`, its profile laid over it when one is named.

    Presets are read from `firms_folder` (beside the file by default), `symbols.json` and
    `profiles/` from beside the file. Raises `ParamsError` listing every problem at once.
    """
    return load(path, firms_folder=firms_folder, profile=profile).settings


def load(path: Path, *, firms_folder: Path | None = None, profile: str | None = None) -> Loaded:
    """As `load_settings`, with the document, the parameters and the preset behind them."""
    document = merged_document(path, profile)
    firms = firms_folder if firms_folder is not None else path.parent / FIRMS_FOLDER
    catalogue = load_catalogue(_beside(path))
    problems = document_problems(document)
    refused = frozenset(item.field for item in problems)
    problems += catalogue_contradictions(document, catalogue, refused)
    preset, preset_problems = _named_preset(document, firms, refused)
    problems += preset_problems
    if preset is not None:
        problems += preset_contradictions(document, preset, refused)
    _refuse(path, profile, problems)
    assert preset is not None
    params = _built(Params, document)
    return Loaded(document, params, preset, params.to_settings(preset, catalogue))


def _beside(path: Path) -> Path:
    """Where the symbols of a parameter file are described; raises `ParamsError` if they are not."""
    symbols, folder = path.parent / SYMBOLS_NAME, path.parent.resolve()
    if not symbols.exists():
        raise ParamsError(
            f"{symbols}: no such file; what each symbol is stands beside the parameter file, that "
            f"is in {folder}: copy {SYMBOLS_NAME} and {FIRMS_FOLDER}/ there from the bot's params"
        )
    return symbols


def load_params(path: Path) -> Params:
    """The parameters in `path`, checked alone: without preset, symbols or profile."""
    document = read_document(path)
    _refuse(path, None, document_problems(document))
    return _built(Params, document)


def load_preset(path: Path) -> FirmPreset:
    """One firm's rule set; its `id` must be the file's name."""
    document = read_document(path)
    problems = _preset_problems(document)
    if not problems and document["id"] != path.stem:
        problems.append(problem("id", document["id"], f'must be the file\'s name, "{path.stem}"'))
    _refuse(path, None, problems)
    return _built(FirmPreset, document)


def preset_of(document: Document, name: str) -> FirmPreset:
    """One firm's rule set from a document in memory; `name` only appears in errors."""
    _refuse(Path(name), None, _preset_problems(document))
    return _built(FirmPreset, document)


def load_catalogue(path: Path) -> Catalogue:
    """The symbols we know; a broker name belongs to one of them only."""
    document = read_document(path)
    problems = _model_problems(Catalogue, document)
    if not problems:
        problems.extend(_doubled_names(document))
    _refuse(path, None, problems)
    return _built(Catalogue, document)


def merged_document(path: Path, profile: str | None = None) -> Document:
    """The document in `path` with the named profile's keys in place of its own."""
    document = read_document(path)
    if profile is None:
        return document
    profiles = path.parent / PROFILES_FOLDER
    file = profiles / f"{profile}.json"
    known = _stems(profiles)
    if profile not in known:
        message = f"no profile {profile!r} in {profiles}; {nearest(profile, known)}"
        raise ParamsError(message)
    overlay = read_document(file)
    if not overlay:
        message = f"{file}: changes nothing"
        raise ParamsError(message)
    return _merged(document, overlay)


def document_problems(document: Document) -> list[Problem]:
    """Everything wrong within a parameter document, without preset and symbols."""
    schema = params_schema()
    problems = [
        *shape_problems(document, schema),
        *value_problems(Params, document, schema),
    ]
    refused = frozenset(item.field for item in problems)
    return [*problems, *contradictions(document, refused)]


def _named_preset(
    document: Document, firms: Path, refused: frozenset[str]
) -> tuple[FirmPreset | None, list[Problem]]:
    if refused & {"account", "account.firm_preset"}:
        return None, []
    account = cast(Document, document["account"])
    name = cast(str, account["firm_preset"])
    known = _stems(firms)
    if name not in known:
        text = f"no such file in {firms}; {nearest(name, known)}"
        return None, [problem("account.firm_preset", name, text)]
    return load_preset(firms / f"{name}.json"), []


def _preset_problems(document: Document) -> list[Problem]:
    return _model_problems(FirmPreset, document) or list(preset_clashes(document))


def _model_problems(model: type[BaseModel], document: Document) -> list[Problem]:
    root = schema_of(model)
    return [*shape_problems(document, root), *value_problems(model, document, root)]


def _built(model: type[M], document: Document) -> M:
    body = {key: value for key, value in document.items() if key != SCHEMA_KEY}
    return model.model_validate_json(json.dumps(body))


def _doubled_names(document: Document) -> Iterable[Problem]:
    owners: dict[str, str] = {}
    for symbol, entry in cast("dict[str, Document]", document["symbols"]).items():
        for index, name in enumerate(cast("list[str]", entry["broker_names"])):
            if name in owners:
                place = f"symbols.{symbol}.broker_names[{index}]"
                yield problem(place, name, f"already names {owners[name]}")
            owners[name] = symbol


def _merged(below: Document, above: Document) -> Document:
    """Objects are merged key by key; lists and plain values are replaced."""
    result = dict(below)
    for key, value in above.items():
        under = below.get(key)
        both = isinstance(under, dict) and isinstance(value, dict)
        result[key] = _merged(cast(Document, under), cast(Document, value)) if both else value
    return result


def _stems(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.json"))


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By group, in the order of the schema, each once; a file of another kind keeps its order."""
    rank = {group: index for index, group in enumerate(Params.model_fields)}
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda item: rank.get(item.field.split(".")[0], len(rank)))


def _refuse(path: Path, profile: str | None, problems: list[Problem]) -> None:
    if not problems:
        return
    over = f" with profile {profile}" if profile is not None else ""
    ordered = _in_order(problems)
    count = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    lines = "\n".join(f"  {item.line}" for item in ordered)
    message = f"{path}{over}: {count}\n{lines}"
    raise ParamsError(message)
