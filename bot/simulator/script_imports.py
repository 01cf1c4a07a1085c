"""Importing a library takes no time in a script's world: how long it takes is the host's affair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import ExtensionFileLoader, SourceFileLoader, SourcelessFileLoader
from pathlib import Path
from typing import Final

from bot.simulator.script_clock import ScriptClock
from bot.simulator.script_patches import Patches

_LIBRARIES: Final = "site-packages"  # an environment may live beside the script, too
_LOADS: Final = (
    (SourceFileLoader, "exec_module"),
    (SourcelessFileLoader, "exec_module"),
    (ExtensionFileLoader, "create_module"),
    (ExtensionFileLoader, "exec_module"),
)
_Load = Callable[..., object]


@contextmanager
def free_imports(clock: ScriptClock, folder: Path) -> Iterator[None]:
    """Within it the clock stands while modules load, but for those from the script's `folder`.

    Those are the script's own, and some run a whole strategy when they are imported.
    """

    def freed(load: _Load) -> _Load:
        def standing_load(loader: SourceFileLoader, what: object) -> object:
            path = Path(loader.path).resolve()
            if folder in path.parents and _LIBRARIES not in path.parts:
                return load(loader, what)
            with clock.standing():
                return load(loader, what)

        return standing_load

    patches = Patches()
    for kind, name in _LOADS:
        patches.put(kind, name, freed(getattr(kind, name)))
    try:
        yield
    finally:
        patches.undo()
