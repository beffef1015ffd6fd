/**
 * `IRQL Lens: Export Trace`: the replay that was active last, in the project's own format or for the Perfetto UI.
 */
import { traceToPerfetto, type Trace } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { Replays } from '../replay/openReplay.ts';
import { saveTrace } from '../replay/saveReplay.ts';

/** Registers the command. */
export function registerExportTrace(replays: Replays): vscode.Disposable {
  return vscode.commands.registerCommand('irqlLens.exportTrace', async () => {
    const trace = replays.lastTrace();
    if (trace === null) {
      void vscode.window.showInformationMessage('There is no replay to export: run a scenario first.');
      return;
    }
    const own = 'IRQL Lens trace';
    const format = await vscode.window.showQuickPick([own, 'Chrome trace, for the Perfetto UI'], {
      title: 'Export Trace',
    });
    if (format === undefined) return;
    if (format === own) await saveTrace(trace);
    else await savePerfetto(trace);
  });
}

async function savePerfetto(trace: Trace): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const name = `${trace.scenario.id}.perfetto.json`;
  const uri = await vscode.window.showSaveDialog({
    title: 'Export Trace',
    filters: { 'Chrome trace': ['json'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
  });
  if (uri === undefined) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(JSON.stringify(traceToPerfetto(trace))));
}
