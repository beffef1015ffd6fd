/**
 * `IRQL Lens: Run Scenario`: a bundled lesson, or a scenario file of the workspace. The argument `{scenario: id}` or the
 * Uri of a file skips the picker.
 */
import { parseScenario } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import { connectEngine, type StartEngine } from '../replay/engine.ts';
import type { Replays } from '../replay/openReplay.ts';
import type { ReplaySource } from '../replay/replaySource.ts';

interface Choice extends vscode.QuickPickItem {
  readonly pick?: ReplaySource | vscode.Uri;
}

/** Registers the command. */
export function registerRunScenario(replays: Replays, startEngine: StartEngine): vscode.Disposable {
  return vscode.commands.registerCommand('irqlLens.runScenario', async (argument?: unknown) => {
    try {
      const source = await sourceOf(argument, startEngine);
      if (source !== undefined) await replays.open(source);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  });
}

async function sourceOf(argument: unknown, startEngine: StartEngine): Promise<ReplaySource | undefined> {
  if (argument instanceof vscode.Uri) return readScenario(argument);
  if (typeof argument === 'object' && argument !== null) {
    const { scenario } = argument as { scenario?: unknown };
    if (typeof scenario === 'string') return { scenarioId: scenario };
    if (typeof scenario === 'object' && scenario !== null) return checkScenario(scenario, 'the scenario');
  }
  const pick = await pickScenario(startEngine);
  return pick instanceof vscode.Uri ? readScenario(pick) : pick;
}

async function readScenario(uri: vscode.Uri): Promise<ReplaySource> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${uri.path} is not valid JSON: ${String(error)}`);
  }
  return isTrace(value) ? { trace: value, origin: uri.toString() } : checkScenario(value, uri.path);
}

/** A trace that was saved from a replay may be opened like a scenario; the replay checks the rest of it. */
function isTrace(value: unknown): boolean {
  return (value as { format?: unknown } | null)?.format === 'irql-lens-trace';
}

function checkScenario(value: unknown, name: string): ReplaySource {
  const parsed = parseScenario(value);
  if ('scenario' in parsed) return { scenario: parsed.scenario };
  const [first] = parsed.problems;
  throw new Error(
    `${name} is no valid scenario: ${first === undefined ? '' : `${first.path}: ${first.message}`}`,
  );
}

async function pickScenario(startEngine: StartEngine): Promise<ReplaySource | vscode.Uri | undefined> {
  const engine = connectEngine(startEngine);
  try {
    const choice = await vscode.window.showQuickPick(listChoices(engine.catalogue()), {
      title: 'Run Scenario',
      placeHolder: 'A bundled lesson or a scenario file',
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return choice?.pick;
  } finally {
    engine.dispose();
  }
}

async function listChoices(
  catalogue: ReturnType<ReturnType<typeof connectEngine>['catalogue']>,
): Promise<Choice[]> {
  const files = await vscode.workspace.findFiles(
    '**/*.{irql-scenario,irql-trace}.json',
    '**/node_modules/**',
    200,
  );
  const { scenarios } = await catalogue;
  const bundled = scenarios.map((scenario): Choice => {
    return { label: scenario.title, description: scenario.id, pick: { scenarioId: scenario.id } };
  });
  if (files.length === 0) return bundled;
  const own = files.map((uri): Choice => ({ label: vscode.workspace.asRelativePath(uri), pick: uri }));
  const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [separator('in this workspace'), ...own, separator('lessons'), ...bundled];
}
