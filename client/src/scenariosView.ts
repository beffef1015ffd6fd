/**
 * The Scenarios view: the bundled lessons, and the scenario and trace files of the workspace. A click runs one.
 */
import * as vscode from 'vscode';
import { connectEngine, type StartEngine } from './replay/engine.ts';

const FILES = '**/*.{irql-scenario,irql-trace}.json';

/** A row: one of the two groups, or what can be run. */
interface Row {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  /** what `irqlLens.runScenario` is given; absent for a group */
  readonly run?: vscode.Uri | { readonly scenario: string };
  readonly children: readonly Row[];
}

/** Registers the view. Lessons are asked for once, files again whenever one comes or goes. */
export function registerScenariosView(startEngine: StartEngine): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  let lessons: Promise<readonly Row[]> | undefined;
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: toItem,
    getChildren: async (row) => {
      if (row !== undefined) return [...row.children];
      lessons ??= listLessons(startEngine);
      const files = await listFiles();
      const own = files.length === 0 ? [] : [group('In this workspace', files)];
      return [...own, group('Lessons', await lessons)];
    },
  };
  const watcher = vscode.workspace.createFileSystemWatcher(FILES, false, true, false);
  const refresh = (): void => changed.fire(undefined);
  return vscode.Disposable.from(
    vscode.window.createTreeView('irqlLens.scenarios', { treeDataProvider: provider }),
    changed,
    watcher,
    watcher.onDidCreate(refresh),
    watcher.onDidDelete(refresh),
  );
}

function group(label: string, children: readonly Row[]): Row {
  return { label, description: String(children.length), tooltip: label, icon: 'folder', children };
}

async function listLessons(startEngine: StartEngine): Promise<readonly Row[]> {
  const engine = connectEngine(startEngine);
  try {
    const { scenarios } = await engine.catalogue();
    return scenarios.map(({ id, title, lesson }): Row => ({
      label: title,
      description: id,
      tooltip: lesson ?? title,
      icon: 'mortar-board',
      run: { scenario: id },
      children: [],
    }));
  } finally {
    engine.dispose();
  }
}

async function listFiles(): Promise<readonly Row[]> {
  const uris = await vscode.workspace.findFiles(FILES, '**/node_modules/**', 500);
  return uris
    .map((uri): Row => {
      const path = vscode.workspace.asRelativePath(uri);
      const isTrace = uri.path.endsWith('.irql-trace.json');
      const icon = isTrace ? 'history' : 'play-circle';
      return { label: path, description: '', tooltip: path, icon, run: uri, children: [] };
    })
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

function toItem({ label, description, tooltip, icon, run }: Row): vscode.TreeItem {
  const { None, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(label, run === undefined ? Expanded : None);
  item.description = description;
  item.tooltip = tooltip;
  item.iconPath = new vscode.ThemeIcon(icon);
  if (run !== undefined) item.command = { command: 'irqlLens.runScenario', title: 'Run', arguments: [run] };
  return item;
}
