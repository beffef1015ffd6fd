/**
 * Writes the code of one context: its entry and exit, and each statement as micro-operations. Routine calls are written in
 * place; the order of raise, lock operation and lower stands in `compileLockCalls.ts`.
 */
import { ScenarioError } from '../scenarioError.ts';
import type { LockShape } from '../locks/lockKind.ts';
import type { Duration, Scenario, Statement } from '../../protocol/scenarioFormat.ts';
import type { Arch } from '../../protocol/irqlLevels.ts';
import { clockLevel } from '../irqlNames.ts';
import type { TraceLocation } from '../../protocol/traceFormat.ts';
import { assertNever } from '../../base/invariant.ts';
import type { Assembler } from './assembler.ts';
import {
  compileAcquire,
  compileInterruptEntry,
  compileInterruptExit,
  compileRelease,
  compileTry,
} from './compileLockCalls.ts';
import * as op from './opcodes.ts';
import type { ProgramChoice, ProgramContext, ProgramLock, ProgramOperation } from './program.ts';
import type { LayoutBuilder } from './stateLayout.ts';

/** A context before its code is written. */
export interface ContextPlan extends Pick<
  ProgramContext,
  'name' | 'kind' | 'cpu' | 'irql' | 'importance' | 'arrivals'
> {
  /** The scenario's own name, without the CPU number that `cpu: all` adds. */
  readonly family: string;
  readonly body: readonly Statement[];
  /** Interrupt object's lock. */
  readonly lock: string | undefined;
  /** Where it stands in the scenario, as `threads.0`. */
  readonly path: string;
}

/** Everything that compilation fills in. */
export interface CompileState {
  readonly scenario: Scenario;
  readonly arch: Arch;
  readonly plans: readonly ContextPlan[];
  readonly asm: Assembler;
  readonly layout: LayoutBuilder;
  readonly lineOfSlot: Map<number, number>;
  nLines: number;
  readonly lockIndex: Map<string, number>;
  readonly locks: ProgramLock[];
  readonly shapes: LockShape[];
  /** lock * contexts + context -> the context's number at that lock. */
  readonly userNumber: Map<number, number>;
  heldSlot: Int32Array;
  readonly dataLine: Map<string, number>;
  /** Contexts that timers are set for. */
  readonly timed: Set<number>;
  readonly durations: Duration[];
  readonly choices: ProgramChoice[];
  readonly operations: ProgramOperation[];
  readonly locations: TraceLocation[];
  readonly strings: string[];
  hasEndlessLoop: boolean;
  /** Bits of an IRQL in the state: 4, or 5 on x86. */
  readonly irqlBits: number;
}

/** One context while its body is written. */
export interface BodyState {
  readonly state: CompileState;
  readonly context: number;
  readonly plan: ContextPlan;
  /** Registers of this context by name. */
  readonly registers: Map<string, number>;
  /** Routines being written in place, to refuse recursion. */
  readonly calls: string[];
  /** Locks that the context took shared the last time. */
  readonly shared: Set<string>;
  /** Saved IRQLs of `raise` statements not yet lowered. */
  readonly raises: number[];
  /** Where the statement being written stands in the scenario. */
  path: string;
}

/** `field`: the statement's field that is wrong. */
export function fail(body: BodyState, message: string, field?: string): never {
  const path = field === undefined ? body.path : `${body.path}.${field}`;
  throw new ScenarioError(`'${body.plan.name}': ${message}`, path);
}

/** A register of the context; made at its first use. */
export function register(body: BodyState, name: string, bits: number): number {
  const known = body.registers.get(name);
  if (known !== undefined) return known;
  const slot = body.state.layout.slot(bits);
  body.registers.set(name, slot);
  return slot;
}

/** Writes the whole context. */
export function compileBody(state: CompileState, plan: ContextPlan, context: number): void {
  const body: BodyState = {
    state,
    context,
    plan,
    registers: new Map(),
    calls: [],
    shared: new Set(),
    raises: [],
    path: plan.path,
  };
  const { asm } = state;
  asm.location = -1;
  asm.lock = -1;
  if (plan.kind === 'isr') compileInterruptEntry(body);
  if (plan.kind === 'dpc' || plan.kind === 'threadedDpc') asm.emit(op.opCost, op.CostKey.dpcDispatch);
  compileStatements(body, plan.body, 'body');
  asm.location = -1;
  if (plan.kind === 'isr') compileInterruptExit(body);
  asm.emit(op.opEnd);
}

