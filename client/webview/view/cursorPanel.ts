/**
 * The state at the cursor: every CPU with its IRQL, stack, DPC queue and pending interrupts, and every lock with owner and waiters.
 */
import { TraceEventKind, type PackedTrace } from 'irql-lens-server/protocol';
import { h, setText } from '../dom.ts';
import { paintKind } from '../draw/paint.ts';
import type { Frame } from '../model/fold.ts';
import {
  contextName,
  cpuWords,
  eventSentence,
  frameWords,
  irqlName,
  lockName,
  lockWords,
} from '../model/words.ts';
import { frameAtCursor, type Change, type Store } from '../store.ts';
import { cyclesText } from '../model/numbers.ts';

interface Row {
  readonly element: HTMLElement;
  readonly swatch: HTMLElement;
  readonly name: HTMLElement;
  readonly level: HTMLElement;
  readonly words: HTMLElement;
  readonly more: HTMLElement;
}

function makeRow(): Row {
  const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  const name = h('span', { class: 'name' });
  const level = h('span', { class: 'level' });
  const words = h('div', { class: 'words' });
  const more = h('div', { class: 'more' });
  const element = h(
    'li',
    { class: 'stateRow' },
    h('div', { class: 'line' }, swatch, name, level),
    words,
    more,
  );
  return { element, swatch, name, level, words, more };
}

function moreOfCpu(trace: PackedTrace, frame: Frame, cpu: number): string {
  const { stack, dpcQueue, pending } = frame.cpus[cpu]!;
  const names = (list: readonly number[]) =>
    list.map((context) => trace.contexts[context]?.name ?? '?').join(', ');
  const below = stack.slice(0, -1).toReversed();
  const parts: string[] = [];
  for (const context of below) {
    const held = frame.contexts[context]!.held.map((lock) => lockName(trace, lock)).join(', ');
    parts.push(`over ${contextName(trace, context)}${held === '' ? '' : `, which holds ${held}`}`);
  }
  if (dpcQueue.length > 0) parts.push(`DPC queue: ${names(dpcQueue)}`);
  if (pending.length > 0) parts.push(`interrupt pending: ${names(pending)}`);
  return parts.join('; ');
}

function fillCpu(row: Row, trace: PackedTrace, frame: Frame, cpu: number): void {
  const { stack, irql } = frame.cpus[cpu]!;
  const top = stack.at(-1);
  const isSpinning = top !== undefined && frame.contexts[top]!.waitsFor >= 0;
  const paint = top === undefined ? 'idle' : paintKind(trace.contexts[top]?.kind);
  row.swatch.className = `swatch ${paint}${isSpinning ? ' spin' : ''}`;
  setText(row.name, `CPU ${cpu}`);
  setText(row.level, irqlName(trace, irql));
  setText(row.words, cpuWords(trace, frame, cpu));
  setText(row.more, moreOfCpu(trace, frame, cpu));
}

function fillLock(row: Row, trace: PackedTrace, frame: Frame, lock: number): void {
  const state = frame.locks[lock]!;
  row.swatch.className = `swatch ${state.owners.length > 0 ? 'owned' : 'free'}${state.waiters.length > 0 ? ' spin' : ''}`;
  setText(row.name, trace.locks[lock]!.name);
  setText(row.level, trace.locks[lock]!.kind);
  setText(row.words, lockWords(trace, frame, lock));
  setText(row.more, '');
}

function resize(list: HTMLElement, rows: Row[], count: number): void {
  while (rows.length < count) {
    const row = makeRow();
    rows.push(row);
    list.append(row.element);
  }
  rows.forEach((row, at) => (row.element.hidden = at >= count));
}

/** Makes the panel. Its sentence on top is a live region: it speaks at steps and jumps, and is silent while playing. */
export function makeCursorPanel(store: Store): {
  element: HTMLElement;
  update: (changes: ReadonlySet<Change>) => void;
} {
  const cpuList = h('ul', { class: 'states', 'aria-label': 'CPUs at the cursor' });
  const lockList = h('ul', { class: 'states', 'aria-label': 'Locks at the cursor' });
  const event = h('p', { class: 'now' });
  const live = h('div', { class: 'unseen', 'aria-live': 'polite', role: 'status' });
  const cpuRows: Row[] = [];
  const lockRows: Row[] = [];
  const element = h(
    'section',
    { class: 'cursorPanel', 'aria-label': 'At the cursor' },
    h('h2', {}, 'At the cursor'),
    event,
    cpuList,
    lockList,
    live,
  );
  const update = (changes: ReadonlySet<Change>) => {
    const { run, row, isPlaying, cursor } = store.state;
    const frame = frameAtCursor(store.state);
    if (
      run === null ||
      frame === null ||
      !(changes.has('run') || changes.has('cursor') || changes.has('playing'))
    )
      return;
    const { trace } = run;
    resize(cpuList, cpuRows, Math.min(trace.cpus, 64));
    resize(lockList, lockRows, Math.min(trace.locks.length, 64));
    cpuRows.slice(0, trace.cpus).forEach((each, cpu) => fillCpu(each, trace, frame, cpu));
    lockRows.slice(0, trace.locks.length).forEach((each, lock) => fillLock(each, trace, frame, lock));
    const told = row < 0 ? 'Before the first event.' : eventSentence(trace, row);
    // The ring below says it better than a sentence could.
    const isDead = trace.events.kind[row] === TraceEventKind.deadlock;
    setText(event, isDead ? 'The deadlock is complete: nobody of these can go on.' : told);
    if (!isPlaying) setText(live, `${cyclesText(cursor)} cycles. ${told}. ${frameWords(trace, frame)}`);
  };
  return { element, update };
}
