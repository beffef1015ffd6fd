/** A sweep as CSV (RFC 4180, CRLF): one line per row, the columns named as in the JSON. */
import type { SweepResult } from '../../protocol/simulateResult.ts';

const columns = [
  'cpus',
  'lock',
  'holdCycles',
  'thinkCycles',
  'acquisitions',
  'cycles',
  'cyclesPerAcquisition',
  'nsPerAcquisition',
  'meanWaitCycles',
  'p99WaitCycles',
  'jainFairness',
  'outcome',
] as const;

/** The whole file. An axis that was not swept is an empty field. */
export function sweepToCsv(sweep: SweepResult): string {
  const lines = sweep.rows.map((row) => columns.map((column) => row[column] ?? '').join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}
