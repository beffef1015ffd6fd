/**
 * Export SARIF: of the whole workspace, checked now; in a large one the background check answers.
 */
import { methods, type ExportSarifAnswer } from '../protocol/requests.ts';
import { sarifOf } from './background.ts';
import { guard } from './guard.ts';
import type { ServerState } from './serverState.ts';

/** Registers it. */
export function registerExport(state: ServerState): void {
  const nothing: ExportSarifAnswer = { text: '', findings: 0 };
  state.connection.onRequest(
    methods.exportSarif,
    guard<unknown, ExportSarifAnswer>(state.log, 'export SARIF', nothing, async () => {
      const whole = await state.background?.sarif();
      if (whole !== undefined) return whole;
      return sarifOf(state.world, state.folders, state.configuration.rules, state.environment.version);
    }),
  );
}
