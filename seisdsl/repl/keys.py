"""What the keys do."""

from __future__ import annotations

from prompt_toolkit.completion import CompleteEvent, get_common_complete_suffix
from prompt_toolkit.filters import has_selection
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from seisdsl.repl.opened import is_open

INDENT = "  "


def keys() -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("enter", filter=~has_selection)
    def enter(event: KeyPressEvent) -> None:
        """Choose what is marked in the menu; else run what is whole, and go on with what is open."""
        buffer = event.current_buffer
        menu = buffer.complete_state
        if menu is not None and menu.current_completion is not None:
            buffer.complete_state = None
        elif not buffer.document.on_last_line or is_open(buffer.text):
            buffer.insert_text(next_line(buffer.document.text_before_cursor))
        else:
            buffer.validate_and_handle()

    @bindings.add("tab")
    def complete(event: KeyPressEvent) -> None:
        """Go on in the menu; without one, write what all that fits have in common."""
        buffer = event.current_buffer
        if buffer.complete_state is not None:
            buffer.complete_next()
            return
        asked = CompleteEvent(completion_requested=True)
        found = list(buffer.completer.get_completions(buffer.document, asked))
        if len(found) == 1:
            buffer.apply_completion(found[0])
        elif common := get_common_complete_suffix(buffer.document, found):
            buffer.insert_text(common)
        else:
            buffer.start_completion()

    @bindings.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(next_line(event.current_buffer.document.text_before_cursor))

    return bindings


def next_line(before: str) -> str:
    """A new line, indented as a line that goes on is; after documentation a statement begins."""
    line = before.rpartition("\n")[2]
    own = line[: len(line) - len(line.lstrip())]
    return "\n" if line.startswith("##") else f"\n{own or INDENT}"
