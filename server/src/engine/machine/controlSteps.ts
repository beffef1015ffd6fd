/**
 * The operations that touch no memory word: IRQL changes, control flow, marks, DPC and interrupt requests, dispatcher waits.
 */
import { TraceEventKind as Event } from '../../protocol/traceFormat.ts';
import * as op from '../program/opcodes.ts';
import * as layout from '../program/stateLayout.ts';
import { checkBegin, checkReleasing, checkLower, checkRaise, markAcquired } from './checks.ts';
import { blockThread, endContext, signalObject } from './contexts.ts';
import { deliver, insertDpc, removeDpc, requestInterrupt } from './interrupts.ts';
import { type Machine, Step } from './machine.ts';

const DISPATCH_LEVEL = 2;

/** Sets the IRQL and records the change. */
export function setIrql(m: Machine, cpu: number, context: number, irql: number): void {
  const base = m.program.cpuBase[cpu]!;
  const old = m.state[base]!;
  if (old === irql) return;
  m.state[base] = irql;
  m.host.emit(Event.irql, cpu, context, irql, old);
}

function charged(m: Machine, key: number): number {
  m.cost = key;
  return Step.cost;
}

function stepRaise(m: Machine, cpu: number, context: number, pc: number): number {
  const { code } = m;
  const level = code.a[pc]!;
  const old = m.irql(cpu);
  if (code.b[pc]! >= 0) m.state[code.b[pc]!] = old;
  if (code.c[pc] === 1 && old >= level) return Step.free;
  checkRaise(m, cpu, context, old, level);
  setIrql(m, cpu, context, level);
  return charged(m, op.CostKey.raise);
}

function stepLower(m: Machine, cpu: number, context: number, pc: number, level: number): number {
  const isConditional = m.code.op[pc] === op.opLowerSlot && m.code.b[pc] === 1;
  if (isConditional && m.irql(cpu) === level) return Step.free;
  checkLower(m, cpu, context, m.irql(cpu), level);
  setIrql(m, cpu, context, level);
  deliver(m, cpu);
  return charged(m, op.CostKey.lower);
}

function timerSlot(m: Machine, context: number): number {
  return m.contextBase[context]! + layout.ctxArrivals;
}

/** KeSetTimer: what was set before is forgotten. */
function setTimer(m: Machine, context: number, due: number, every: number): void {
  m.state[timerSlot(m, context)] = every < 0 ? 1 : 2;
  m.host.setTimer(context, due, every);
}

function cancelTimer(m: Machine, context: number): void {
  m.state[timerSlot(m, context)] = 0;
  m.host.cancelTimer(context);
}

/** The time of the context's timer is over, or its interrupt has come: a timer that was set once is set no more. */
export function expireTimer(m: Machine, context: number): void {
  const slot = timerSlot(m, context);
  if (m.state[slot] === 1) m.state[slot] = 0;
}

/** Executes the operation at `pc` of the context. */
export function stepControl(m: Machine, cpu: number, context: number, base: number, pc: number): number {
  const { code } = m;
  const s = m.state;
  const a = code.a[pc]!;
  const b = code.b[pc]!;
  s[base] = pc + 1;
  switch (code.op[pc]!) {
    case op.opWork:
      m.cost = a;
      m.detail = b;
      return Step.work;
    case op.opCost:
      return charged(m, a);
    case op.opReadIrql:
      return charged(m, op.CostKey.readIrql);
    case op.opRaise:
      return stepRaise(m, cpu, context, pc);
    case op.opLowerTo:
      return stepLower(m, cpu, context, pc, a);
    case op.opLowerSlot:
      return stepLower(m, cpu, context, pc, s[a]!);
    case op.opJump:
      s[base] = a;
      return Step.free;
    case op.opIfIrqlBelow:
      if (m.irql(cpu) >= a) s[base] = b;
      return Step.free;
    case op.opSet:
      s[a] = b;
      return Step.free;
    case op.opLoop:
      s[a] = s[a]! - 1;
      if (s[a] > 0) s[base] = b;
      return Step.free;
    case op.opAdd:
      s[a] = (s[a]! + b) % code.c[pc]!;
      return Step.free;
    case op.opIfEqual:
      if (s[a] === b) s[base] = code.c[pc]!;
      return Step.free;
    case op.opBegin:
      checkBegin(m, cpu, context, a, b, code.c[pc] === 1);
      return Step.free;
    case op.opAcquired:
      markAcquired(m, cpu, context, a, code.c[pc] === 1);
      return Step.free;
    case op.opReleasing:
      checkReleasing(m, cpu, context, a, b);
      return Step.free;
    default:
      return stepRare(m, cpu, context, base, pc);
  }
}

function stepRare(m: Machine, cpu: number, context: number, base: number, pc: number): number {
  const { code } = m;
  const { choices } = m.program;
  const a = code.a[pc]!;
  const b = code.b[pc]!;
  switch (code.op[pc]!) {
    case op.opCopy:
      m.state[a] = m.state[b]!;
      return Step.free;
    case op.opEnd:
      endContext(m, cpu, context);
      return Step.free;
    case op.opChoose:
      m.state[base] = choices[a]!.targets[m.host.choose(a)]!;
      return Step.free;
    case op.opTryFailed:
      m.host.emit(Event.tryFailed, cpu, context, a, 0);
      return Step.free;
    case op.opNote:
      m.host.emit(Event.note, cpu, context, a, 0);
      return Step.free;
    case op.opInsertDpc:
      insertDpc(m, a, cpu);
      return charged(m, op.CostKey.dpcInsert);
    case op.opRemoveDpc:
      removeDpc(m, a, cpu);
      return charged(m, op.CostKey.dpcInsert);
    case op.opSetTimer:
      setTimer(m, a, b, code.c[pc]!);
      return charged(m, op.CostKey.dpcInsert);
    case op.opCancelTimer:
      cancelTimer(m, a);
      return charged(m, op.CostKey.dpcInsert);
    case op.opSendIpi:
      m.state[timerSlot(m, a)] = 1;
      m.host.sendInterrupt(cpu, a);
      return Step.free;
    case op.opInterrupt:
      requestInterrupt(m, a);
      return Step.free;
    case op.opTouchPaged:
      return m.irql(cpu) >= DISPATCH_LEVEL
        ? m.stop(`0xA IRQL_NOT_LESS_OR_EQUAL: paged memory was touched at IRQL ${m.irql(cpu)}`)
        : Step.free;
    case op.opReturnToUser:
      return m.irql(cpu) > 0
        ? m.stop(`0x4A IRQL_GT_ZERO_AT_SYSTEM_SERVICE: return to user mode at IRQL ${m.irql(cpu)}`)
        : Step.free;
    case op.opBlock:
      return blockThread(m, cpu, context, pc);
    case op.opSignal:
      signalObject(m, cpu, context, pc);
      return charged(m, op.CostKey.dpcInsert);
    default:
      return m.stop(`unknown operation ${code.op[pc]!}`);
  }
}
