/**
 * `IRQL Lens: Run Scenario From Here`: the server builds a scenario from the function or lock under the cursor, and the
 * replay explores it. A lens passes the place instead, and a quick fix the rule whose report there is to be replayed.
 */
import {
  methods,
  type BuiltFrom,
  type Scenario,
  type ScenarioFromHereAnswer,
  type ScenarioFromHereRequest,
} from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { cursorPlace } from '../places.ts';
import type { Replays } from '../replay/openReplay.ts';

/** Registers the command. */
export function registerRunScenarioFromHere(client: BaseLanguageClient, replays: Replays): vscode.Disposable {
  return vscode.commands.registerCommand('irqlLens.runScenarioFromHere', async (argument?: unknown) => {
    const place = isPlaceRequest(argument) ? argument : cursorPlace();
    if (place === undefined) {
      void vscode.window.showInformationMessage(
        'Put the cursor on a lock or into a function of a driver first.',
      );
      return;
    }
    try {
      const answer = await client.sendRequest<ScenarioFromHereAnswer>(methods.scenarioFromHere, place);
      if ('problem' in answer) void vscode.window.showInformationMessage(answer.problem);
      else
        await replays.open({
          scenario: answer.scenario,
          request: { mode: 'explore', overrides: {} },
          built: { uri: place.uri, subject: answer.subject },
        });
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  });
}

function isPlaceRequest(value: unknown): value is ScenarioFromHereRequest {
  if (typeof value !== 'object' || value === null) return false;
  const { uri, position } = value as { uri?: unknown; position?: unknown };
  return typeof uri === 'string' && typeof position === 'object' && position !== null;
}

/** Builds what a replay shows from the source again; undefined where there is nothing to build any more. */
export async function rebuildScenario(
  client: BaseLanguageClient,
  { uri, subject }: BuiltFrom,
): Promise<Scenario | undefined> {
  if (!client.isRunning()) return undefined;
  const request: ScenarioFromHereRequest = { uri, position: { line: 0, character: 0 }, subject };
  const answer = await client.sendRequest<ScenarioFromHereAnswer>(methods.scenarioFromHere, request);
  return 'scenario' in answer ? answer.scenario : undefined;
}
