/**
 * Compiles a validated scenario into a program: resolves names, lays out state and memory, writes every context's code.
 * What is wrong with the scenario becomes a `ScenarioError` that names the place.
 */
import { ScenarioError } from '../scenarioError.ts';
import { findLockKind, lockKinds } from '../locks/registry.ts';
import type { LockKind, LockShape } from '../locks/lockKind.ts';
import { type Arch, highLevel } from '../../protocol/irqlLevels.ts';
import type { RunOverrides } from '../../protocol/engineMessages.ts';
import type { Scenario, ScenarioLock, Statement } from '../../protocol/scenarioFormat.ts';
import { Assembler } from './assembler.ts';
import { checkScenario } from './checkScenario.ts';
import { compileBody, type CompileState, type ContextPlan } from './compileStatements.ts';
import * as op from './opcodes.ts';
import type { Program, ProgramContext, ProgramLock } from './program.ts';
import * as layout from './stateLayout.ts';

const DISPATCH_LEVEL = 2;
/** More CPUs than a scenario may state, for sweeps. */
const mostCpus = 1024;
/** More arrivals than the explorer could ever walk through: it says `bounded` long before. */
const mostArrivals = 2 ** 30;

/** Applies the run's overrides to the scenario: number of CPUs, lock kind, profile, seed. */
export function applyOverrides(scenario: Scenario, overrides: RunOverrides): Scenario {
  const { cpus, lock, profile, seed } = overrides;
  if (cpus !== undefined && !(Number.isInteger(cpus) && cpus >= 1 && cpus <= mostCpus))
    throw new ScenarioError(`A run has 1 to ${mostCpus} CPUs, not ${cpus}.`);
  const replace = (row: ScenarioLock, index: number): ScenarioLock => {
    if (lock === undefined || !lockKindOf(row, `locks.${index}`).replaceable) return row;
    return { ...row, kind: lock };
  };
  if (lock !== undefined && !(findLockKind(lock)?.replaceable ?? false)) {
    throw new ScenarioError(`Lock kind '${lock}' does not exist or cannot replace a spin lock.`);
  }
  return {
    ...scenario,
    ...(cpus === undefined ? {} : { cpus }),
    ...(profile === undefined ? {} : { profile }),
    ...(seed === undefined ? {} : { seed }),
    locks: scenario.locks.map(replace),
  };
}

/** `path`: where the lock stands in the scenario. */
function lockKindOf(lock: ScenarioLock, path: string): LockKind {
  const kind = findLockKind(lock.kind);
  if (kind !== undefined) return kind;
  const kinds = lockKinds.map(({ id }) => id).join(', ');
  throw new ScenarioError(`there is no lock kind '${lock.kind}'; kinds are ${kinds}`, `${path}.kind`);
}

/** One plan per context, CPU by CPU; `cpu: all` becomes one per CPU. */
function planContexts(scenario: Scenario): ContextPlan[] {
  const plans: ContextPlan[] = [];
  type Row = { readonly name: string; readonly cpu: number | 'all'; readonly body: readonly Statement[] };
  const add = (row: Row, rest: Omit<ContextPlan, 'name' | 'cpu' | 'body' | 'family'>): void => {
    const cpus = row.cpu === 'all' ? Array.from({ length: scenario.cpus }, (_, cpu) => cpu) : [row.cpu];
    for (const cpu of cpus) {
      if (cpu >= scenario.cpus) {
        throw new ScenarioError(
          `'${row.name}' is put on CPU ${cpu}, but the scenario has ${scenario.cpus} CPU${scenario.cpus === 1 ? '' : 's'}.`,
          `${rest.path}.cpu`,
        );
      }
      const name = row.cpu === 'all' ? `${row.name}${cpu}` : row.name;
      plans.push({ name, family: row.name, cpu, body: row.body, ...rest });
    }
  };
  scenario.threads.forEach((row, index) => {
    const path = `threads.${index}`;
    add(row, { kind: 'thread', irql: 0, importance: 'medium', arrivals: undefined, lock: undefined, path });
  });
  (scenario.dpcs ?? []).forEach((row, index) => {
    const isThreaded = row.threaded === true;
    add(row, {
      kind: isThreaded ? 'threadedDpc' : 'dpc',
      irql: isThreaded ? 0 : DISPATCH_LEVEL,
      importance: row.importance ?? 'medium',
      arrivals: row.arrivals,
      lock: undefined,
      path: `dpcs.${index}`,
    });
  });
  (scenario.isrs ?? []).forEach((row, index) => {
    const { irql, arrivals, lock } = row;
    add(row, { kind: 'isr', irql, importance: 'medium', arrivals, lock, path: `isrs.${index}` });
  });
  return plans.sort((left, right) => left.cpu - right.cpu);
}

