/**
 * `IRQL Lens: Export SARIF`: writes all findings of the workspace as SARIF 2.1.0.
 */
import { methods, type ExportSarifAnswer } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';

/** Registers the command. An argument that is a Uri skips the dialog. */
export function registerExportSarif(client: BaseLanguageClient): vscode.Disposable {
  return vscode.commands.registerCommand('irqlLens.exportSarif', async (argument?: unknown) => {
    const uri = argument instanceof vscode.Uri ? argument : await askForFile();
    if (uri === undefined) return;
    const progress = {
      location: vscode.ProgressLocation.Notification,
      title: 'IRQL Lens: checking the workspace',
    };
    const { text, findings } = await vscode.window.withProgress(progress, () =>
      client.sendRequest<ExportSarifAnswer>(methods.exportSarif, {}),
    );
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    void vscode.window.setStatusBarMessage(`IRQL Lens: ${String(findings)} findings written`, 5000);
  });
}

function askForFile(): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  return vscode.window.showSaveDialog({
    title: 'Export SARIF',
    filters: { SARIF: ['sarif'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, 'irql-lens.sarif') }),
  });
}
