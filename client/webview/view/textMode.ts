/**
 * The replay as text: the same facts as the drawing, in headings and tables, for screen readers and for copying.
 */
import { fill, h } from '../dom.ts';
import type { Frame } from '../model/fold.ts';
import { explain } from '../model/explain.ts';
import { cyclesText } from '../model/numbers.ts';
import { contextName, cpuWords, eventWords, irqlName, lockWords } from '../model/words.ts';
import { deadlockCycle, waitsAt } from '../model/waitGraph.ts';
import { frameAtCursor, setRow, type Run, type Store } from '../store.ts';
import { table } from './costs.ts';
import type { Panel } from './tabs.ts';

const pageSize = 60;

function names(run: Run, contexts: readonly number[]): string {
  return contexts.length === 0
    ? 'none'
    : contexts.map((context) => run.trace.contexts[context]?.name ?? '?').join(', ');
}

function cpuTable(run: Run, frame: Frame, when: string): HTMLElement {
  const rows = frame.cpus.map((cpu, at) => [
    `CPU ${at}`,
    irqlName(run.trace, cpu.irql),
    cpuWords(run.trace, frame, at),
    names(run, cpu.stack.slice(0, -1)),
    names(run, cpu.dpcQueue),
    names(run, cpu.pending),
  ]);
  return table(
    `CPUs at ${when}`,
    ['CPU', 'IRQL', 'Does', 'Interrupted below', 'DPC queue', 'Pending interrupts'],
    rows,
  );
}

function lockTable(run: Run, frame: Frame, when: string): HTMLElement | null {
  if (frame.locks.length === 0) return null;
  const rows = frame.locks.map((_, lock) => [
    run.trace.locks[lock]!.name,
    run.trace.locks[lock]!.displayName,
    lockWords(run.trace, frame, lock),
  ]);
  return table(`Locks at ${when}`, ['Lock', 'Kind', 'State'], rows);
}

function waitList(run: Run, frame: Frame): HTMLElement | null {
  const { ring, others } = deadlockCycle(run.trace);
  const dead = [...ring, ...others];
  const edges = frame.isDead && dead.length > 0 ? dead : waitsAt(run.trace, frame);
  if (edges.length === 0) return null;
  const items = edges.slice(0, 40).map((edge) => {
    const owner = edge.owner < 0 ? 'nobody' : contextName(run.trace, edge.owner);
    return h(
      'li',
      {},
      `${contextName(run.trace, edge.context)} waits for ${run.trace.locks[edge.lock]?.name ?? '?'}, owned by ${owner}.`,
    );
  });
  return h('div', {}, h('h3', {}, 'Who waits for whom'), h('ul', {}, ...items));
}

function eventTable(store: Store, run: Run): HTMLElement {
  const { events } = run.trace;
  const { row } = store.state;
  const first = Math.max(0, Math.min(row - pageSize / 2, events.time.length - pageSize));
  const last = Math.min(events.time.length, first + pageSize);
  const rows: string[][] = [];
  for (let at = first; at < last; at++) {
    const context = events.context[at]!;
    rows.push([
      `${at === row ? 'here: ' : ''}${cyclesText(events.time[at]!)}`,
      `CPU ${events.cpu[at]}`,
      context < 0 ? '' : contextName(run.trace, context),
      eventWords(run.trace, at),
    ]);
  }
  const caption = `Events ${first + 1} to ${last} of ${events.time.length}, around the cursor`;
  return h(
    'div',
    {},
    table(caption, ['Cycles', 'CPU', 'Context', 'What'], rows),
    h(
      'div',
      { class: 'bar flush' },
      h(
        'button',
        { type: 'button', disabled: first === 0, onclick: () => setRow(store, first - pageSize / 2) },
        'Earlier events',
      ),
      h(
        'button',
        {
          type: 'button',
          disabled: last === events.time.length,
          onclick: () => setRow(store, last + pageSize / 2 - 1),
        },
        'Later events',
      ),
    ),
  );
}

/** Makes the panel. It follows the cursor, but not while playing: a table that changes under the reader cannot be read. */
export function makeTextMode(store: Store): Panel {
  const element = h('div', { class: 'panel textMode' });
  const update: Panel['update'] = () => {
    const { run, isPlaying, cursor } = store.state;
    const frame = frameAtCursor(store.state);
    if (run === null || frame === null || isPlaying || element.hidden) return;
    const told = explain(run.trace);
    const when = `${cyclesText(cursor)} cycles`;
    fill(
      element,
      h('h2', {}, `${run.trace.scenario.title}: ${told.verdict}`),
      ...[
        told.what,
        told.why,
        told.remedy,
        told.bugCheck === '' ? '' : `On a real machine: ${told.bugCheck}.`,
      ]
        .filter((text) => text !== '')
        .map((text) => h('p', {}, text)),
      cpuTable(run, frame, when),
      lockTable(run, frame, when),
      waitList(run, frame),
      eventTable(store, run),
    );
  };
  return { element, update };
}
