/**
 * Contexts come and go: the end of an ISR, a DPC or a thread, dispatcher waits and the choice of the next thread.
 * A DPC drain goes on until the queue is empty; the thread switch at quantum end happens only below DISPATCH_LEVEL.
 */
import { TraceEventKind as Event } from '../../protocol/traceFormat.ts';
import { CostKey } from '../program/opcodes.ts';
import * as layout from '../program/stateLayout.ts';
import { setIrql } from './controlSteps.ts';
import { deliver, requestDpcInterrupt, startNextDpc } from './interrupts.ts';
import { type Machine, Step } from './machine.ts';

const DISPATCH_LEVEL = 2;
const READY = 0;
const ENDED = 1;
const BLOCKED = 2;

/** The context at the end of its code leaves the stack. */
export function endContext(m: Machine, cpu: number, context: number): void {
  const { kind, base: block, entry } = m.program.contexts[context]!;
  m.state[block] = entry;
  if (kind === 'thread') return endThread(m, cpu, context);
  pop(m, cpu);
  const saved = m.state[block + layout.ctxSaved]!;
  m.state[block + layout.ctxSaved] = 0;
  if (kind === 'dpc') return endDpc(m, cpu, context);
  m.host.emit(Event.contextEnd, cpu, context, saved, 0);
  setIrql(m, cpu, m.top(cpu), saved);
  if (!deliver(m, cpu)) switchAtQuantumEnd(m, cpu);
}

function pop(m: Machine, cpu: number): void {
  const base = m.program.cpuBase[cpu]!;
  const depth = m.state[base + layout.cpuDepth]! - 1;
  m.state[base + layout.cpuStack + depth] = 0;
  m.state[base + layout.cpuDepth] = depth;
}

function endDpc(m: Machine, cpu: number, context: number): void {
  const base = m.program.cpuBase[cpu]!;
  const s = m.state;
  if (s[base + layout.cpuQueueLength]! > 0) {
    m.host.emit(Event.contextEnd, cpu, context, s[base]!, 0);
    return startNextDpc(m, cpu);
  }
  const saved = s[base + layout.cpuDpcSaved]!;
  s[base + layout.cpuDpcActive] = 0;
  s[base + layout.cpuDpcSaved] = 0;
  m.host.emit(Event.contextEnd, cpu, context, saved, 0);
  m.host.charge(cpu, CostKey.dpcInterruptExit);
  setIrql(m, cpu, m.top(cpu), saved);
  if (!deliver(m, cpu)) switchAtQuantumEnd(m, cpu);
}

function endThread(m: Machine, cpu: number, context: number): void {
  m.state[m.program.contexts[context]!.base + layout.ctxPending] = ENDED;
  m.host.emit(Event.contextEnd, cpu, context, m.irql(cpu), 0);
  switchThread(m, cpu);
}

/** The next ready thread after the current one, or -1. */
export function nextReady(m: Machine, cpu: number): number {
  const list = m.program.threadsOf[cpu]!;
  const current = m.contextOf(cpu, m.state[m.program.cpuBase[cpu]! + layout.cpuStack]!);
  const from = list.indexOf(current);
  for (let step = 1; step <= list.length; step += 1) {
    const next = list[(from + step) % list.length]!;
    if (m.state[m.program.contexts[next]!.base + layout.ctxPending] === READY) return next;
  }
  return -1;
}

/** Gives the CPU to the next ready thread, or to idle, which drains DPCs. */
export function switchThread(m: Machine, cpu: number): void {
  const base = m.program.cpuBase[cpu]!;
  const current = m.contextOf(cpu, m.state[base + layout.cpuStack]!);
  const next = nextReady(m, cpu);
  m.state[base + layout.cpuQuantumEnd] = 0;
  if (next === current) return;
  m.state[base + layout.cpuStack] = m.idOf(cpu, next);
  m.host.emit(Event.switchThread, cpu, next < 0 ? current : next, current, next);
  if (next >= 0 && current >= 0) m.host.charge(cpu, CostKey.contextSwitch);
  if (next < 0 && m.irql(cpu) < DISPATCH_LEVEL) {
    requestDpcInterrupt(m, cpu);
    deliver(m, cpu);
  }
}

/** Switches where the clock has noted the end of the quantum and the IRQL allows it. */
export function switchAtQuantumEnd(m: Machine, cpu: number): void {
  const base = m.program.cpuBase[cpu]!;
  if (m.state[base + layout.cpuQuantumEnd] !== 1 || m.irql(cpu) >= DISPATCH_LEVEL) return;
  if (m.state[base + layout.cpuDepth] !== 1) return;
  switchThread(m, cpu);
}

/** A dispatcher wait: takes the count, or gives the CPU away until somebody signals. */
export function blockThread(m: Machine, cpu: number, context: number, pc: number): number {
  const { code, contexts } = m.program;
  const word = code.a[pc]!;
  const lock = code.b[pc]!;
  const { base: block, kind } = contexts[context]!;
  if (m.state[word]! >= Math.max(1, code.c[pc]!)) {
    m.state[word] = m.state[word]! - code.c[pc]!;
    m.cost = CostKey.dpcInsert;
    return Step.cost;
  }
  m.state[block] = pc;
  if (m.irql(cpu) >= DISPATCH_LEVEL) {
    return m.stop(`0xB8 ATTEMPTED_SWITCH_FROM_DPC: a wait at IRQL ${m.irql(cpu)}`);
  }
  if (kind !== 'thread') return m.stop('0xB8 ATTEMPTED_SWITCH_FROM_DPC: a wait outside a thread');
  m.state[block + layout.ctxPending] = BLOCKED;
  m.host.emit(Event.blockBegin, cpu, context, lock, 0);
  switchThread(m, cpu);
  return Step.free;
}

/** KeSetEvent, KeReleaseSemaphore, the wake of a mutex: counts up and readies one waiter (all of a notification event). */
export function signalObject(m: Machine, cpu: number, context: number, pc: number): void {
  const { code } = m.program;
  const word = code.a[pc]!;
  const lock = code.b[pc]!;
  m.state[word] = Math.min(code.c[pc]!, m.state[word]! + Math.max(1, code.d[pc]!));
  m.host.emit(Event.signalled, cpu, context, lock, 0);
  wakeWaiters(m, word, lock, code.d[pc]! <= 1);
}

function wakeWaiters(m: Machine, word: number, lock: number, isOne: boolean): void {
  const { contexts, code } = m.program;
  for (let index = 0; index < contexts.length; index += 1) {
    const { base: block, cpu, kind } = contexts[index]!;
    if (kind !== 'thread' || m.state[block + layout.ctxPending] !== BLOCKED) continue;
    const pc = m.state[block]!;
    if (code.a[pc] !== word) continue;
    m.state[block + layout.ctxPending] = READY;
    m.host.emit(Event.blockEnd, cpu, index, lock, 0);
    const base = m.program.cpuBase[cpu]!;
    if (m.state[base + layout.cpuStack] === 0) {
      m.state[base + layout.cpuStack] = m.idOf(cpu, index);
      m.host.emit(Event.switchThread, cpu, index, -1, index);
      m.host.charge(cpu, CostKey.contextSwitch);
    }
    m.host.wake(cpu);
    if (isOne && code.c[pc] === 1) return;
  }
}
