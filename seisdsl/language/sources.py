"""`source`: records under a name, and what may be said of them."""

from __future__ import annotations

from seisdsl.diagnostics import Fix
from seisdsl.language import arguments, literals, pipelines, slips, texts
from seisdsl.language.calls import declared as declaration
from seisdsl.language.declared import type_named
from seisdsl.language.scope import Scope
from seisdsl.language.settings import SETTINGS
from seisdsl.language.suggest import listing
from seisdsl.language.values import Fields, Known, Poison, SourceValue, Value
from seisdsl.syntax import tree


def declared(node: tree.Source, name: str, scope: Scope) -> SourceValue:
    """The source with those of its settings that are sound."""
    if node.type is not None:
        of = type_named(node.type, scope)
        if of.name not in ("Waves", "?"):
            fix = Fix("write `Waves`, or leave the type out", scope.place(node.type), "Waves")
            scope.fault("type", f"a source gives Waves, and `{name}` says {of}", node.type, fix=fix)
    settings: list[tuple[str, Known]] = []
    sound = True
    for part in literals.unique_fields(node.settings, scope):
        key = part.name.text
        if key not in SETTINGS:
            meant = scope.did_you_mean(key, part.name, list(SETTINGS))
            notes = [] if meant else [f"a source says: {listing(SETTINGS)}"]
            scope.fault("param", f"a source has no setting `{key}`", part.name, notes=notes, fix=meant)
            sound = False
            continue
        wanted = SETTINGS[key][0]
        argument = arguments.Argument(declaration(key, None), key, wanted, scope, None)
        only = part.value.parts[0] if len(part.value.parts) == 1 else None
        value: Value
        if key == "archive" and isinstance(only, tree.String):
            value = texts.text_of(only, scope, pattern=True)
        elif isinstance(only, tree.Expression) and (fault := slips.slip(only, scope, None)):
            scope.report(fault)
            value = Poison()
        elif isinstance(only, tree.Expression):
            value = argument.read(only)
        else:
            value = pipelines.pipeline(part.value, scope, None)
            value = value if isinstance(value, Poison) else argument.fitted(part.value, value)
        if isinstance(value, Poison):
            sound = False
        else:
            settings.append((key, value))
    return SourceValue(name, Fields(tuple(settings)), scope.place(node.name), sound)
