/**
 * From an event's location to the source: opens the line, and marks the line at the replay's cursor in the open editors.
 * Only files are opened, nothing is run.
 */
import * as vscode from 'vscode';

const schemes = new Set(['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'vscode-test-web']);

/** The file of a location: a URI, an absolute path, or a path inside one of the workspace's folders. */
async function findFile(file: string): Promise<vscode.Uri | undefined> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) {
    const uri = vscode.Uri.parse(file, true);
    return schemes.has(uri.scheme) ? uri : undefined;
  }
  if (/^([a-zA-Z]:[\\/]|[\\/])/.test(file)) return vscode.Uri.file(file);
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const uri = vscode.Uri.joinPath(folder.uri, ...file.split(/[\\/]+/));
    try {
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // Not in this folder: the next one may have it.
    }
  }
  return undefined;
}

/** Opens a line (1-based) beside the replay; says so where the file cannot be found. */
export async function openLine(file: string, line: number, column: number): Promise<void> {
  const uri = await findFile(file);
  if (uri === undefined) {
    void vscode.window.showWarningMessage(`IRQL Lens: ${file} is not in this workspace.`);
    return;
  }
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  const isOpenAlready = vscode.window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === uri.toString(),
  );
  await vscode.window.showTextDocument(uri, {
    selection: new vscode.Range(at, at),
    viewColumn: isOpenAlready?.viewColumn ?? vscode.ViewColumn.One,
  });
}

/** Where a replay's cursor stands in the source. */
export interface ReplayPlace {
  readonly uri: string;
  /** 1-based */
  readonly line: number;
  /** the level that the CPU has there */
  readonly irql: number;
}

/** Marks the line of the cursor in every editor that shows it. */
export interface LineMark {
  /** `file` null: no line. */
  readonly show: (file: string | null, line: number, irql: number, text: string) => void;
  readonly dispose: () => void;
}

/** Makes the mark of one panel; `onMoved` is told of each new place, and at the end that there is none. */
export function makeLineMark(onMoved: (place: ReplayPlace | null) => void): LineMark {
  const decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    borderColor: new vscode.ThemeColor('editor.rangeHighlightBorder'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  let wanted: { readonly uri: string; readonly line: number; readonly text: string } | null = null;
  let asked = 0;
  const paint = () => {
    for (const editor of vscode.window.visibleTextEditors) {
      const isHere = wanted !== null && editor.document.uri.toString() === wanted.uri;
      const line = wanted === null ? 0 : Math.min(wanted.line - 1, editor.document.lineCount - 1);
      const contentText = wanted === null || wanted.text === '' ? undefined : `   ${wanted.text}`;
      const color = new vscode.ThemeColor('editorCodeLens.foreground');
      const after = contentText === undefined ? {} : { renderOptions: { after: { contentText, color } } };
      const { range } = editor.document.lineAt(line);
      editor.setDecorations(decoration, isHere ? [{ range, ...after }] : []);
    }
  };
  const listener = vscode.window.onDidChangeVisibleTextEditors(paint);
  return {
    show: (file, line, irql, text) => {
      const mine = ++asked;
      void (async () => {
        const uri = file === null ? undefined : await findFile(file);
        if (mine !== asked) return;
        wanted = uri === undefined ? null : { uri: uri.toString(), line, text };
        onMoved(uri === undefined ? null : { uri: uri.toString(), line, irql });
        paint();
      })();
    },
    dispose: () => {
      asked++;
      onMoved(null);
      listener.dispose();
      decoration.dispose();
    },
  };
}
