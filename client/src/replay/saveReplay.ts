/**
 * Saving what a replay shows: the trace in the project's own format, or the scenario as a file that can be edited and run.
 */
import type { Scenario, Trace } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';

function defaultUri(name: string): vscode.Uri | undefined {
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder === undefined ? undefined : vscode.Uri.joinPath(folder.uri, name);
}

async function save(
  name: string,
  title: string,
  filters: Record<string, string[]>,
  text: string,
): Promise<void> {
  const place = defaultUri(name);
  const uri = await vscode.window.showSaveDialog({
    title,
    filters,
    ...(place === undefined ? {} : { defaultUri: place }),
  });
  if (uri === undefined) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

/** Asks where, and writes the trace. */
export async function saveTrace(trace: Trace): Promise<void> {
  const name = `${trace.scenario.id}.irql-trace.json`;
  await save(name, 'Save Trace', { 'IRQL Lens trace': ['irql-trace.json', 'json'] }, JSON.stringify(trace));
}

/** Asks where, writes the scenario and opens it. */
export async function saveScenario(scenario: Scenario): Promise<void> {
  const name = `${scenario.id}.irql-scenario.json`;
  const text = `${JSON.stringify(scenario, null, 2)}\n`;
  await save(name, 'Export Scenario', { 'IRQL Lens scenario': ['irql-scenario.json', 'json'] }, text);
}
