/**
 * What every micro-operation costs in a run: the profile's figures as whole ticks (tenths of a core cycle), each rounded once.
 * The only place that knows which figure stands for which operation.
 */
import type { ScenarioTopology } from '../../protocol/scenarioFormat.ts';
import { ticksPerCycle } from '../../protocol/traceFormat.ts';
import { cyclesOf, figureOf, type ResolvedProfile } from '../profiles/profile.ts';
import { CostKey } from '../program/opcodes.ts';

/** Distance classes between two CPUs. */
export const Distance = { self: 0, smt: 1, cluster: 2, socket: 3, remote: 4 } as const;
export const distanceNames = ['self', 'smt', 'cluster', 'socket', 'remote'] as const;

export interface CostTable {
  readonly clockGHz: number;
  /** Ticks by `CostKey`. */
  readonly costs: Float64Array;
  readonly lockedL1: number;
  readonly lockedRelease: number;
  readonly loadL1: number;
  readonly storeL1: number;
  readonly releaseStore: number;
  readonly pause: number;
  /** One-way transfer of a line by distance class: for ownership, for a load; and how long it occupies the line. */
  readonly transfer: Float64Array;
  readonly load: Float64Array;
  readonly occupancy: Float64Array;
  readonly ipiLatency: number;
  readonly tick: number;
  readonly tickCost: number;
  readonly quantumTicks: number;
  readonly dpcTimeoutTicks: number;
  readonly watchdogPeriodTicks: number;
  readonly clockWatchdogTicks: number;
  /** DPCs per tick below which a low one is drained at once. */
  readonly minDpcRate: number;
  readonly dpcGuideline: number;
  readonly isrGuideline: number;
  /** Lazy IRQL schemes: extra cost of an interrupt that is refused, and of the lowering after it. */
  readonly refusedInterrupt: number;
  readonly lowerHardware: number;
}

/** Builds the table. `ticks(key)` rounds one figure to a tenth of a cycle. */
export function buildCostTable(profile: ResolvedProfile): CostTable {
  const ticks = (key: string): number => Math.round(cyclesOf(profile, key) * ticksPerCycle);
  const optional = (key: string): number => (profile.figures.has(key) ? ticks(key) : 0);
  const costs = new Float64Array(Object.keys(CostKey).length);
  const half = Math.round(ticks('isrPrologueEpilogue') / 2);
  costs[CostKey.readIrql] = ticks('readIrql');
  costs[CostKey.raise] = ticks('raiseWrite') + ticks('flagsTest');
  costs[CostKey.lower] = ticks('lowerWrite') + ticks('flagsTest');
  costs[CostKey.isrEntry] = ticks('interruptDelivery') + half;
  costs[CostKey.isrExit] = ticks('isrPrologueEpilogue') - half + ticks('eoi') + ticks('iret');
  costs[CostKey.dpcInterruptEntry] = ticks('interruptDelivery');
  costs[CostKey.dpcInterruptExit] = ticks('eoi') + ticks('iret');
  costs[CostKey.dpcDispatch] = ticks('dpcDispatch');
  costs[CostKey.selfIpi] = ticks('selfIpi');
  costs[CostKey.ipiSend] = ticks('ipiSend');
  costs[CostKey.contextSwitch] = ticks('contextSwitch');
  costs[CostKey.dpcInsert] = ticks('cli') + ticks('rmwL1') + ticks('sti');
  costs[CostKey.fence] = ticks('fullFence');
  return {
    clockGHz: profile.clockGHz,
    costs,
    lockedL1: ticks('rmwL1'),
    lockedRelease: ticks('releaseLockedAnd'),
    loadL1: ticks('loadL1'),
    storeL1: ticks('storeL1'),
    releaseStore: ticks('releaseStore'),
    pause: ticks('pause'),
    ...transferCosts(profile),
    ipiLatency: ticks('ipiLatency'),
    tick: ticks('clockTick'),
    tickCost: ticks('interruptDelivery') + ticks('isrPrologueEpilogue') + ticks('eoi') + ticks('iret'),
    quantumTicks: Math.max(1, figureOf(profile, 'quantumClient').value),
    dpcTimeoutTicks: figureOf(profile, 'dpcTimeout').value,
    watchdogPeriodTicks: figureOf(profile, 'dpcWatchdogPeriod').value,
    clockWatchdogTicks: figureOf(profile, 'clockWatchdog').value,
    minDpcRate: figureOf(profile, 'minDpcRate').value,
    dpcGuideline: ticks('dpcGuideline'),
    isrGuideline: ticks('isrGuideline'),
    refusedInterrupt: optional('refusedInterrupt'),
    lowerHardware: optional('lowerHardware'),
  };
}

function transferCosts(profile: ResolvedProfile): Pick<CostTable, 'transfer' | 'load' | 'occupancy'> {
  const cycles = ['smt', 'sameCluster', 'sameSocket', 'crossSocket'].map((key) => cyclesOf(profile, key));
  const scaled = (factor: number): Float64Array =>
    Float64Array.from([0, ...cycles], (value) => Math.round(value * factor * ticksPerCycle));
  return {
    transfer: scaled(1),
    load: scaled(figureOf(profile, 'loadFactor').value),
    occupancy: scaled(figureOf(profile, 'occupancyFactor').value),
  };
}

/** Distance class of every pair of CPUs, index from * nCpus + to. */
export function buildDistances(
  nCpus: number,
  profile: ResolvedProfile,
  topology: ScenarioTopology | undefined,
): Uint8Array {
  const perCore = topology?.threadsPerCore ?? 1;
  const perCluster = topology?.coresPerCluster ?? profile.coresPerCluster;
  const perSocket = topology?.coresPerSocket ?? profile.coresPerSocket;
  const table = new Uint8Array(nCpus * nCpus);
  const at = (cpu: number, per: number): number => Math.floor(Math.floor(cpu / perCore) / per);
  for (let from = 0; from < nCpus; from += 1) {
    for (let to = 0; to < nCpus; to += 1) {
      let distance: number = Distance.remote;
      if (from === to) distance = Distance.self;
      else if (at(from, 1) === at(to, 1)) distance = Distance.smt;
      else if (at(from, perCluster) === at(to, perCluster)) distance = Distance.cluster;
      else if (at(from, perSocket) === at(to, perSocket)) distance = Distance.socket;
      table[from * nCpus + to] = distance;
    }
  }
  return table;
}
