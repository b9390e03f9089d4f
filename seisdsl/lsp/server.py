"""The language server: what an editor asks, answered by the functions that the command line uses too."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any, BinaryIO

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from seisdsl import __version__
from seisdsl.assist.completion import completions
from seisdsl.assist.renaming import Refused
from seisdsl.lsp import answers, faults, looks, names
from seisdsl.lsp.programs import Programs, path_of
from seisdsl.lsp.settings import Settings

REFUSED = -32803  # what the protocol calls RequestFailed
PAUSE = 2.0  # seconds without a check


class Server(LanguageServer):
    """One editor's session. No fault of a program, and none of our own, ends it."""

    def __init__(self) -> None:
        super().__init__("seis", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.programs = Programs()
        self.settings = Settings()
        self._waiting: asyncio.TimerHandle | None = None
        self._tidying: asyncio.TimerHandle | None = None
        self._told: dict[Path, lsp.PublishDiagnosticsParams] = {}

    def report_server_error(self, error: Exception, source: object) -> None:
        """A message that cannot be read is no news to the user: it goes to the log."""
        self.note(f"a message was not understood: {type(error).__name__}")

    def note(self, text: str) -> None:
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Warning, f"seis: {text}"))

    def take(self, given: Any) -> None:
        self.settings, wrong = Settings.of(given)
        for text in wrong:
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, f"seis: {text}"))

    def check_soon(self) -> None:
        """Check when nothing has been typed for a moment."""
        if self._waiting is not None:
            self._waiting.cancel()
        loop = asyncio.get_running_loop()
        self._waiting = loop.call_later(self.settings.delay / 1000, self.check_now)

    def check_now(self) -> None:
        """Publish the faults of every open program: one may use another."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        for path in list(self.programs.texts):
            self.publish(path, self.kept(partial(faults.faults, self.programs, path), []))
        self._tidy_soon()

    def _tidy_soon(self) -> None:
        """Python's search for what is no longer used takes longer than a key: it waits for a pause."""
        if self._tidying is not None:
            self._tidying.cancel()
        self._tidying = asyncio.get_running_loop().call_later(PAUSE, gc.collect)

    def publish(self, path: Path, found: list[lsp.Diagnostic]) -> None:
        """Tell the faults of a program, where they are not known to the editor."""
        told = lsp.PublishDiagnosticsParams(self.programs.uri(path), found, self.programs.versions.get(path))
        if self._told.get(path) != told:
            self._told[path] = told
            self.text_document_publish_diagnostics(told)

    def leave(self, path: Path, uri: str) -> None:
        self._told.pop(path, None)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    def kept(self, act: Callable[[], Any], otherwise: Any) -> Any:
        """The answer; of a request that fails in us the log has a line, and the editor an empty answer."""
        try:
            return act()
        except (Refused, JsonRpcException):
            raise
        except BaseException as error:  # a used Python file may raise anything
            self.note(f"{type(error).__name__}: {error}")
            return otherwise


server = Server()


def _answers(kind: str, options: Any = None, otherwise: Any = None) -> Callable[[Any], Any]:
    """A request's answer, from the programs, the path and what was asked."""

    def wrapped(answer: Callable[[Path, Any], Any]) -> Callable[[Any], Any]:
        @server.feature(kind, options)
        @wraps(answer)
        def asked(given: Any) -> Any:
            try:
                return server.kept(lambda: answer(path_of(given.text_document.uri), given), otherwise)
            except Refused as reason:
                raise JsonRpcException(str(reason), REFUSED) from None

        return asked

    return wrapped


# The session ------------------------------------------------------------------------------------


@server.feature(lsp.INITIALIZE)
def _initialize(given: lsp.InitializeParams) -> None:
    server.take(given.initialization_options)
    programs = server.programs
    encoding = server.workspace.position_encoding
    programs.encoding = str(getattr(encoding, "value", encoding))
    folders = [folder.uri for folder in given.workspace_folders or []]
    folders = folders or [uri for uri in (given.root_uri,) if uri]
    programs.folders = [Path(path).resolve() for uri in folders if (path := to_fs_path(uri))]


@server.feature(lsp.INITIALIZED)
def _initialized(given: lsp.InitializedParams) -> None:
    server.kept(partial(completions, "stream ", 7), [])  # what the first list would wait for is read now
    gc.freeze()
    gc.set_threshold(10_000, 20, 1_000)
    watched = server.client_capabilities.workspace and (
        server.client_capabilities.workspace.did_change_watched_files
    )
    if watched and watched.dynamic_registration:
        patterns = [lsp.FileSystemWatcher(f"**/*.{suffix}") for suffix in ("seis", "py")]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(patterns)
        one = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(lsp.RegistrationParams([one]))