/** `field`: where the statements stand in what is being written. */
function compileStatements(body: BodyState, rows: readonly Statement[], field: string): void {
  const { asm, locations } = body.state;
  const path = body.path;
  rows.forEach((row, index) => {
    body.path = `${path}.${field}.${index}`;
    const outer = asm.location;
    if (row.at !== undefined) {
      const { file, line, column } = row.at;
      locations.push(column === undefined ? { file, line } : { file, line, column });
      asm.location = locations.length - 1;
    }
    compileStatement(body, row);
    asm.location = outer;
  });
  body.path = path;
}

/** Writes one statement. */
function compileStatement(body: BodyState, row: Statement): void {
  switch (row.do) {
    case 'work':
    case 'hold':
    case 'think':
      return compileWork(body, row.cycles, row.do);
    case 'acquire':
      return compileAcquire(body, row.lock, row.with);
    case 'release':
      return compileRelease(body, row.lock, row.with, row.restore);
    case 'try':
      return compileTry(
        body,
        row.lock,
        row.with,
        branch(body, row.then, 'then'),
        branch(body, row.else, 'else'),
      );
    case 'repeat':
      return compileRepeat(body, row.times, row.body);
    case 'call':
      return compileCall(body, row.routine);
    case 'ifIrql':
      return compileIfIrql(body, row.below, branch(body, row.then, 'then'), branch(body, row.else, 'else'));
    case 'choose':
      return compileChoose(body, row.between);
    case 'raise':
    case 'lower':
      return compileIrqlChange(body, row);
    case 'increment':
    case 'load':
    case 'store':
      return compileAccess(body, row.data);
    case 'wait':
    case 'signal':
      return compileObject(body, row.object, row.do);
    case 'insertDpc':
    case 'removeDpc':
      return compileDpc(body, row.dpc, row.do);
    case 'setTimer':
      return compileSetTimer(body, row.dpc, row.in, row.every);
    case 'cancelTimer':
      return body.state.asm.emit(op.opCancelTimer, timedContext(body, row.dpc));
    case 'interrupt':
      return compileInterrupt(body, row.isr);
    case 'touchPaged':
      return body.state.asm.emit(op.opTouchPaged);
    case 'returnToUser':
      return body.state.asm.emit(op.opReturnToUser);
    case 'note':
      body.state.strings.push(row.text);
      return body.state.asm.emit(op.opNote, body.state.strings.length - 1);
    default:
      return assertNever(row);
  }
}

const branch =
  (body: BodyState, rows: readonly Statement[] | undefined, field: 'then' | 'else'): (() => void) =>
  () => {
    compileStatements(body, rows ?? [], field);
  };

function compileWork(body: BodyState, cycles: Duration, kind: 'work' | 'hold' | 'think'): void {
  if (cycles === 0) return;
  body.state.durations.push(cycles);
  body.state.asm.emit(op.opWork, body.state.durations.length - 1, { work: 0, hold: 1, think: 2 }[kind]);
}

function compileRepeat(body: BodyState, times: number | 'forever', rows: readonly Statement[]): void {
  const { asm } = body.state;
  const start = asm.label();
  if (times === 0) return;
  if (times === 'forever') {
    body.state.hasEndlessLoop = true;
    asm.place(start);
    const before = asm.pc;
    compileStatements(body, rows, 'body');
    if (asm.pc === before) fail(body, 'a loop without end has an empty body.', 'body');
    asm.jump(start);
    return;
  }
  const counter = register(body, `loop${asm.pc}`, Math.max(1, 32 - Math.clz32(times)));
  asm.emit(op.opSet, counter, times);
  asm.place(start);
  compileStatements(body, rows, 'body');
  asm.emitTo(start, 2, op.opLoop, counter);
}

function compileCall(body: BodyState, routine: string): void {
  const rows = body.state.scenario.routines?.[routine];
  if (rows === undefined) fail(body, `there is no routine '${routine}'.`, 'routine');
  if (body.calls.includes(routine)) fail(body, `routine '${routine}' calls itself.`, 'routine');
  const { path } = body;
  body.calls.push(routine);
  body.path = 'routines';
  compileStatements(body, rows, routine);
  body.path = path;
  body.calls.pop();
}

function compileIfIrql(body: BodyState, below: number, then: () => void, otherwise: () => void): void {
  const { asm } = body.state;
  const elseLabel = asm.label();
  const end = asm.label();
  asm.emit(op.opReadIrql);
  asm.emitTo(elseLabel, 2, op.opIfIrqlBelow, below);
  then();
  asm.jump(end);
  asm.place(elseLabel);
  otherwise();
  asm.place(end);
}

