/** The rows of `npm run validate:engine` that take no time; the long statistical ones are checked there in full. */
import { describe, expect, it } from 'vitest';
import { conformanceRows } from './validation/conformance.ts';
import { closedFifoRows, handoffRows, uncontendedRows } from './validation/exact.ts';
import { gravitonRows, orderingRows } from './validation/published.ts';
import { row, type Row } from './validation/rows.ts';
import { chainSpeedup, mva, repairmanRows } from './validation/statistical.ts';

function check(rows: readonly Row[]): void {
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter((each) => !each.isOk)).toEqual([]);
}

describe('the engine against what is known', () => {
  it('uncontended sums, to the tenth of a cycle', () => check(uncontendedRows()));
  it('closed FIFO system, exactly', () => check(closedFifoRows()));
  it('hand-off forms', () => check(handoffRows()));
  it('conformance vectors', () => check(conformanceRows()));
  it('Graviton2 ticket curve within 8 %', () => check(gravitonRows()));
  it('orderings of the literature', () => check(orderingRows()));
  it('machine repairman, short runs within 5 %', () => {
    const rows = repairmanRows(20_000).map((each) =>
      row(each.group, each.name, each.expected, each.actual, 0.05),
    );
    check(rows);
  });
  it('the formulas themselves', () => {
    expect(mva(2000, 200, 8)).toBeCloseTo(3.308408, 5);
    expect(chainSpeedup(5000, 100, 200, 12)).toBeCloseTo(10.8651, 3);
    expect(chainSpeedup(20000, 400, 200, 24)).toBeCloseTo(19.874, 2);
  });
  it('a row that is out is said to be out', () => {
    expect(row('g', 'n', 100, 101.1, 0.01).isOk).toBe(false);
    expect(row('g', 'n', 100, 100.9, 0.01).isOk).toBe(true);
  });
});
