/**
 * The IRQL ribbon: a calm bar per line in the gutter and the overview ruler. Level classes differ by colour and by the
 * bar's width and pattern, so that they can be told apart without colour.
 */
import { methods, type LevelClass, type RibbonAnswer, type RibbonRange } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';

/** `unknown` has no bar: nothing is claimed there. */
const CLASSES = ['passive', 'apc', 'dispatch', 'device'] as const;
type ShownClass = (typeof CLASSES)[number];
const DELAY_MS = 150;

interface Decorations {
  readonly plain: Record<ShownClass, vscode.TextEditorDecorationType>;
  readonly range: Record<ShownClass, vscode.TextEditorDecorationType>;
}

/** Keeps the ribbon of all visible editors up to date. */
export function registerRibbon(
  client: BaseLanguageClient,
  onChanged: vscode.Event<void>,
  extensionUri: vscode.Uri,
): vscode.Disposable {
  const decorations = createDecorations(extensionUri);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refreshSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void refreshAll(client, decorations), DELAY_MS);
  };
  refreshSoon();
  return vscode.Disposable.from(
    onChanged(refreshSoon),
    vscode.window.onDidChangeVisibleTextEditors(refreshSoon),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('irqlLens.ribbon')) refreshSoon();
    }),
    ...Object.values(decorations.plain),
    ...Object.values(decorations.range),
    { dispose: () => clearTimeout(timer) },
  );
}

function createDecorations(extensionUri: vscode.Uri): Decorations {
  const create = (level: ShownClass, shape: string): vscode.TextEditorDecorationType => {
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(extensionUri, 'media', 'ribbon', theme, `${level}${shape}.svg`);
    return vscode.window.createTextEditorDecorationType({
      gutterIconSize: 'contain',
      isWholeLine: true,
      overviewRulerColor: new vscode.ThemeColor(`irqlLens.${level}`),
      overviewRulerLane: vscode.OverviewRulerLane.Left,
      light: { gutterIconPath: icon('light') },
      dark: { gutterIconPath: icon('dark') },
    });
  };
  const all = (shape: string): Record<ShownClass, vscode.TextEditorDecorationType> => ({
    passive: create('passive', shape),
    apc: create('apc', shape),
    dispatch: create('dispatch', shape),
    device: create('device', shape),
  });
  return { plain: all(''), range: all('-range') };
}

async function refreshAll(client: BaseLanguageClient, decorations: Decorations): Promise<void> {
  for (const editor of vscode.window.visibleTextEditors) {
    if (['c', 'cpp'].includes(editor.document.languageId)) await refresh(client, decorations, editor);
  }
}

async function refresh(
  client: BaseLanguageClient,
  decorations: Decorations,
  editor: vscode.TextEditor,
): Promise<void> {
  const ranges = await askForRanges(client, editor.document);
  for (const level of CLASSES) {
    const ofLevel = ranges.filter((range) => range.level === (level satisfies LevelClass));
    editor.setDecorations(decorations.plain[level], ofLevel.filter((range) => !range.isRange).map(toOptions));
    editor.setDecorations(decorations.range[level], ofLevel.filter((range) => range.isRange).map(toOptions));
  }
}

async function askForRanges(
  client: BaseLanguageClient,
  document: vscode.TextDocument,
): Promise<readonly RibbonRange[]> {
  const isOn = vscode.workspace.getConfiguration('irqlLens', document).get<boolean>('ribbon', true);
  if (!isOn || !client.isRunning()) return [];
  const { version } = document;
  try {
    const answer = await client.sendRequest<RibbonAnswer | null>(methods.ribbon, {
      uri: document.uri.toString(),
    });
    return document.version === version ? (answer?.ranges ?? []) : [];
  } catch {
    return [];
  }
}

function toOptions(range: RibbonRange): vscode.DecorationOptions {
  return { range: new vscode.Range(range.startLine, 0, range.endLine, 0) };
}