function compileChoose(
  body: BodyState,
  between: readonly { readonly weight?: number | undefined; readonly body: readonly Statement[] }[],
): void {
  const { asm, choices } = body.state;
  const end = asm.label();
  const targets: number[] = [];
  choices.push({ weights: between.map((row) => row.weight ?? 1), targets });
  asm.emit(op.opChoose, choices.length - 1);
  between.forEach((row, index) => {
    targets.push(asm.pc);
    compileStatements(body, row.body, `between.${index}.body`);
    asm.jump(end);
  });
  asm.place(end);
}

function compileIrqlChange(
  body: BodyState,
  row: { readonly do: 'raise' | 'lower'; readonly to?: number | undefined },
): void {
  const { asm } = body.state;
  if (row.do === 'raise') {
    const saved = register(body, `raise${body.raises.length}`, body.state.irqlBits);
    body.raises.push(saved);
    asm.emit(op.opReadIrql);
    asm.emit(op.opRaise, row.to ?? 0, saved);
    return;
  }
  const saved = body.raises.pop();
  if (row.to !== undefined) return asm.emit(op.opLowerTo, row.to);
  if (saved === undefined) fail(body, "'lower' without 'to' needs a 'raise' before it.");
  asm.emit(op.opLowerSlot, saved);
  asm.emit(op.opSet, saved, 0);
}

function compileAccess(body: BodyState, data: string): void {
  const line = body.state.dataLine.get(data);
  if (line === undefined) fail(body, `there is no data '${data}'.`, 'data');
  body.state.asm.emit(op.opIncrement, line);
}

function compileObject(body: BodyState, object: string, action: 'wait' | 'signal'): void {
  const { lockIndex, locks, shapes, asm } = body.state;
  const index = lockIndex.get(object);
  const lock = index === undefined ? undefined : locks[index];
  if (index === undefined || lock === undefined) fail(body, `there is no object '${object}'.`, 'object');
  if (lock.kind.isObject !== true)
    fail(body, `'${object}' is no dispatcher object: use acquire and release.`, 'object');
  asm.lock = index;
  const takes = lock.kind.id === 'notification-event' ? 0 : 1;
  const word = lock.words['count'] ?? 0;
  const limit = lock.kind.id === 'semaphore' ? (shapes[index]?.limit ?? 1) : 1;
  if (action === 'wait') asm.emit(op.opBlock, word, index, takes);
  else asm.emit(op.opSignal, word, index, limit);
  asm.lock = -1;
}

function contextNamed(body: BodyState, name: string, kinds: readonly string[], field: 'dpc' | 'isr'): number {
  const { plans } = body.state;
  const match = (plan: ContextPlan): boolean =>
    kinds.includes(plan.kind) && (plan.name === name || plan.family === name);
  const own = plans.findIndex((plan) => match(plan) && plan.cpu === body.plan.cpu);
  const any = own >= 0 ? own : plans.findIndex(match);
  if (any < 0) fail(body, `there is no ${kinds[0]?.toUpperCase() ?? ''} '${name}'.`, field);
  return any;
}

/** An interrupt at IPI_LEVEL on another CPU is sent there and takes its time; any other comes from a device at once. */
function compileInterrupt(body: BodyState, name: string): void {
  const { state, plan } = body;
  const context = contextNamed(body, name, ['isr'], 'isr');
  const isr = state.plans[context];
  const isSent = isr?.irql === clockLevel(state.arch) + 1 && isr.cpu !== plan.cpu;
  if (!isSent) return state.asm.emit(op.opInterrupt, context);
  if (isr.arrivals !== undefined) fail(body, `'${name}' has arrivals: it cannot be sent.`, 'isr');
  state.timed.add(context);
  state.asm.emit(op.opSendIpi, context);
}

/** The DPC that a timer queues. One that comes by itself has no timer. */
function timedContext(body: BodyState, name: string): number {
  const context = contextNamed(body, name, ['dpc', 'threadedDpc'], 'dpc');
  if (body.state.plans[context]?.arrivals !== undefined)
    fail(body, `'${name}' has arrivals: no timer can be set for it.`, 'dpc');
  body.state.timed.add(context);
  return context;
}

function compileSetTimer(body: BodyState, dpc: string, due: Duration, every: Duration | undefined): void {
  const context = timedContext(body, dpc);
  const { durations, asm } = body.state;
  durations.push(due);
  const first = durations.length - 1;
  if (every !== undefined) durations.push(every);
  asm.emit(op.opSetTimer, context, first, every === undefined ? -1 : durations.length - 1);
}

function compileDpc(body: BodyState, name: string, action: 'insertDpc' | 'removeDpc'): void {
  const context = contextNamed(body, name, ['dpc', 'threadedDpc'], 'dpc');
  body.state.asm.emit(action === 'insertDpc' ? op.opInsertDpc : op.opRemoveDpc, context);
}
