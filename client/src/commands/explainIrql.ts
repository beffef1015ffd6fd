/**
 * `IRQL Lens: Explain IRQL Here`: the chain of reasons for each level that is possible at the cursor, step by step; the
 * editor follows the selection, and Escape goes back.
 */
import { methods, type ExplainAnswer, type ExplainStep } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { cursorPlace, openPlace, toRange } from '../places.ts';

interface StepItem extends vscode.QuickPickItem {
  readonly step?: ExplainStep;
}

/** Registers the command. */
export function registerExplainIrql(client: BaseLanguageClient): vscode.Disposable {
  return vscode.commands.registerCommand('irqlLens.explainIrql', async () => {
    const place = cursorPlace();
    const answer =
      place === undefined ? null : await client.sendRequest<ExplainAnswer | null>(methods.explain, place);
    if (answer === null) {
      void vscode.window.showInformationMessage('There is no statement of a driver at the cursor.');
      return;
    }
    showChains(answer);
  });
}

function showChains(answer: ExplainAnswer): void {
  const origin = vscode.window.activeTextEditor;
  const picker = vscode.window.createQuickPick<StepItem>();
  picker.title = answer.title;
  picker.placeholder = 'Each step opens its line; Enter stays there';
  picker.items = answer.chains.flatMap((chain) => [
    { label: chain.title, kind: vscode.QuickPickItemKind.Separator },
    ...chain.steps.map((step, i) => toItem(step, i)),
  ]);
  let isAccepted = false;
  picker.onDidChangeActive(([item]) => void (item?.step !== undefined && reveal(item.step)));
  picker.onDidAccept(() => {
    isAccepted = true;
    const step = picker.activeItems[0]?.step;
    picker.hide();
    if (step !== undefined) void openPlace(step.place, false);
  });
  picker.onDidHide(() => {
    picker.dispose();
    if (!isAccepted && origin !== undefined) {
      void vscode.window.showTextDocument(origin.document, {
        selection: origin.selection,
        viewColumn: origin.viewColumn ?? vscode.ViewColumn.Active,
      });
    }
  });
  picker.show();
}

function toItem(step: ExplainStep, i: number): StepItem {
  const file = vscode.workspace.asRelativePath(vscode.Uri.parse(step.place.uri, true));
  const line = String(step.place.range.start.line + 1);
  return {
    label: `${String(i + 1)}. ${step.message}`,
    // Said once: the line is narrow.
    description: step.message.includes(step.level) ? '' : step.level,
    detail: `${file}:${line}`,
    step,
  };
}

async function reveal(step: ExplainStep): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.parse(step.place.uri, true), {
    selection: toRange(step.place),
    preserveFocus: true,
    preview: true,
  });
}
