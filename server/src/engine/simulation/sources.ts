/**
 * What happens by itself: arrivals of DPCs and interrupts, inter-processor interrupts under way, clock ticks.
 * A small list in order of time and sequence; the same time goes to what was planned first.
 */
import { Rng } from '../../base/rng.ts';
import type { Duration } from '../../protocol/scenarioFormat.ts';
import { ticksPerCycle } from '../../protocol/traceFormat.ts';
import type { Program } from '../program/program.ts';

/** Something planned. */
export interface Planned {
  readonly time: number;
  readonly sequence: number;
  readonly kind: 'arrival' | 'timer' | 'ipi' | 'tick';
  /** Context of an arrival or timer, CPU of an IPI. */
  readonly target: number;
  /** Arrivals still to come after this one; of a timer: the duration after which it comes again, or -1. */
  readonly left: number;
}

/** A duration in ticks; random ones are drawn here. */
export function durationTicks(duration: Duration, clockGHz: number, rng: Rng): number {
  if (typeof duration === 'number') return Math.round(duration * ticksPerCycle);
  if ('us' in duration) return Math.round(duration.us * 1e3 * clockGHz * ticksPerCycle);
  if ('ms' in duration) return Math.round(duration.ms * 1e6 * clockGHz * ticksPerCycle);
  if ('exponential' in duration) return Math.round(rng.exponential(duration.exponential) * ticksPerCycle);
  const [low, high] = duration.uniform;
  return Math.round((low + rng.unit() * (high - low)) * ticksPerCycle);
}

/** The durations of a program in ticks: the constant ones are worked out once. */
export class Durations {
  private readonly rows: readonly Duration[];
  private readonly clockGHz: number;
  /** -1 where the duration is drawn. */
  private readonly constant: Float64Array;

  constructor(rows: readonly Duration[], clockGHz: number) {
    this.rows = rows;
    this.clockGHz = clockGHz;
    const unused = new Rng(0);
    this.constant = Float64Array.from(rows, (row) =>
      typeof row === 'object' && ('uniform' in row || 'exponential' in row)
        ? -1
        : durationTicks(row, clockGHz, unused),
    );
  }

  ticks(index: number, rng: Rng): number {
    const constant = this.constant[index]!;
    return constant >= 0 ? constant : durationTicks(this.rows[index]!, this.clockGHz, rng);
  }
}

/** One branch of a choice, by the weights. */
export function drawBranch(weights: readonly number[], rng: Rng): number {
  let left = rng.unit() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let branch = 0; branch < weights.length - 1; branch += 1) {
    left -= weights[branch]!;
    if (left < 0) return branch;
  }
  return weights.length - 1;
}

/** Mutable, one per run. */
export class Sources {
  private readonly list: Planned[] = [];
  private sequence = 0;
  /** Time of the first, Infinity where there is none. */
  next = Infinity;

  plan(time: number, kind: Planned['kind'], target: number, left: number): void {
    this.sequence += 1;
    const row: Planned = { time, sequence: this.sequence, kind, target, left };
    // Latest first, and of equal times the one planned last first: the first that is not later than the new one.
    let at = 0;
    for (let end = this.list.length; at < end;) {
      const middle = (at + end) >> 1;
      if (this.list[middle]!.time <= time) end = middle;
      else at = middle + 1;
    }
    this.list.splice(at, 0, row);
    this.next = this.list[this.list.length - 1]!.time;
  }

  /** Forgets the timer of this context. */
  cancelTimer(context: number): void {
    const at = this.list.findIndex(({ kind, target }) => kind === 'timer' && target === context);
    if (at < 0) return;
    this.list.splice(at, 1);
    this.next = this.list.length === 0 ? Infinity : this.list[this.list.length - 1]!.time;
  }

  /** Takes the first. */
  take(): Planned {
    const row = this.list.pop()!;
    this.next = this.list.length === 0 ? Infinity : this.list[this.list.length - 1]!.time;
    return row;
  }

  /** True where something other than the clock is planned. */
  hasArrivals(): boolean {
    return this.list.some((row) => row.kind !== 'tick');
  }

  /** Plans the first arrival of every context that has arrivals. */
  planArrivals(program: Program, clockGHz: number, rng: Rng): void {
    program.contexts.forEach(({ arrivals }, context) => {
      if (arrivals === undefined) return;
      const count = arrivals.count ?? (arrivals.every === undefined ? 1 : Infinity);
      if (count > 0) this.plan(durationTicks(arrivals.at ?? 0, clockGHz, rng), 'arrival', context, count - 1);
    });
  }
}
