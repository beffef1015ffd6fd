/**
 * The IRQL at the cursor in the status bar; a click explains it.
 */
import { methods, type StatusAnswer } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { cursorPlace } from './places.ts';

const DELAY_MS = 80;

/** Shows and hides the item as the cursor moves. */
export function registerStatusBar(
  client: BaseLanguageClient,
  onChanged: vscode.Event<void>,
): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('irqlLens.irql', vscode.StatusBarAlignment.Right, 95);
  item.name = 'IRQL at the cursor';
  item.command = 'irqlLens.explainIrql';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refreshSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(client, item), DELAY_MS);
  };
  refreshSoon();
  return vscode.Disposable.from(
    item,
    onChanged(refreshSoon),
    vscode.window.onDidChangeTextEditorSelection(refreshSoon),
    vscode.window.onDidChangeActiveTextEditor(refreshSoon),
    { dispose: () => clearTimeout(timer) },
  );
}

async function refresh(client: BaseLanguageClient, item: vscode.StatusBarItem): Promise<void> {
  const place = cursorPlace();
  if (place === undefined || !client.isRunning()) {
    item.hide();
    return;
  }
  try {
    const status = await client.sendRequest<StatusAnswer | null>(methods.status, place);
    if (status === null) item.hide();
    else {
      item.text = `IRQL: ${status.text}`;
      item.tooltip = status.tooltip;
      item.accessibilityInformation = { label: `IRQL at the cursor: ${status.text}` };
      item.show();
    }
  } catch {
    item.hide();
  }
}