/** Lock ids that a body touches, calls followed. */
function usedLocks(
  body: readonly Statement[],
  scenario: Scenario,
  into: Set<string>,
  seen: Set<string>,
): void {
  for (const row of body) {
    if ('lock' in row) into.add(row.lock);
    if ('object' in row) into.add(row.object);
    if ('body' in row) usedLocks(row.body, scenario, into, seen);
    if ('then' in row && row.then !== undefined) usedLocks(row.then, scenario, into, seen);
    if ('else' in row && row.else !== undefined) usedLocks(row.else, scenario, into, seen);
    if (row.do === 'choose') for (const branch of row.between) usedLocks(branch.body, scenario, into, seen);
    if (row.do === 'call' && !seen.has(row.routine)) {
      seen.add(row.routine);
      usedLocks(scenario.routines?.[row.routine] ?? [], scenario, into, seen);
    }
  }
}

function layoutCpus(
  build: layout.LayoutBuilder,
  plans: readonly ContextPlan[],
  nCpus: number,
  irqlBits: number,
) {
  const cpuBase = new Int32Array(nCpus);
  const queueBase = new Int32Array(nCpus);
  const firstContext = new Int32Array(nCpus);
  for (let cpu = 0; cpu < nCpus; cpu += 1) {
    const own = plans.filter((plan) => plan.cpu === cpu);
    const idBits = layout.bitsFor(own.length);
    const first = plans.findIndex((plan) => plan.cpu === cpu);
    firstContext[cpu] = Math.max(0, first);
    const nDpcs = own.filter((plan) => plan.kind === 'dpc' || plan.kind === 'threadedDpc').length;
    const nIsrs = own.filter((plan) => plan.kind === 'isr').length;
    const hasThreaded = own.some((plan) => plan.kind === 'threadedDpc');
    const depth = 1 + (nDpcs > 0 ? 1 : 0) + (hasThreaded ? 1 : 0) + nIsrs;
    const firstThread = plans.findIndex((plan) => plan.cpu === cpu && plan.kind === 'thread');
    cpuBase[cpu] = build.slot(irqlBits);
    build.slot(layout.bitsFor(depth), 1);
    build.slot(1);
    build.slot(irqlBits);
    build.slot(1);
    build.slot(1);
    build.slot(layout.bitsFor(Math.max(1, nDpcs)));
    for (let level = 0; level < depth; level += 1)
      build.slot(idBits, level === 0 && firstThread >= 0 ? firstThread + 1 - first : 0);
    queueBase[cpu] = build.size;
    for (let entry = 0; entry < nDpcs; entry += 1) build.slot(idBits);
  }
  return { cpuBase, queueBase, firstContext };
}

/** The words of a lock, on lines of their own. */
function layoutLock(state: CompileState, row: ScenarioLock, shape: LockShape, kind: LockKind): ProgramLock {
  const words = kind.layout(
    {
      line: () => {
        state.nLines += 1;
      },
      word: (max, initial = 0) => {
        const slot = state.layout.slot(layout.bitsFor(max), initial);
        state.lineOfSlot.set(slot, state.nLines - 1);
        return slot;
      },
    },
    shape,
  );
  const raiseTo = { dispatch: DISPATCH_LEVEL, apc: 1, synchronize: row.irql ?? 12, none: 0 }[kind.raiseTo];
  return { id: row.id, kind, irql: raiseTo, words };
}

function layoutLocks(state: CompileState): void {
  const { scenario, plans } = state;
  const uses = plans.map((plan) => {
    const used = new Set<string>(plan.lock === undefined ? [] : [plan.lock]);
    usedLocks(plan.body, scenario, used, new Set());
    return used;
  });
  state.heldSlot = new Int32Array(scenario.locks.length * plans.length).fill(-1);
  scenario.locks.forEach((row, lock) => {
    const kind = lockKindOf(row, `locks.${lock}`);
    state.lockIndex.set(row.id, lock);
    const users = plans.flatMap((_, index) => (uses[index]?.has(row.id) === true ? [index] : []));
    const shape: LockShape = {
      users: Math.max(1, users.length),
      cpus: scenario.cpus,
      cpuOfUser: users.map((index) => plans[index]?.cpu ?? 0),
      writerPreference: row.writerPreference ?? true,
      count: row.count ?? 0,
      limit: row.limit ?? 1,
    };
    state.shapes.push(shape);
    state.locks.push(layoutLock(state, row, shape, kind));
    users.forEach((index, user) => {
      state.userNumber.set(lock * plans.length + index, user + 1);
      state.heldSlot[lock * plans.length + index] = state.layout.slot(layout.bitsFor(mostHeld(kind)));
    });
  });
}

/** How often one context may own a lock of this kind at once, as far as it is counted. */
function mostHeld(kind: LockKind): number {
  return kind.sharesOwnership === true || kind.isRecursive === true ? 3 : 1;
}

