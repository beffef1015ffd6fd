/**
 * The rows of a sweep as lines of a chart: one per lock kind, points in order of x; and round axis ends. Pure.
 */
import type { SweepResult, SweepRow } from 'irql-lens-server/protocol';

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly row: SweepRow;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Which value runs along the x axis. */
export type Axis = 'cpus' | 'hold';

/** Groups the rows by lock kind. Rows without acquisitions (a run that died) have no point. */
export function seriesOf(result: SweepResult, axis: Axis): readonly Series[] {
  const groups = new Map<string, Point[]>();
  for (const row of result.rows) {
    const x = axis === 'cpus' ? row.cpus : (row.holdCycles ?? 0);
    const points = groups.get(row.lock) ?? [];
    groups.set(row.lock, points);
    if (row.acquisitions > 0) points.push({ x, y: row.cyclesPerAcquisition, row });
  }
  return [...groups].map(([name, points]) => ({ name, points: points.sort((a, b) => a.x - b.x) }));
}

/** Distance of axis lines: 1, 2 or 5 times a power of ten, so that at most `most` of them reach `top`. */
export function axisStep(top: number, most: number): number {
  const least = Math.max(top, 1e-9) / most;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((each) => each * power >= least) ?? 10) * power;
}

/** What a chart says in one sentence: who is cheapest at each end. */
export function chartWords(series: readonly Series[], axis: Axis): string {
  const drawn = series.filter((each) => each.points.length > 0);
  if (drawn.length === 0) return 'No run completed an acquisition.';
  const first = Math.min(...drawn.map((each) => each.points[0]!.x));
  const last = Math.max(...drawn.map((each) => each.points.at(-1)!.x));
  const best = (x: number) => {
    const at = drawn.flatMap((each) => {
      const point = each.points.find((one) => one.x === x);
      return point === undefined ? [] : [{ name: each.name, y: point.y }];
    });
    return at.sort((a, b) => a.y - b.y)[0]?.name ?? 'none';
  };
  const unit = (x: number) =>
    axis === 'cpus' ? `${x} ${x === 1 ? 'CPU' : 'CPUs'}` : `a hold of ${x} cycles`;
  return best(first) === best(last)
    ? `Cheapest from ${unit(first)} to ${unit(last)}: ${best(first)}.`
    : `Cheapest at ${unit(first)}: ${best(first)}; at ${unit(last)}: ${best(last)}.`;
}
