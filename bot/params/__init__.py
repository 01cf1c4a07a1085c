"""Parameter files to settings; the only place where percents become fractions."""

from __future__ import annotations

from bot.params.document import Params, params_hash
from bot.params.firm import FirmPreset
from bot.params.firm_notes import not_enforced
from bot.params.firm_rules import to_rules
from bot.params.load import Loaded, load, load_params, load_preset, load_settings
from bot.params.schema import default_document, schema_document

__all__ = [
    "FirmPreset",
    "Loaded",
    "Params",
    "default_document",
    "load",
    "load_params",
    "load_preset",
    "load_settings",
    "not_enforced",
    "params_hash",
    "schema_document",
    "to_rules",
]