function layoutData(state: CompileState): void {
  for (const [index, row] of (state.scenario.data ?? []).entries()) {
    const lock = row.with === undefined ? undefined : state.lockIndex.get(row.with);
    if (row.with !== undefined && lock === undefined) {
      throw new ScenarioError(
        `there is no lock '${row.with}' to put '${row.id}' with.`,
        `data.${index}.with`,
      );
    }
    if (lock === undefined) {
      state.dataLine.set(row.id, state.nLines);
      state.nLines += 1;
      continue;
    }
    const first = Math.min(...Object.values(state.locks[lock]?.words ?? {}));
    state.dataLine.set(row.id, state.lineOfSlot.get(first) ?? 0);
  }
}

function compileContext(
  state: CompileState,
  plan: ContextPlan,
  index: number,
): Omit<ProgramContext, 'hasTimer'> {
  const base = state.layout.slot(1);
  state.layout.slot(state.irqlBits);
  state.layout.slot(plan.kind === 'thread' ? 2 : 1);
  const arrivalsSlot = state.layout.slot(1);
  const entry = state.asm.pc;
  compileBody(state, plan, index);
  state.layout.bits[base] = layout.bitsFor(state.asm.pc - entry);
  const isThread = plan.kind === 'thread';
  if (!isThread && plan.arrivals !== undefined) {
    const { count, every } = plan.arrivals;
    const arrivals = Math.min(mostArrivals, count ?? (every === undefined ? 1 : 2));
    state.layout.initial[arrivalsSlot] = arrivals;
    state.layout.bits[arrivalsSlot] = layout.bitsFor(arrivals);
  }
  state.layout.initial[base] = entry;
  return {
    name: plan.name,
    kind: plan.kind,
    cpu: plan.cpu,
    irql: plan.irql,
    entry,
    end: state.asm.pc,
    base,
    nRegisters: state.layout.size - base - layout.ctxRegisters,
    importance: plan.importance,
    arrivals: plan.arrivals,
  };
}

function indicesByCpu(
  contexts: readonly ProgramContext[],
  nCpus: number,
  kind: ProgramContext['kind'],
): number[][] {
  return Array.from({ length: nCpus }, (_, cpu) =>
    contexts
      .flatMap((context, index) => (context.cpu === cpu && context.kind === kind ? [index] : []))
      .sort((left, right) => (contexts[right]?.irql ?? 0) - (contexts[left]?.irql ?? 0) || left - right),
  );
}

/** Compiles the scenario for a target's IRQLs. Throws `ScenarioError`. */
export function compileScenario(scenario: Scenario, arch: Arch, maxQueueDepth: number): Program {
  checkScenario(scenario, highLevel(arch));
  const plans = planContexts(scenario);
  const build = new layout.LayoutBuilder();
  const irqlBits = layout.bitsFor(highLevel(arch));
  const { cpuBase, queueBase, firstContext } = layoutCpus(build, plans, scenario.cpus, irqlBits);
  const state: CompileState = {
    scenario,
    arch,
    plans,
    asm: new Assembler(),
    layout: build,
    lineOfSlot: new Map(),
    nLines: 0,
    lockIndex: new Map(),
    locks: [],
    shapes: [],
    userNumber: new Map(),
    heldSlot: new Int32Array(0),
    dataLine: new Map(),
    timed: new Set(),
    durations: [],
    choices: [],
    operations: [],
    locations: [],
    strings: [],
    hasEndlessLoop: false,
    irqlBits,
  };
  layoutLocks(state);
  layoutData(state);
  const compiled = plans.map((plan, index) => compileContext(state, plan, index));
  const contexts = compiled.map((row, index) => ({ ...row, hasTimer: state.timed.has(index) }));
  for (const { base, hasTimer } of contexts) if (hasTimer) build.bits[base + layout.ctxArrivals] = 2;
  state.asm.emit(op.opEnd);
  const lineOf = new Int32Array(build.size).fill(-1);
  for (const [slot, line] of state.lineOfSlot) lineOf[slot] = line;
  return {
    scenario,
    arch,
    nCpus: scenario.cpus,
    maxQueueDepth,
    code: state.asm.finish(),
    bits: build.bits,
    initial: Int32Array.from(build.initial),
    cpuBase,
    queueBase,
    firstContext,
    contexts,
    contextBase: Int32Array.from(contexts, ({ base }) => base),
    threadsOf: indicesByCpu(contexts, scenario.cpus, 'thread'),
    threadedDpcsOf: indicesByCpu(contexts, scenario.cpus, 'threadedDpc'),
    isrsOf: indicesByCpu(contexts, scenario.cpus, 'isr'),
    locks: state.locks,
    heldSlot: state.heldSlot,
    lineOf,
    nLines: state.nLines,
    durations: state.durations,
    choices: state.choices,
    operations: state.operations,
    locations: state.locations,
    strings: state.strings,
    hasEndlessLoop: state.hasEndlessLoop,
  };
}
