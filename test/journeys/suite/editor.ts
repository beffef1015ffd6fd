// Helpers of the suite: open a file of the folder, wait for what the extension has to say about it.
// They ask VS Code's own commands, so they see what the window would show.
import * as vscode from 'vscode';

/** Asks again until the answer is the one hoped for; throws with the last answer after `ms` milliseconds. */
export async function until<T>(
  what: string,
  ask: () => T | Thenable<T>,
  isGood: (answer: T) => boolean,
  ms = 20_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    if (Date.now() > end)
      throw new Error(`waited ${ms} ms for ${what}; last answer: ${JSON.stringify(answer)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The extension under test, activated. */
export async function activated(): Promise<vscode.Extension<unknown>> {
  const extension = vscode.extensions.getExtension('irql-lens.irql-lens');
  if (extension === undefined) throw new Error('irql-lens.irql-lens is not among the extensions');
  await extension.activate();
  return extension;
}

/** Opens a file of the folder in an editor. */
export async function openFile(name: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('no folder is open');
  return vscode.window.showTextDocument(
    await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name)),
  );
}

/** The range of the first place where `text` stands in the document, at or after line `fromLine` (0-based). */
export function find(document: vscode.TextDocument, text: string, fromLine = 0): vscode.Range {
  const at = document.getText().indexOf(text, document.offsetAt(new vscode.Position(fromLine, 0)));
  if (at < 0) throw new Error(`'${text}' does not stand in ${document.fileName}`);
  return new vscode.Range(document.positionAt(at), document.positionAt(at + text.length));
}

/** The rule id of a diagnostic. */
export function ruleOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** This extension's diagnostics of a document, once `isGood` holds for them. */
export function diagnosticsOf(
  document: vscode.TextDocument,
  isGood: (all: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  const ask = (): readonly vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(document.uri).filter((diagnostic) => diagnostic.source === 'irql-lens');
  return until(`diagnostics of ${document.fileName}`, ask, isGood);
}

/** The text of the hover at a position, once there is one. */
export async function hoverAt(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const ask = (): Thenable<vscode.Hover[]> =>
    vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
  const hovers = await until('a hover', ask, (all) => all.length > 0);
  return hovers
    .flatMap((hover) => hover.contents)
    .map((content) => (typeof content === 'string' ? content : (content as vscode.MarkdownString).value))
    .join('\n');
}

/** The labels of all inlay hints, once there are some. */
export async function hintsOf(
  document: vscode.TextDocument,
): Promise<readonly { label: string; line: number }[]> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const ask = (): Thenable<vscode.InlayHint[]> =>
    vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, all);
  const hints = await until('inlay hints', ask, (answer) => answer.length > 0);
  return hints.map(({ label, position }) => ({
    label: typeof label === 'string' ? label : label.map((part) => part.value).join(''),
    line: position.line,
  }));
}

/** The resolved code lenses, once there are some. */
export function lensesOf(document: vscode.TextDocument): Promise<readonly vscode.CodeLens[]> {
  const ask = (): Thenable<vscode.CodeLens[]> =>
    vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 200);
  return until('code lenses', ask, (answer) => answer.length > 0);
}

/** The quick fixes offered for a diagnostic. */
export function fixesFor(
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
): Thenable<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    diagnostic.range,
    vscode.CodeActionKind.QuickFix.value,
  );
}
