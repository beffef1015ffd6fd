/**
 * The clock tick of all CPUs: quantum ends, the drain of DPCs that were left, and the watchdogs. Figures come from the profile
 * (`dpcTimeout`, `dpcWatchdogPeriod`, `clockWatchdog`). Source: documentation of bug checks 0x101 and 0x133.
 */
import { TraceEventKind as Event } from '../../protocol/traceFormat.ts';
import { nextReady, switchAtQuantumEnd } from '../machine/contexts.ts';
import { requestDpcInterrupt } from '../machine/interrupts.ts';
import { clockLevel } from '../irqlNames.ts';
import * as layout from '../program/stateLayout.ts';
import type { Simulator } from './simulator.ts';

const DISPATCH_LEVEL = 2;

/** What the clock remembers from tick to tick. */
export interface ClockState {
  nTicks: number;
  /** DPCs per tick: half of the last tick's, half of what it was before; and how many had been queued then. */
  readonly dpcRate: Float64Array;
  readonly lastQueued: Float64Array;
  /** How many contexts had started on the CPU at the last tick. */
  readonly lastInstance: Float64Array;
  /** Ticks in a row: in the same DPC or ISR; at DISPATCH_LEVEL or above; without the clock getting through. */
  readonly inRoutine: Float64Array;
  readonly atDispatch: Float64Array;
  readonly missed: Float64Array;
}

export function newClockState(nCpus: number): ClockState {
  return {
    nTicks: 0,
    dpcRate: new Float64Array(nCpus),
    lastQueued: new Float64Array(nCpus),
    lastInstance: new Float64Array(nCpus),
    inRoutine: new Float64Array(nCpus),
    atDispatch: new Float64Array(nCpus),
    missed: new Float64Array(nCpus),
  };
}

/** One tick on every CPU. */
export function clockTick(sim: Simulator): void {
  sim.clock.nTicks += 1;
  sim.sources.plan(sim.now + sim.table.tick, 'tick', 0, Infinity);
  for (let cpu = 0; cpu < sim.program.nCpus && sim.outcome === undefined; cpu += 1) tickCpu(sim, cpu);
}

function tickCpu(sim: Simulator, cpu: number): void {
  const irql = sim.machine.irql(cpu);
  const { clock, table } = sim;
  if (irql >= clockLevel(sim.program.arch)) {
    clock.missed[cpu]! += 1;
    if (clock.missed[cpu]! > table.clockWatchdogTicks) {
      sim.stopWith('watchdog', `0x101 CLOCK_WATCHDOG_TIMEOUT: CPU ${cpu} takes no clock interrupt`);
    }
    return;
  }
  clock.missed[cpu] = 0;
  sim.delay(cpu, table.tickCost);
  const queued = sim.observer.nQueued[cpu]!;
  clock.dpcRate[cpu] = Math.floor((queued - clock.lastQueued[cpu]! + clock.dpcRate[cpu]!) / 2);
  clock.lastQueued[cpu] = queued;
  requestDpcInterrupt(sim.machine, cpu);
  endQuantum(sim, cpu);
  watch(sim, cpu);
}

function endQuantum(sim: Simulator, cpu: number): void {
  if (sim.clock.nTicks % sim.table.quantumTicks !== 0 || sim.program.threadsOf[cpu]!.length < 2) return;
  const base = sim.program.cpuBase[cpu]!;
  const thread = sim.machine.contextOf(cpu, sim.machine.state[base + layout.cpuStack]!);
  if (thread < 0 || nextReady(sim.machine, cpu) === thread) return;
  sim.machine.state[base + layout.cpuQuantumEnd] = 1;
  sim.machine.host.emit(Event.quantumEnd, cpu, sim.machine.top(cpu), 0, 0);
  if (sim.machine.irql(cpu) >= DISPATCH_LEVEL || sim.machine.state[base + layout.cpuDepth] !== 1) return;
  if (!sim.isInterruptible(cpu)) return;
  sim.preempt(cpu);
  switchAtQuantumEnd(sim.machine, cpu);
}

function watch(sim: Simulator, cpu: number): void {
  const { clock, table, machine, program } = sim;
  const started = sim.observer.nStarted[cpu]!;
  const isSame = started === clock.lastInstance[cpu];
  clock.lastInstance[cpu] = started;
  const kinds = stackKinds(sim, cpu);
  const isInRoutine = kinds.includes('dpc') || kinds.includes('isr');
  clock.inRoutine[cpu] = isInRoutine && isSame ? clock.inRoutine[cpu]! + 1 : isInRoutine ? 1 : 0;
  clock.atDispatch[cpu] = machine.irql(cpu) >= DISPATCH_LEVEL ? clock.atDispatch[cpu]! + 1 : 0;
  if (clock.inRoutine[cpu] > table.dpcTimeoutTicks) {
    const name = program.contexts[machine.top(cpu)]?.name ?? '';
    return sim.stopWith(
      'watchdog',
      `0x133 DPC_WATCHDOG_VIOLATION (P1 = 0): one DPC or ISR ('${name}') ran for 0x${table.dpcTimeoutTicks.toString(16)} ticks on CPU ${cpu}`,
    );
  }
  if (clock.atDispatch[cpu] > table.watchdogPeriodTicks) {
    sim.stopWith(
      'watchdog',
      `0x133 DPC_WATCHDOG_VIOLATION (P1 = 1): CPU ${cpu} stayed at DISPATCH_LEVEL or above for 0x${table.watchdogPeriodTicks.toString(16)} ticks`,
    );
  }
}

function stackKinds(sim: Simulator, cpu: number): readonly string[] {
  const base = sim.program.cpuBase[cpu]!;
  const depth = sim.machine.state[base + layout.cpuDepth]!;
  const kinds: string[] = [];
  for (let level = 0; level < depth; level += 1) {
    const context = sim.machine.contextOf(cpu, sim.machine.state[base + layout.cpuStack + level]!);
    if (context >= 0) kinds.push(sim.program.contexts[context]!.kind);
  }
  return kinds;
}
