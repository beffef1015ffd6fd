// The extension comes to life on a C file and brings the commands it promises.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated } from './editor.ts';

describe('activation', () => {
  it('activates in a real extension host', async () => {
    const extension = await activated();
    assert.equal(extension.isActive, true);
  });

  it('registers every command of the manifest', async () => {
    const extension = await activated();
    const { contributes } = extension.packageJSON as { contributes?: { commands?: { command: string }[] } };
    const promised = (contributes?.commands ?? []).map((command) => command.command);
    assert.ok(promised.includes('irqlLens.runScenario'), `manifest commands: ${promised.join(', ')}`);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      promised.filter((command) => !registered.has(command)),
      [],
    );
  });
});
