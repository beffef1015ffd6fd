import path from 'node:path';
import { expect, it } from 'vitest';
import { floorOf, floors } from '../../scripts/floors.mjs';
import { floorProblem } from '../../scripts/lint/floorRule.mjs';

const root = path.resolve('/house');
const problem = (file: string, specifier: string): string | undefined =>
  floorProblem(root, path.join(root, file), specifier);

it.each([
  ['server/src/analysis/irql/transfer.ts', '../../syntax/ir.ts'],
  ['server/src/analysis/irql/transfer.ts', '../locks/domain.ts'],
  ['server/src/engine/locks/ticket.ts', '../../base/units.ts'],
  ['server/src/features/hover.ts', '../rules/registry.ts'],
  ['server/src/ddi/load.ts', './data/routines.json'],
  ['server/src/main.node.ts', './lsp/server.ts'],
  ['server/src/cli/main.ts', 'node:fs'],
  ['client/src/extension.node.ts', 'irql-lens-server/protocol'],
  ['client/webview/main.ts', './fold/frame.ts'],
  ['test/engine/replay.test.ts', '../../server/src/engine/simulate.ts'],
])('%s may import %s', (file, specifier) => {
  expect(problem(file, specifier)).toBeUndefined();
});

it.each([
  ['server/src/base/heap.ts', '../protocol/index.ts', "floor 'base' may not import 'protocol'"],
  ['server/src/syntax/tokens.ts', '../engine/simulate.ts', "floor 'syntax' may not import 'engine'"],
  ['server/src/engine/simulate.ts', '../ddi/load.ts', "floor 'engine' may not import 'ddi'"],
  ['server/src/rules/lockLeaked.ts', '../features/hover.ts', "floor 'rules' may not import 'features'"],
  [
    'server/src/features/hover.ts',
    'vscode-languageserver',
    "may not import the package 'vscode-languageserver'",
  ],
  ['server/src/analysis/program.ts', 'node:fs', "may not import the package 'node:fs'"],
  ['server/src/lsp/server.ts', '../main.node.ts', "may not import 'main.node'"],
  ['client/src/replay.ts', '../../server/src/engine/simulate.ts', "may not import 'engine'"],
  ['client/src/replay.ts', 'irql-lens-server/engine', "only 'irql-lens-server/protocol'"],
  ['client/webview/main.ts', 'vscode', "may not import the package 'vscode'"],
  ['client/webview/main.ts', '../src/replay.ts', "may not import 'client'"],
])('%s may not import %s', (file, specifier, words) => {
  expect(problem(file, specifier)).toContain(words);
});

it('gives every path one floor and every floor its own name', () => {
  expect(new Set(floors.map((floor: { name: string }) => floor.name)).size).toBe(floors.length);
  expect(floorOf('server/src/main.node.ts')?.name).toBe('main.node');
  expect(floorOf('server/src/cli/run.node.ts')?.name).toBe('cli');
  expect(floorOf('README.md')).toBeUndefined();
});
