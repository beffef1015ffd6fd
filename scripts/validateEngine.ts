/**
 * `npm run validate:engine`: compares the engine with closed forms, queueing theory, published measurements and the conformance
 * vectors, prints every row and fails where one is out. `--quick` leaves out the statistical rows.
 */
import { conformanceRows } from '../test/engine/validation/conformance.ts';
import { closedFifoRows, handoffRows, uncontendedRows } from '../test/engine/validation/exact.ts';
import { gravitonRows, orderingRows } from '../test/engine/validation/published.ts';
import type { Row } from '../test/engine/validation/rows.ts';
import { chainRows, openQueueRows, repairmanRows } from '../test/engine/validation/statistical.ts';

const isQuick = process.argv.includes('--quick');
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7);

const groups: readonly (readonly [string, () => readonly Row[]])[] = [
  ['uncontended', uncontendedRows],
  ['closed', closedFifoRows],
  ['handoff', handoffRows],
  ['conformance', conformanceRows],
  ['published', gravitonRows],
  ['ordering', orderingRows],
  ['repairman', () => repairmanRows(isQuick ? 60_000 : 1_000_000)],
  ['open', () => openQueueRows(isQuick ? 60_000 : 1_000_000)],
  ['chain', () => chainRows(isQuick ? 5_000 : 40_000)],
];

let nOut = 0;
let nRows = 0;
for (const [name, rows] of groups) {
  if (only !== undefined && only !== name) continue;
  const from = performance.now();
  for (const each of rows()) {
    nRows += 1;
    if (!each.isOk) nOut += 1;
    const error = each.expected === 0 ? 0 : 100 * (each.actual / each.expected - 1);
    const verdict = each.isOk ? 'ok ' : 'OUT';
    console.log(
      `${verdict} ${each.group.padEnd(24)} ${each.name.padEnd(64)} ${each.expected.toFixed(3).padStart(12)} ${each.actual.toFixed(3).padStart(12)} ${error.toFixed(2).padStart(7)} %`,
    );
  }
  console.log(`    (${name}: ${((performance.now() - from) / 1000).toFixed(1)} s)`);
}
console.log('No 16-core machine was at hand: the measured profile is that of a 2-CPU Ice Lake-SP guest.');
console.log(`${nRows - nOut} rows in, ${nOut} rows out`);
process.exitCode = nOut === 0 ? 0 : 1;
