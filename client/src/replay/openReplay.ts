/**
 * The replay as the rest of the extension sees it: open one from a source, get them back after a reload, know the last one.
 */
import type { Trace } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import { fillPanel, type PanelServices, type ReplayPanel } from './replayPanel.ts';
import { webviewRoot } from './replayHtml.ts';
import { sourceOfState, type ReplaySource } from './replaySource.ts';

/** The view type of replay panels; `onWebviewPanel:` activation events name it. */
const replayViewType = 'irqlLens.replay';

export interface Replays {
  /** Opens a panel beside the editor. The promise rejects, with a sentence for the user, where the run cannot be shown. */
  readonly open: (source: ReplaySource) => Promise<ReplayPanel>;
  /** The trace of the panel that was active last, for export commands. */
  readonly lastTrace: () => Trace | null;
}

/** What the extension hands in. */
export type ReplayOptions = Omit<PanelServices, 'extensionUri' | 'open'>;

/** Makes the replays of one extension activation and registers their restoring. */
export function createReplays(context: vscode.ExtensionContext, options: ReplayOptions): Replays {
  const open: ReplayPanel[] = [];
  let last: ReplayPanel | null = null;
  const keep = (made: ReplayPanel): ReplayPanel => {
    open.push(made);
    last = made;
    made.panel.onDidChangeViewState(() => {
      if (made.panel.active) last = made;
    });
    made.panel.onDidDispose(() => {
      open.splice(open.indexOf(made), 1);
      if (last === made) last = open.at(-1) ?? null;
    });
    return made;
  };
  const services: PanelServices = {
    extensionUri: context.extensionUri,
    ...options,
    open: (source) => void openOne(source),
  };
  const openOne = async (source: ReplaySource): Promise<ReplayPanel> => {
    // Next to the code, and where a replay is to be seen already: a third column would leave room for neither.
    const visible = open.find(({ panel: other }) => other.visible)?.panel.viewColumn;
    const place = { viewColumn: visible ?? vscode.ViewColumn.Beside, preserveFocus: false };
    const panel = vscode.window.createWebviewPanel(replayViewType, 'Replay', place, {
      enableScripts: true,
      retainContextWhenHidden: true,
      localResourceRoots: [webviewRoot(context.extensionUri)],
    });
    const made = keep(fillPanel(panel, source, services));
    await made.shown;
    return made;
  };
  context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(replayViewType, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        const source = sourceOfState(state);
        if (source === undefined) panel.dispose();
        else keep(fillPanel(panel, source, services));
        return Promise.resolve();
      },
    }),
  );
  return { open: openOne, lastTrace: () => last?.trace() ?? null };
}
