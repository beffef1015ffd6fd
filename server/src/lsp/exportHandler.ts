/**
 * Export SARIF: checks every file now and answers with the log's text. Paths inside the workspace are relative to it.
 */
import { isInside } from '../base/paths.ts';
import { exportSarif } from '../features/exportSarif.ts';
import { methods, type ExportSarifAnswer } from '../protocol/requests.ts';
import { checkAcrossFunctions, checkFile } from '../rules/checkProgram.ts';
import type { Finding } from '../rules/rule.ts';
import type { Suppression } from '../rules/suppressions.ts';
import { guard } from './guard.ts';
import type { ServerState } from './serverState.ts';
import { rulePage } from './toProto.ts';
import { uriOfPath } from './uris.ts';

/** Registers it. */
export function registerExport(state: ServerState): void {
  const nothing: ExportSarifAnswer = { text: '', findings: 0 };
  state.connection.onRequest(
    methods.exportSarif,
    guard<unknown, ExportSarifAnswer>(state.log, 'export SARIF', nothing, async (_params, token) => {
      const { program, analysis } = state.world.snapshot();
      const { rules } = state.configuration;
      const across = checkAcrossFunctions(program, analysis, rules);
      const findings: Finding[] = [];
      const suppressed: { finding: Finding; by: Suppression }[] = [];
      const slices = (function* () {
        for (const file of program.files.values()) {
          const checked = checkFile(program, analysis, file, rules, across);
          findings.push(...checked.findings);
          suppressed.push(...checked.suppressed);
          yield;
        }
      })();
      await state.scheduler.inSlices(slices, () => token.isCancellationRequested);
      const uriOf = (path: string): string => relativeUri(state.folders, path);
      const log = exportSarif({
        program,
        version: state.environment.version,
        findings,
        suppressed,
        uriOf,
        pageOf: rulePage,
      });
      return { text: `${JSON.stringify(log, null, 1)}\n`, findings: findings.length };
    }),
  );
}

function relativeUri(folders: readonly string[], path: string): string {
  const folder = folders.find((one) => isInside(path, one));
  if (folder === undefined) return uriOfPath(path);
  return path.slice(folder.length).replace(/^\//, '').split('/').map(encodeURIComponent).join('/');
}
