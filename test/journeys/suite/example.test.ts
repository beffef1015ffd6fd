// What the example driver shows, asked of VS Code inside the extension host: interrupt.c holds most of the seed's cases.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  activated,
  diagnosticsOf,
  find,
  fixesFor,
  hintsOf,
  hoverAt,
  lensesOf,
  openFile,
  ruleOf,
  until,
} from './editor.ts';

/** The 0-based lines of a function's body, found by its name at the start of a line. */
function bodyOf(document: vscode.TextDocument, name: string): vscode.Range {
  const start = find(document, `\n${name}(`).end;
  return new vscode.Range(start, find(document, '\n}', start.line).end);
}

describe('the example driver in the extension host', () => {
  let document: vscode.TextDocument;

  before(async () => {
    await activated();
    document = (await openFile('interrupt.c')).document;
  });

  it('reports the completion routine that assumes DISPATCH_LEVEL, and stays silent on the DPC that is right', async () => {
    const all = await diagnosticsOf(document, (found) => found.length > 0);
    const wrong = bodyOf(document, 'PulseReadCompleteWrong');
    const inWrong = all.filter((diagnostic) => wrong.contains(diagnostic.range));
    assert.deepEqual(inWrong.map(ruleOf), ['completion-assumes-dispatch']);
    assert.match(inWrong[0]?.message ?? '', /DISPATCH_LEVEL/);
    assert.ok((inWrong[0]?.relatedInformation?.length ?? 0) > 0, 'the report says no path');
    for (const name of ['PulseIsr', 'PulseDpc', 'PulseReadComplete']) {
      const right = bodyOf(document, name);
      const reported = all.filter((diagnostic) => right.contains(diagnostic.range));
      assert.deepEqual(reported.map(ruleOf), [], `reported in ${name}, which is right`);
    }
  });

  it('links the rule to its page, which is packed with the extension', async () => {
    const [first] = await diagnosticsOf(document, (found) => found.length > 0);
    assert.ok(typeof first?.code === 'object', 'the code has no link');
    const page = first.code.target;
    assert.match(page.path, new RegExp(`docs/rules/${ruleOf(first)}`));
    const text = Buffer.from(await vscode.workspace.fs.readFile(page)).toString('utf8');
    assert.ok(text.startsWith(`# ${ruleOf(first)}`), text.slice(0, 80));
  });

  it('tells the IRQL on hover', async () => {
    const dpc = bodyOf(document, 'PulseDpc');
    const text = await hoverAt(document, find(document, 'extension->Head += 1', dpc.start.line).start);
    assert.match(text, /IRQL:/);
    assert.match(text, /DISPATCH_LEVEL/);
    const isr = bodyOf(document, 'PulseIsr');
    assert.match(
      await hoverAt(document, find(document, 'extension->RawCount', isr.start.line).start),
      /DIRQL/,
    );
  });

  it('hints where the IRQL changes', async () => {
    const complete = bodyOf(document, 'PulseReadComplete');
    const acquire = find(document, 'KeAcquireSpinLock(', complete.start.line);
    const hints = await hintsOf(document);
    assert.ok(
      hints.some(({ label, line }) => line === acquire.start.line && /DISPATCH/.test(label)),
      JSON.stringify(hints),
    );
  });

  it('puts a price on every lock call', async () => {
    const lenses = await lensesOf(document);
    const calls = [...document.getText().matchAll(/\bKeAcquireSpinLock\w*\(/g)];
    const lines = calls.map((call) => document.positionAt(call.index).line);
    const priced = lenses
      .filter((lens) => /cycles/.test(lens.command?.title ?? ''))
      .map((lens) => lens.range.start.line);
    assert.deepEqual(
      [...new Set(priced)].sort((a, b) => a - b),
      [...new Set(lines)].sort((a, b) => a - b),
    );
  });

  it('converts acquire and release to the AtDpcLevel forms in one edit, and back by undo', async () => {
    const body = bodyOf(document, 'PulseTimerDpc');
    const all = await diagnosticsOf(document, (found) =>
      found.some((one) => ruleOf(one) === 'redundant-irql-raise'),
    );
    const redundant = all.find((one) => ruleOf(one) === 'redundant-irql-raise' && body.contains(one.range));
    assert.ok(redundant, `no redundant raise in PulseTimerDpc: ${all.map(ruleOf).join(', ')}`);
    const fixes = await fixesFor(document, redundant);
    const fix = fixes.find((action) => action.title.includes('AtDpcLevel'));
    assert.ok(fix?.edit, `fixes: ${fixes.map((action) => action.title).join('; ')}`);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    const text = document.getText(bodyOf(document, 'PulseTimerDpc'));
    assert.match(text, /KeAcquireSpinLockAtDpcLevel\(&extension->StatsLock\);/);
    assert.match(text, /KeReleaseSpinLockFromDpcLevel\(&extension->StatsLock\);/);
    assert.doesNotMatch(text, /KeAcquireSpinLock\(/);
    const isInBody = (one: vscode.Diagnostic): boolean =>
      bodyOf(document, 'PulseTimerDpc').contains(one.range);
    await diagnosticsOf(
      document,
      (found) => !found.some((one) => ruleOf(one) === 'redundant-irql-raise' && isInBody(one)),
    );
    await vscode.commands.executeCommand('undo');
    await diagnosticsOf(document, (found) =>
      found.some((one) => ruleOf(one) === 'redundant-irql-raise' && isInBody(one)),
    );
  });

  it('warns of a mistake while it is typed and takes the warning back when it is undone', async () => {
    const body = bodyOf(document, 'PulseReadComplete');
    const before = (await diagnosticsOf(document, () => true)).length;
    const edit = new vscode.WorkspaceEdit();
    const release = find(
      document,
      '    KeReleaseSpinLock(&extension->StatsLock, oldIrql);\n',
      body.start.line,
    );
    edit.delete(document.uri, release);
    assert.ok(await vscode.workspace.applyEdit(edit));
    const isLeak = (one: vscode.Diagnostic): boolean =>
      ruleOf(one) === 'lock-not-released' && bodyOf(document, 'PulseReadComplete').contains(one.range);
    await diagnosticsOf(document, (found) => found.some(isLeak));
    await vscode.commands.executeCommand('undo');
    await diagnosticsOf(document, (found) => found.length === before && !found.some(isLeak));
  });

  it('exports what it found as SARIF', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder.uri, 'found.sarif');
    await vscode.commands.executeCommand('irqlLens.exportSarif', file);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    const { version, runs } = JSON.parse(text) as {
      version: string;
      runs: { results: { ruleId: string }[] }[];
    };
    assert.equal(version, '2.1.0');
    const rules = runs.flatMap(({ results }) => results.map(({ ruleId }) => ruleId));
    assert.ok(rules.includes('completion-assumes-dispatch'), rules.join(', '));
  });

  it('tells the IRQL in the call hierarchy', async () => {
    const name = find(document, '\nPulseTimerDpc(').end.translate(0, -1);
    const ask = (): Thenable<vscode.CallHierarchyItem[]> =>
      vscode.commands.executeCommand('vscode.prepareCallHierarchy', document.uri, name);
    const [item] = await until('a call hierarchy', ask, (items) => items.length > 0);
    assert.match(item?.detail ?? '', /DISPATCH_LEVEL/);
    const calls = await vscode.commands.executeCommand<vscode.CallHierarchyOutgoingCall[]>(
      'vscode.provideOutgoingCalls',
      item,
    );
    assert.ok(
      calls.some(({ to }) => to.name === 'PulseCountAnywhereSlow'),
      calls.map(({ to }) => to.name).join(', '),
    );
  });

  it('opens the replay panel for a scenario', async () => {
    await vscode.commands.executeCommand('irqlLens.runScenario', { scenario: 'atdpc-at-passive' });
    const webviews = (): readonly vscode.Tab[] =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .filter((tab) => tab.input instanceof vscode.TabInputWebview);
    await until('a replay tab', webviews, (tabs) => tabs.length === 1);
  });
});
