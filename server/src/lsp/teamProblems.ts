/**
 * Sends the problems of `.irql-lens/config.json` and `.irql-lens/facts.json` as diagnostics of those files.
 */
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { TeamProblem } from './configuration.ts';
import type { ServerState } from './serverState.ts';

/** Sends what is wrong now and takes back what was wrong before. */
export function publishTeamProblems(
  state: ServerState,
  before: readonly TeamProblem[],
  now: readonly TeamProblem[],
  present: readonly string[],
): void {
  for (const path of new Set([
    ...before.map((problem) => problem.path),
    ...now.map((problem) => problem.path),
    ...present,
  ])) {
    const mine = now.filter((problem) => problem.path === path);
    if (mine.length === 0 && !before.some((problem) => problem.path === path)) continue;
    const diagnostics = mine.map(({ line, column, length, message }): Diagnostic => ({
      range: { start: { line, character: column }, end: { line, character: column + Math.max(1, length) } },
      severity: DiagnosticSeverity.Error,
      source: 'irql-lens',
      code: 'configuration',
      message,
    }));
    void state.connection.sendDiagnostics({ uri: state.uris.uriOf(path), diagnostics });
  }
}
