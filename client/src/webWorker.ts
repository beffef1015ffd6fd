/**
 * Starts a web worker from a file of the extension. A worker may only be made from the page's own origin, and an extension's files
 * may lie elsewhere (on a remote machine, on another host), so the text is read and the worker made from it.
 */
import * as vscode from 'vscode';

/** The worker of a script under the extension's folder; rejects where the file cannot be read. */
export async function startWebWorker(
  extensionUri: vscode.Uri,
  path: readonly string[],
  name: string,
): Promise<Worker> {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, ...path));
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'text/javascript' }));
  try {
    return new Worker(url, { name });
  } finally {
    // The worker has its script once it is constructed; the address is of no more use.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
