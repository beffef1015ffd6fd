/**
 * Interrupts and DPCs: what is pending, when it is taken, in which order. An interrupt of level p is taken where p > IRQL;
 * lowering delivers hardware by level, then DPCs below DISPATCH_LEVEL, then threaded DPCs at PASSIVE_LEVEL.
 * Sources: documentation of KeLowerIrql and "Organization of DPC queues"; thresholds from ReactOS' public constants.
 */
import { TraceEventKind as Event } from '../../protocol/traceFormat.ts';
import * as op from '../program/opcodes.ts';
import * as layout from '../program/stateLayout.ts';
import { setIrql } from './controlSteps.ts';
import type { Machine } from './machine.ts';

const DISPATCH_LEVEL = 2;

/** Puts a context on top of the CPU's stack. */
function pushContext(m: Machine, cpu: number, context: number, level: number): void {
  const base = m.program.cpuBase[cpu]!;
  const { base: block, entry } = m.program.contexts[context]!;
  const s = m.state;
  const old = s[base]!;
  const depth = s[base + layout.cpuDepth]!;
  s[base + layout.cpuStack + depth] = m.idOf(cpu, context);
  s[base + layout.cpuDepth] = depth + 1;
  s[block + layout.ctxSaved] = old;
  s[block] = entry;
  m.host.emit(Event.contextStart, cpu, context, level, old);
  setIrql(m, cpu, context, level);
}

/** Takes the next DPC off the CPU's queue and starts it. The queue is not empty. */
export function startNextDpc(m: Machine, cpu: number): void {
  const base = m.program.cpuBase[cpu]!;
  const queue = m.program.queueBase[cpu]!;
  const s = m.state;
  const context = m.contextOf(cpu, s[queue]!);
  removeEntry(m, cpu, 0);
  s[m.program.contexts[context]!.base + layout.ctxPending] = 0;
  if (s[base + layout.cpuQueueLength] === 0) s[base + layout.cpuDpcRequested] = 0;
  pushContext(m, cpu, context, DISPATCH_LEVEL);
}

function removeEntry(m: Machine, cpu: number, at: number): void {
  const lengthSlot = m.program.cpuBase[cpu]! + layout.cpuQueueLength;
  const queue = m.program.queueBase[cpu]!;
  const length = m.state[lengthSlot]! - 1;
  for (let entry = at; entry < length; entry += 1) m.state[queue + entry] = m.state[queue + entry + 1]!;
  m.state[queue + length] = 0;
  m.state[lengthSlot] = length;
}

/** Takes the highest thing that is pending above the IRQL, if any. Returns whether a context was pushed. */
export function deliver(m: Machine, cpu: number): boolean {
  const s = m.state;
  const base = m.program.cpuBase[cpu]!;
  const irql = s[base]!;
  for (const isr of m.program.isrsOf[cpu]!) {
    const { base: block, irql: level } = m.program.contexts[isr]!;
    if (level <= irql) break;
    if (s[block + layout.ctxPending] !== 1) continue;
    s[block + layout.ctxPending] = 0;
    pushContext(m, cpu, isr, level);
    return true;
  }
  if (irql >= DISPATCH_LEVEL) return false;
  if (s[base + layout.cpuDpcRequested] === 1 && s[base + layout.cpuDpcActive] === 0) {
    s[base + layout.cpuDpcActive] = 1;
    s[base + layout.cpuDpcSaved] = irql;
    m.host.charge(cpu, op.CostKey.dpcInterruptEntry);
    startNextDpc(m, cpu);
    return true;
  }
  return irql === 0 && deliverThreadedDpc(m, cpu);
}

function deliverThreadedDpc(m: Machine, cpu: number): boolean {
  const list = m.program.threadedDpcsOf[cpu]!;
  if (list.length === 0) return false;
  const top = m.top(cpu);
  if (top >= 0 && m.program.contexts[top]!.kind !== 'thread') return false;
  for (const context of list) {
    const block = m.program.contexts[context]!.base;
    if (m.state[block + layout.ctxPending] !== 1) continue;
    m.state[block + layout.ctxPending] = 0;
    m.host.charge(cpu, op.CostKey.contextSwitch);
    pushContext(m, cpu, context, 0);
    return true;
  }
  return false;
}

