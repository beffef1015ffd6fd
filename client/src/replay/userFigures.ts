/**
 * What the user's settings say about costs, as overrides of a run: own figures, and the profile where one was chosen by hand.
 */
import type { RunOverrides, Scenario } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';

function numbersOf(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

/** The overrides for a scenario. A scenario that names its profile keeps it: its lesson speaks of those figures. */
export function userOverrides(scenario: Scenario): RunOverrides {
  const settings = vscode.workspace.getConfiguration('irqlLens');
  const figures = numbersOf(settings.get('costs'));
  const chosen = settings.inspect<string>('profile');
  const profile = chosen?.workspaceFolderValue ?? chosen?.workspaceValue ?? chosen?.globalValue;
  return {
    ...(Object.keys(figures).length === 0 ? {} : { figures }),
    ...(profile === undefined || scenario.profile !== undefined ? {} : { profile }),
  };
}
