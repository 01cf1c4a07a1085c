"""Hands a walk from function to function as one pointer, so that compiled calls stay cheap.

Compiled code would pass a tuple of arrays by value: some ninety words and a reference count for
every array and call. `by_reference` puts the tuple on the stack of the outermost function and
passes its address; the arrays behind it are seen as tables that nobody counts. They live as long
as the caller of that outermost function holds them, which is longer than the walk.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable
from typing import Any, cast

from numba.core import cgutils, types
from numba.core.imputils import lower_builtin, lower_getattr_generic
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    signature,
)
from numba.extending import intrinsic, models, register_model


class Table(types.Type):
    """A one-dimensional array of records or numbers whose memory somebody else holds."""

    def __init__(self, element: Any) -> None:
        self.element = element
        super().__init__("Table" + _short(element))


class Reference(types.Type):
    """The address of a named tuple; its fields are read where they stand."""

    def __init__(self, bundle: Any) -> None:
        self.bundle = bundle
        super().__init__("Reference" + _short(bundle))

    def field(self, name: str) -> tuple[int, Any]:
        """Place and type of a field, arrays of one dimension as tables."""
        place = self.bundle.fields.index(name)
        return place, self.bundle[place]


def _short(kind: Any) -> str:
    """A name for a type whose own name runs to thousands of letters; the linker reads them all."""
    return hashlib.sha256(str(kind).encode()).hexdigest()[:16]


def _is_table(kind: Any) -> bool:
    return isinstance(kind, types.Array) and kind.ndim == 1 and kind.layout == "C"


@register_model(Table)
class _TableModel(models.StructModel):
    def __init__(self, manager: Any, kind: Table) -> None:
        members = [("first", types.CPointer(kind.element)), ("count", types.intp)]
        super().__init__(manager, kind, members)


@register_model(Reference)
class _ReferenceModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Reference) -> None:
        super().__init__(manager, kind, manager.lookup(kind.bundle).get_value_type().as_pointer())


@infer_getattr
class _ReferenceFields(AttributeTemplate):
    key = Reference

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        if name not in kind.bundle.fields:
            return None
        found = kind.field(name)[1]
        return Table(found.dtype) if _is_table(found) else found


@lower_getattr_generic(Reference)
def _read_field(context: Any, builder: Any, kind: Reference, value: Any, name: str) -> Any:
    place, found = kind.field(name)
    address = cgutils.gep_inbounds(builder, value, 0, place)
    if not isinstance(found, types.Array):
        return _unchanging(builder, address)
    array = context.make_array(found)(context, builder, ref=address)
    if _is_table(found):
        table = cgutils.create_struct_proxy(Table(found.dtype))(context, builder)
        table.first = _unchanging(builder, array._get_ptr_by_name("data"))
        table.count = _unchanging(builder, array._get_ptr_by_name("nitems"))
        return table._getvalue()
    borrowed = context.make_array(found)(context, builder, _unchanging(builder, address))
    borrowed.meminfo = cgutils.get_null_value(borrowed.meminfo.type)
    return borrowed._getvalue()


def _unchanging(builder: Any, address: Any) -> Any:
    """Read what nobody writes to while the walk lasts, so that it need be read but once."""
    read = builder.load(address)
    read.set_metadata("invariant.load", builder.module.add_metadata([]))
    return read


@infer_global(len)
class _TableLength(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Table):
            return signature(types.intp, args[0])
        return None


@infer_global(operator.getitem)
class _TableElement(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], Table) and isinstance(args[1], types.Integer):
            return signature(args[0].element, args[0], types.intp)
        return None


@lower_builtin(len, Table)
def _count(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0]).count


@lower_builtin(operator.getitem, Table, types.Integer)
def _element(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    table = cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0])
    address = builder.gep(table.first, [args[1]], inbounds=True)
    return context.data_model_manager[sig.args[0].element].load_from_data_pointer(builder, address)


def _address(typing: Any, bundle: Any) -> Any:

    def write(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kept = cgutils.alloca_once(builder, args[0].type)
        builder.store(args[0], kept)
        return kept

    return Reference(bundle)(bundle), write


by_reference = cast("Callable[[Any], Any]", intrinsic(_address))
"""The address of a named tuple of arrays and records, for compiled callees."""
