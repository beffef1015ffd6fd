/**
 * Places of the protocol as VS Code has them, and going to one.
 */
import type { Place, PlaceRequest } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';

/** The range of a place. */
export function toRange({ range: { start, end } }: Place): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** Opens a place and selects its start. */
export async function openPlace(place: Place, isPreview = true): Promise<void> {
  const range = toRange(place);
  await vscode.window.showTextDocument(vscode.Uri.parse(place.uri, true), {
    selection: new vscode.Range(range.start, range.start),
    preview: isPreview,
  });
}

/** The active cursor in a C or C++ file, as a request; undefined elsewhere. */
export function cursorPlace(): PlaceRequest | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !['c', 'cpp'].includes(editor.document.languageId)) return undefined;
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}
