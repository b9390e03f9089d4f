// Starts `seis lsp` and lets it speak with the editor: all that it knows of programs is there.

import { isAbsolute, join } from "node:path";
import { commands, window, workspace, type ExtensionContext } from "vscode";
import { LanguageClient } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

/** The command as it is set; a path that is not whole begins at the first folder that is open. */
function command(): string {
  const given = workspace.getConfiguration("seisdsl").get<string>("command", "seis");
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  const whole = isAbsolute(given) || !/[\\/]/.test(given);
  return whole || folder === undefined ? given : join(folder, given);
}

async function start(): Promise<void> {
  const seis = command();
  client = new LanguageClient(
    "seisdsl",
    "seisdsl",
    { command: seis, args: ["lsp"] },
    {
      documentSelector: [
        { scheme: "file", language: "seis" },
        { scheme: "untitled", language: "seis" },
      ],
      synchronize: { configurationSection: "seisdsl" },
    },
  );
  try {
    await client.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(
      `\`${seis} lsp\` did not start: ${reason}. Install it with: python -m pip install 'seisdsl[lsp]', ` +
        "or give the path of `seis` in the setting seisdsl.command.",
    );
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  if (running?.isRunning()) {
    await running.stop();
  }
}

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand("seisdsl.restart", async () => {
      await stop();
      await start();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}