/** A device asks for an interrupt; a second request of one that is pending merges with it. */
export function requestInterrupt(m: Machine, isr: number): void {
  const { base, cpu, irql } = m.program.contexts[isr]!;
  m.state[base + layout.ctxPending] = 1;
  m.host.emit(Event.interruptRequested, cpu, isr, isr, irql);
  m.host.wake(cpu);
}

/** Asks the CPU to drain its queue as soon as its IRQL allows. */
export function requestDpcInterrupt(m: Machine, cpu: number): void {
  const base = m.program.cpuBase[cpu]!;
  if (m.state[base + layout.cpuQueueLength]! === 0) return;
  m.state[base + layout.cpuDpcRequested] = 1;
  m.host.wake(cpu);
}

/** KeInsertQueueDpc, called on CPU `from`; `from` < 0 is a timer or device of the DPC's own CPU. */
export function insertDpc(m: Machine, context: number, from: number): void {
  const { base: block, cpu, importance, kind } = m.program.contexts[context]!;
  const s = m.state;
  const by = from < 0 ? cpu : from;
  const caller = from < 0 ? -1 : m.top(by);
  if (s[block + layout.ctxPending] === 1) {
    m.host.emit(Event.dpcRefused, by, caller, context, 0);
    return;
  }
  s[block + layout.ctxPending] = 1;
  m.host.emit(Event.dpcQueued, by, caller, context, cpu);
  if (kind === 'threadedDpc') {
    if (by === cpu && from >= 0) deliver(m, cpu);
    else m.host.wake(cpu);
    return;
  }
  enqueue(m, cpu, context, importance === 'high');
  if (mayRequest(m, cpu, by, importance)) {
    if (by === cpu) requestOwn(m, cpu, from);
    else if (s[m.program.cpuBase[cpu]! + layout.cpuDpcRequested] === 0) m.host.sendIpi(by, cpu);
  }
}

function enqueue(m: Machine, cpu: number, context: number, isAtHead: boolean): void {
  const lengthSlot = m.program.cpuBase[cpu]! + layout.cpuQueueLength;
  const queue = m.program.queueBase[cpu]!;
  const length = m.state[lengthSlot]!;
  if (isAtHead) {
    for (let entry = length; entry > 0; entry -= 1) m.state[queue + entry] = m.state[queue + entry - 1]!;
    m.state[queue] = m.idOf(cpu, context);
  } else m.state[queue + length] = m.idOf(cpu, context);
  m.state[lengthSlot] = length + 1;
}

/** The table of importances: drained at once, or left for depth, idleness or the clock. */
function mayRequest(m: Machine, cpu: number, by: number, importance: string): boolean {
  const depth = m.state[m.program.cpuBase[cpu]! + layout.cpuQueueLength]!;
  if (importance === 'high' || importance === 'mediumHigh') return true;
  if (depth > m.program.maxQueueDepth) return true;
  if (by === cpu) return importance === 'medium' || m.host.isDpcRateLow(cpu);
  return m.top(cpu) < 0;
}

function requestOwn(m: Machine, cpu: number, from: number): void {
  const base = m.program.cpuBase[cpu]!;
  m.state[base + layout.cpuDpcRequested] = 1;
  if (m.state[base + layout.cpuDpcActive] === 1) return;
  m.host.charge(cpu, op.CostKey.selfIpi);
  if (from < 0) m.host.wake(cpu);
  else deliver(m, cpu);
}

/** KeRemoveQueueDpc. */
export function removeDpc(m: Machine, context: number, by: number): void {
  const { base: block, cpu, kind } = m.program.contexts[context]!;
  if (m.state[block + layout.ctxPending] !== 1) return;
  m.state[block + layout.ctxPending] = 0;
  m.host.emit(Event.dpcRemoved, by, m.top(by), context, 0);
  if (kind === 'threadedDpc') return;
  const length = m.state[m.program.cpuBase[cpu]! + layout.cpuQueueLength]!;
  const queue = m.program.queueBase[cpu]!;
  for (let entry = 0; entry < length; entry += 1) {
    if (m.state[queue + entry] !== m.idOf(cpu, context)) continue;
    removeEntry(m, cpu, entry);
    break;
  }
  if (m.state[m.program.cpuBase[cpu]! + layout.cpuQueueLength] === 0) {
    m.state[m.program.cpuBase[cpu]! + layout.cpuDpcRequested] = 0;
  }
}
