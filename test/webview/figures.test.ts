import { describe, expect, it } from 'vitest';
import { irqlCosts } from '../../client/webview/model/irqlCost.ts';
import { axisStep, chartWords, seriesOf } from '../../client/webview/model/series.ts';
import type { SweepResult, SweepRow } from '../../server/src/protocol/index.ts';

const row = (lock: string, cpus: number, cyclesPerAcquisition: number, acquisitions = 10): SweepRow => ({
  cpus,
  lock,
  holdCycles: null,
  thinkCycles: null,
  acquisitions,
  cycles: 1,
  cyclesPerAcquisition,
  nsPerAcquisition: 1,
  meanWaitCycles: 0,
  p99WaitCycles: 0,
  jainFairness: 1,
  outcome: 'completed',
});

const sweep = (rows: readonly SweepRow[]): SweepResult => ({
  version: 1,
  scenario: 's',
  profile: 'p',
  clockGHz: 3,
  seed: 1,
  rows,
});

describe('seriesOf', () => {
  it('makes one line per lock kind, in order of x, without runs that got nowhere', () => {
    const series = seriesOf(
      sweep([row('ttas', 4, 900), row('queued', 1, 120), row('ttas', 1, 100), row('ttas', 8, 0, 0)]),
      'cpus',
    );
    expect(series.map(({ name, points }) => [name, points.map(({ x, y }) => [x, y])])).toEqual([
      [
        'ttas',
        [
          [1, 100],
          [4, 900],
        ],
      ],
      ['queued', [[1, 120]]],
    ]);
  });

  it('says who is cheapest at both ends', () => {
    const rows = [row('ttas', 1, 100), row('ttas', 8, 900), row('queued', 1, 120), row('queued', 8, 500)];
    expect(chartWords(seriesOf(sweep(rows), 'cpus'), 'cpus')).toBe(
      'Cheapest at 1 CPU: ttas; at 8 CPUs: queued.',
    );
    expect(chartWords([], 'cpus')).toBe('No run completed an acquisition.');
  });

  it('rounds axes', () => {
    expect([axisStep(900, 5), axisStep(1001, 5), axisStep(4, 5)]).toEqual([200, 500, 1]);
  });
});

describe('irqlCosts', () => {
  it('multiplies counts by figures, with their brackets', () => {
    const figure = (key: string, value: number, range: [number, number] | null) => ({
      key,
      value,
      range,
      unit: 'cycles',
      source: 'estimate',
      confidence: 'E',
    });
    const profile = {
      id: 'p',
      name: 'P',
      clockGHz: 3,
      figures: [
        figure('readIrql', 25, [10, 50]),
        figure('raiseWrite', 45, [20, 120]),
        figure('lowerWrite', 45, [20, 120]),
      ],
    };
    const [reads, writes] = irqlCosts(profile, { irqlReads: 2, irqlWrites: 2, meanCycles: 0 });
    expect(reads!.total).toEqual({ low: 20, mid: 50, high: 100 });
    expect(writes!.total).toEqual({ low: 40, mid: 90, high: 240 });
    expect(irqlCosts({ ...profile, figures: [] }, { irqlReads: 1, irqlWrites: 1, meanCycles: 0 })).toEqual(
      [],
    );
  });
});
