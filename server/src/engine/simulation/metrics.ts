/**
 * The figures of a run: waits, holds, hand-offs, fairness per lock; time by IRQL and by activity per CPU. Counts every event,
 * also those that the trace leaves out.
 */
import type { CpuResult, LockResult, SimulateResult } from '../../protocol/simulateResult.ts';
import { highLevel } from '../../protocol/irqlLevels.ts';
import { ticksPerCycle } from '../../protocol/traceFormat.ts';
import type { Program } from '../program/program.ts';
import { distanceNames } from './costTable.ts';
import { Histogram } from './histogram.ts';

/** What a CPU did, in the order of `CpuResult.cyclesByActivity`. */
export const Activity = { thread: 0, dpc: 1, isr: 2, spin: 3, hold: 4, idle: 5, overhead: 6 } as const;
const activityNames = ['thread', 'dpc', 'isr', 'spin', 'hold', 'idle', 'overhead'] as const;
const nActivities = activityNames.length;
const nIrqls = 32;

/** Mutable, one per run. */
export class Metrics {
  private readonly waits: Histogram[];
  private readonly holds: Histogram[];
  private readonly perCpu: Float64Array;
  private readonly handoffs: Float64Array;
  private readonly activity: Float64Array;
  private readonly irqlTime: Float64Array;
  readonly spins: Float64Array;
  readonly irqlReads: Float64Array;
  readonly irqlWrites: Float64Array;
  readonly interrupts: Float64Array;
  readonly dpcs: Float64Array;
  acquisitions = 0;
  private readonly program: Program;

  constructor(program: Program) {
    this.program = program;
    const { nCpus } = program;
    const nLocks = program.locks.length;
    this.waits = program.locks.map(() => new Histogram());
    this.holds = program.locks.map(() => new Histogram());
    this.perCpu = new Float64Array(nLocks * nCpus);
    this.handoffs = new Float64Array(nLocks * 5);
    this.spins = new Float64Array(nLocks);
    this.activity = new Float64Array(nCpus * nActivities);
    this.irqlTime = new Float64Array(nCpus * nIrqls);
    this.irqlReads = new Float64Array(nCpus);
    this.irqlWrites = new Float64Array(nCpus);
    this.interrupts = new Float64Array(nCpus);
    this.dpcs = new Float64Array(nCpus);
  }

  /** The CPU spent so many ticks; negative takes back what an interruption left undone. */
  spend(cpu: number, activity: number, irql: number, ticks: number): void {
    this.activity[cpu * nActivities + activity]! += ticks;
    this.irqlTime[cpu * nIrqls + irql]! += ticks;
  }

  acquired(lock: number, cpu: number, wait: number, distance: number): void {
    this.acquisitions += 1;
    this.waits[lock]!.add(wait);
    this.perCpu[lock * this.program.nCpus + cpu]! += 1;
    if (distance >= 0) this.handoffs[lock * 5 + distance]! += 1;
  }

  released(lock: number, hold: number): void {
    this.holds[lock]!.add(hold);
  }

  /** Does a context of the CPU use the lock at all? */
  private isUser(lock: number, cpu: number): boolean {
    const { contexts, heldSlot } = this.program;
    return contexts.some(
      (row, context) => row.cpu === cpu && heldSlot[lock * contexts.length + context]! >= 0,
    );
  }

  private lockResult(lock: number): LockResult {
    const { nCpus, locks } = this.program;
    const wait = this.waits[lock]!;
    const hold = this.holds[lock]!;
    const cycles = (ticks: number): number => round(ticks / ticksPerCycle);
    const counts = [...this.perCpu.subarray(lock * nCpus, (lock + 1) * nCpus)].filter((_, cpu) =>
      this.isUser(lock, cpu),
    );
    const byDistance = this.handoffs.subarray(lock * 5, lock * 5 + 5);
    return {
      id: locks[lock]!.id,
      kind: locks[lock]!.kind.id,
      acquisitions: wait.count,
      meanWaitCycles: cycles(wait.mean()),
      p50WaitCycles: cycles(wait.quantile(0.5)),
      p99WaitCycles: cycles(wait.quantile(0.99)),
      maxWaitCycles: cycles(wait.max),
      meanHoldCycles: cycles(hold.mean()),
      p50HoldCycles: cycles(hold.quantile(0.5)),
      p99HoldCycles: cycles(hold.quantile(0.99)),
      maxHoldCycles: cycles(hold.max),
      handoffs: byDistance.reduce((sum, count) => sum + count, 0),
      handoffsByDistance: byName(distanceNames, (index) => byDistance[index]!),
      jainFairness: round(jain(counts), 4),
      spins: Math.round(this.spins[lock]!),
    };
  }

  private cpuResult(cpu: number, end: number): CpuResult {
    const irqls = [...this.irqlTime.subarray(cpu * nIrqls, (cpu + 1) * nIrqls)];
    const used = irqls.reduce((sum, ticks) => sum + ticks, 0);
    const idle = Math.max(0, end - used);
    irqls[0] = irqls[0]! + idle;
    const { nCpus } = this.program;
    const spent = (index: number): number =>
      this.activity[cpu * nActivities + index]! + (index === Activity.idle ? idle : 0);
    return {
      cpu,
      cyclesByIrql: irqls
        .slice(0, highLevel(this.program.arch) + 1)
        .map((ticks) => round(ticks / ticksPerCycle)),
      cyclesByActivity: byName(activityNames, (index) => round(spent(index) / ticksPerCycle)),
      irqlReads: this.irqlReads[cpu]!,
      irqlWrites: this.irqlWrites[cpu]!,
      interrupts: this.interrupts[cpu]!,
      dpcs: this.dpcs[cpu]!,
      acquisitions: this.program.locks.reduce((sum, _, lock) => sum + this.perCpu[lock * nCpus + cpu]!, 0),
    };
  }

  /** The part of the result that comes from counting; `end` in ticks. */
  results(
    end: number,
    transfers: Float64Array,
  ): Pick<SimulateResult, 'locks' | 'cpuResults' | 'perAcquire' | 'transfers'> {
    const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
    const per = (value: number): number =>
      this.acquisitions === 0 ? 0 : round(value / this.acquisitions, 4);
    const [, smt = 0, cluster = 0, socket = 0, remote = 0] = transfers;
    return {
      locks: this.program.locks.map((_, lock) => this.lockResult(lock)),
      cpuResults: Array.from({ length: this.program.nCpus }, (_, cpu) => this.cpuResult(cpu, end)),
      perAcquire: {
        irqlReads: per(total(this.irqlReads)),
        irqlWrites: per(total(this.irqlWrites)),
        meanCycles: per(end / ticksPerCycle),
      },
      transfers: { smt, cluster, socket, remote },
    };
  }
}

function byName<const N extends string>(
  names: readonly N[],
  value: (index: number) => number,
): Record<N, number> {
  return Object.fromEntries(names.map((name, index) => [name, value(index)])) as Record<N, number>;
}

/** Jain's index (sum x)^2 / (n sum x^2): 1 = all alike. */
function jain(counts: readonly number[]): number {
  if (counts.length === 0) return 1;
  const sum = counts.reduce((total, x) => total + x, 0);
  const squares = counts.reduce((total, x) => total + x * x, 0);
  return squares === 0 ? 1 : (sum * sum) / (counts.length * squares);
}

function round(value: number, digits = 1): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
