/**
 * The IRQL Explorer: entry points by role, locks with their users, lock order. The server says what there is.
 */
import { methods, type ExplorerAnswer, type ExplorerNode } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { openPlace } from './places.ts';

const ICONS: Record<ExplorerNode['kind'], string> = {
  group: 'folder',
  role: 'symbol-interface',
  function: 'symbol-function',
  lock: 'lock',
  use: 'references',
  order: 'arrow-right',
};

/** Registers the view and the command behind its rows. */
export function registerExplorer(
  client: BaseLanguageClient,
  onChanged: vscode.Event<void>,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  let roots: readonly ExplorerNode[] | undefined;
  const provider: vscode.TreeDataProvider<ExplorerNode> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: toItem,
    getChildren: async (node) => {
      if (node !== undefined) return [...node.children];
      roots ??= await askForRoots(client);
      return [...roots];
    },
  };
  const view = vscode.window.createTreeView('irqlLens.explorer', {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  const refresh = (): void => {
    roots = undefined;
    changed.fire(undefined);
  };
  return vscode.Disposable.from(
    view,
    changed,
    onChanged(() => {
      if (view.visible) refresh();
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) refresh();
    }),
    vscode.commands.registerCommand('irqlLens.openPlace', openPlace),
  );
}

async function askForRoots(client: BaseLanguageClient): Promise<readonly ExplorerNode[]> {
  if (!client.isRunning()) return [];
  const answer = await client.sendRequest<ExplorerAnswer>(methods.explorer, {});
  return answer.roots;
}

function toItem(node: ExplorerNode): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const state = node.children.length === 0 ? None : node.kind === 'group' ? Expanded : Collapsed;
  const item = new vscode.TreeItem(node.label, state);
  item.description = node.description;
  item.tooltip = node.tooltip ?? node.label;
  const color =
    node.level === undefined || node.level === 'unknown'
      ? undefined
      : new vscode.ThemeColor(`irqlLens.${node.level}`);
  item.iconPath = new vscode.ThemeIcon(ICONS[node.kind], color);
  if (node.place !== undefined) {
    item.command = { command: 'irqlLens.openPlace', title: 'Open', arguments: [node.place] };
  }
  return item;
}
