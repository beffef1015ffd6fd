/**
 * The IRQL ribbon: a calm bar per line in the gutter and the overview ruler. Level classes differ by colour and by the
 * bar's width and pattern, so that they can be told apart without colour. While a replay is open, an arrow in place of the bar
 * shows the level at its cursor.
 */
import { methods, type LevelClass, type RibbonAnswer, type RibbonRange } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { ReplayPlace } from './replay/sourceLines.ts';

/** `unknown` has no bar: nothing is claimed there. */
const CLASSES = ['passive', 'apc', 'dispatch', 'device'] as const;
type ShownClass = (typeof CLASSES)[number];
const DELAY_MS = 150;

interface Decorations {
  readonly plain: Record<ShownClass, vscode.TextEditorDecorationType>;
  readonly range: Record<ShownClass, vscode.TextEditorDecorationType>;
  /** the line at the cursor of a replay */
  readonly now: Record<ShownClass, vscode.TextEditorDecorationType>;
}

/** What makes the ribbon look again. */
export interface RibbonEvents {
  readonly onChanged: vscode.Event<void>;
  readonly onReplay: vscode.Event<ReplayPlace | null>;
}

/** Keeps the ribbon of all visible editors up to date. */
export function registerRibbon(
  client: BaseLanguageClient,
  { onChanged, onReplay }: RibbonEvents,
  extensionUri: vscode.Uri,
): vscode.Disposable {
  const decorations = createDecorations(extensionUri);
  const drawn = new WeakMap<vscode.TextEditor, readonly RibbonRange[]>();
  let replay: ReplayPlace | null = null;
  const draw = (editor: vscode.TextEditor): void => {
    drawRibbon(decorations, editor, drawn.get(editor) ?? [], placeIn(editor, replay));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refreshSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      void refreshAll(client, (editor, ranges) => {
        drawn.set(editor, ranges);
        draw(editor);
      });
    }, DELAY_MS);
  };
  refreshSoon();
  return vscode.Disposable.from(
    onChanged(refreshSoon),
    onReplay((place) => {
      replay = place;
      vscode.window.visibleTextEditors.forEach(draw);
    }),
    vscode.window.onDidChangeVisibleTextEditors(refreshSoon),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('irqlLens.ribbon')) refreshSoon();
    }),
    ...Object.values(decorations.plain),
    ...Object.values(decorations.range),
    ...Object.values(decorations.now),
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
  return { plain: all(''), range: all('-range'), now: all('-now') };
}

type Draw = (editor: vscode.TextEditor, ranges: readonly RibbonRange[]) => void;

async function refreshAll(client: BaseLanguageClient, draw: Draw): Promise<void> {
  for (const editor of vscode.window.visibleTextEditors) {
    if (['c', 'cpp'].includes(editor.document.languageId))
      draw(editor, await askForRanges(client, editor.document));
  }
}

/** The replay's place where it is in this editor's document. */
function placeIn(editor: vscode.TextEditor, place: ReplayPlace | null): ReplayPlace | null {
  return place !== null && editor.document.uri.toString() === place.uri ? place : null;
}

function classOfLevel(irql: number): ShownClass {
  return CLASSES[Math.min(irql, CLASSES.length - 1)] ?? 'device';
}

function drawRibbon(
  decorations: Decorations,
  editor: vscode.TextEditor,
  ranges: readonly RibbonRange[],
  replay: ReplayPlace | null,
): void {
  const bars = replay === null ? ranges : ranges.flatMap((range) => withoutLine(range, replay.line - 1));
  for (const level of CLASSES) {
    const ofLevel = bars.filter((range) => range.level === (level satisfies LevelClass));
    editor.setDecorations(decorations.plain[level], ofLevel.filter((range) => !range.isRange).map(toOptions));
    editor.setDecorations(decorations.range[level], ofLevel.filter((range) => range.isRange).map(toOptions));
    const isNow = replay !== null && classOfLevel(replay.irql) === level;
    const line = Math.max(0, (replay?.line ?? 1) - 1);
    editor.setDecorations(decorations.now[level], isNow ? [new vscode.Range(line, 0, line, 0)] : []);
  }
}

/** The parts of a range above and below a line. */
function withoutLine(range: RibbonRange, line: number): RibbonRange[] {
  if (line < range.startLine || line > range.endLine) return [range];
  return [
    { ...range, endLine: line - 1 },
    { ...range, startLine: line + 1 },
  ].filter(({ startLine, endLine }) => startLine <= endLine);
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
