"""A parameter document that exists in memory only, checked as a file would be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bot.errors import ParamsError
from bot.model.settings import BotSettings
from bot.params.catalogue import Catalogue
from bot.params.contradictions import (
    catalogue_contradictions,
    contradictions,
    preset_contradictions,
)
from bot.params.document import Params
from bot.params.firm import FirmPreset
from bot.params.load import SYMBOLS_NAME, document_problems, load, load_catalogue
from bot.params.problems import Problem
from bot.params.reader import Document
from bot.params.schema import SCHEMA_KEY


@dataclass(frozen=True, slots=True)
class Desk:
    """A checked file and what it refers to, so that changed copies of it need no file."""

    document: Document
    preset: FirmPreset
    catalogue: Catalogue

    @classmethod
    def of_file(cls, path: Path) -> Desk:
        """Read the file; raises `ParamsError` for every problem it has."""
        loaded = load(path)
        return cls(loaded.document, loaded.preset, load_catalogue(path.parent / SYMBOLS_NAME))

    def settings_of(self, document: Document) -> BotSettings:
        """The settings in `document`; raises `ParamsError` with its contradictions in one line.

        `document` has the keys of `self.document`: values may differ, what is there may not.
        """
        body = {key: value for key, value in document.items() if key != SCHEMA_KEY}
        try:
            params = Params.model_validate_json(json.dumps(body))
        except ValidationError:
            self._refuse(document_problems(document))
            raise
        known: frozenset[str] = frozenset()
        self._refuse(
            [
                *contradictions(document, known),
                *catalogue_contradictions(document, self.catalogue, known),
                *preset_contradictions(document, self.preset, known),
            ]
        )
        return params.to_settings(self.preset, self.catalogue)

    def _refuse(self, problems: list[Problem]) -> None:
        if problems:
            message = "; ".join(dict.fromkeys(item.line for item in problems))
            raise ParamsError(message)