@server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
def _configured(given: lsp.DidChangeConfigurationParams) -> None:
    server.take(given.settings)
    can = server.client_capabilities.workspace
    if can and can.inlay_hint and can.inlay_hint.refresh_support:
        server.workspace_inlay_hint_refresh(None)


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def _opened(given: lsp.DidOpenTextDocumentParams) -> None:
    one = given.text_document
    server.programs.put(one.uri, one.text, one.version)
    server.check_now()


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def _changed(given: lsp.DidChangeTextDocumentParams) -> None:
    one = server.workspace.get_text_document(given.text_document.uri)
    server.programs.put(given.text_document.uri, one.source, given.text_document.version)
    server.check_soon()


@server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
def _saved(given: lsp.DidSaveTextDocumentParams) -> None:
    server.programs.forget()
    server.check_now()


@server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
def _closed(given: lsp.DidCloseTextDocumentParams) -> None:
    path = server.programs.drop(given.text_document.uri)
    server.leave(path, given.text_document.uri)
    server.check_now()


@server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def _files_changed(given: lsp.DidChangeWatchedFilesParams) -> None:
    server.programs.forget()
    server.check_soon()


# Requests ---------------------------------------------------------------------------------------


@_answers(
    lsp.TEXT_DOCUMENT_COMPLETION,
    lsp.CompletionOptions(trigger_characters=["|", " ", "=", ".", '"', "/", "[", "(", "{"]),
    lsp.CompletionList(False, []),
)
def _completion(path: Path, given: lsp.CompletionParams) -> lsp.CompletionList:
    return answers.offered(server.programs, path, given.position, given.context)


@_answers(lsp.TEXT_DOCUMENT_HOVER)
def _hover(path: Path, given: lsp.HoverParams) -> lsp.Hover | None:
    return answers.said(server.programs, path, given.position)


@_answers(
    lsp.TEXT_DOCUMENT_SIGNATURE_HELP,
    lsp.SignatureHelpOptions(trigger_characters=[" ", "="]),
)
def _signature(path: Path, given: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
    return answers.taken(server.programs, path, given.position)


@_answers(lsp.TEXT_DOCUMENT_DEFINITION)
def _definition(path: Path, given: lsp.DefinitionParams) -> lsp.Location | None:
    return names.definition(server.programs, path, given.position)


@_answers(lsp.TEXT_DOCUMENT_REFERENCES)
def _references(path: Path, given: lsp.ReferenceParams) -> list[lsp.Location]:
    return names.references(server.programs, path, given.position, given.context.include_declaration)


@_answers(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
def _highlights(path: Path, given: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
    return names.highlights(server.programs, path, given.position)


@_answers(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
def _prepare_rename(path: Path, given: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder:
    return names.renamable(server.programs, path, given.position)


@_answers(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
def _rename(path: Path, given: lsp.RenameParams) -> lsp.WorkspaceEdit:
    return names.renamed(server.programs, path, given.position, given.new_name)


@_answers(
    lsp.TEXT_DOCUMENT_CODE_ACTION,
    lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]),
)
def _repairs(path: Path, given: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    if given.context.only and lsp.CodeActionKind.QuickFix not in given.context.only:
        return []
    return faults.repairs(server.programs, path, given.range)


@_answers(lsp.TEXT_DOCUMENT_FORMATTING)
def _formatted(path: Path, given: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
    return looks.formatted(server.programs, path)


@_answers(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def _outline(path: Path, given: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    return looks.outline(server.programs, path)


@_answers(lsp.TEXT_DOCUMENT_INLAY_HINT)
def _hints(path: Path, given: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    return looks.inlays(server.programs, path, given.range) if server.settings.hints else []


# The process ------------------------------------------------------------------------------------


def serve() -> None:
    """Talk over standard input and output until the editor leaves.

    What a used Python file prints or reads must not disturb that: it has the error output, and no input.
    """
    spoken, heard = _apart()
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False
    server.start_io(heard, spoken)


def _apart() -> tuple[BinaryIO, BinaryIO]:
    spoken, heard = os.fdopen(os.dup(1), "wb"), os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout = sys.stderr
    return spoken, heard
