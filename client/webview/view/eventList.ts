/**
 * The list of all events, in step with the cursor. Only the rows in sight exist; a million events scroll like ten.
 * A click moves the cursor there; the source link opens the line it came from.
 */
import { h, setText } from '../dom.ts';
import type { Host } from '../host.ts';
import { isTarget, type JumpTarget } from '../model/jump.ts';
import { cyclesText } from '../model/numbers.ts';
import { contextName, eventSentence, eventWords } from '../model/words.ts';
import { setRow, type Change, type Run, type Store } from '../store.ts';

const rowHeight = 22;
/** Browsers cannot make an element higher than some 16 million pixels; beyond it, one pixel scrolls several rows. */
const maxHeight = 8_000_000;

interface Line {
  readonly element: HTMLElement;
  readonly cells: readonly HTMLElement[];
  readonly link: HTMLButtonElement;
  index: number;
}

/** Rows of the trace that pass the filter; null = all. */
function filterRows(run: Run, target: JumpTarget): Int32Array | null {
  if (target === 'any') return null;
  const { kind } = run.trace.events;
  let count = 0;
  const rows = new Int32Array(kind.length);
  for (let row = 0; row < kind.length; row++) if (isTarget(target, kind[row]!)) rows[count++] = row;
  return rows.slice(0, count);
}

/** Index in the filtered rows of the last one at or before `row`. */
function indexOfRow(rows: Int32Array | null, row: number): number {
  if (rows === null) return row;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]! <= row) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

interface List {
  readonly store: Store;
  readonly host: Host;
  readonly box: HTMLElement;
  readonly space: HTMLElement;
  readonly lines: Line[];
  rows: Int32Array | null;
  count: number;
  target: JumpTarget;
  /** Height of the visible part; kept, because reading it costs a layout. */
  room: number;
  top: number;
}

function makeLine(list: List): Line {
  const cells = ['when', 'cpu', 'who', 'what'].map((name) => h('span', { class: name }));
  const link = h('button', { type: 'button', class: 'link', tabindex: -1 });
  const element = h('div', { class: 'event', role: 'option' }, ...cells, link);
  const line: Line = { element, cells, link, index: -1 };
  element.addEventListener('click', () => setRow(list.store, traceRow(list, line.index)));
  link.addEventListener('click', () => openRow(list, line.index));
  list.space.append(element);
  return line;
}

function traceRow(list: List, index: number): number {
  return list.rows === null ? index : (list.rows[index] ?? -1);
}

/** Asks the host to open the source line of a row. */
function openRow(list: List, index: number): void {
  const { run } = list.store.state;
  const row = traceRow(list, index);
  const location = run?.trace.locations[run.trace.events.location[row] ?? -1];
  if (location === undefined) return;
  list.host.send({
    type: 'openLocation',
    file: location.file,
    line: location.line,
    column: location.column ?? 1,
  });
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

function fillLine(run: Run, line: Line, index: number, row: number, current: number): void {
  const { trace } = run;
  const { element, cells, link } = line;
  element.classList.toggle('current', row === current);
  element.setAttribute('aria-selected', String(row === current));
  if (line.index === index && element.dataset['row'] === String(row)) return;
  line.index = index;
  element.dataset['row'] = String(row);
  element.dataset['kind'] = String(trace.events.kind[row]);
  element.id = `event-${row}`;
  element.setAttribute(
    'aria-label',
    `${cyclesText(trace.events.time[row]!)} cycles, ${eventSentence(trace, row)}`,
  );
  const context = trace.events.context[row]!;
  const texts = [
    cyclesText(trace.events.time[row]!),
    `CPU ${trace.events.cpu[row]}`,
    context < 0 ? '' : contextName(trace, context),
    eventWords(trace, row),
  ];
  texts.forEach((text, at) => setText(cells[at]!, text));
  const location = trace.locations[trace.events.location[row]!];
  link.hidden = location === undefined;
  setText(link, location === undefined ? '' : `${fileName(location.file)}:${location.line}`);
  link.title = location === undefined ? '' : `Open ${location.file}, line ${location.line}`;
}

/** How far the list is scrolled, as an index that may be fractional. */
function firstIndex(list: List): number {
  const whole = list.count * rowHeight;
  if (whole <= maxHeight) return list.top / rowHeight;
  const share = list.top / Math.max(1, maxHeight - list.room);
  return share * Math.max(0, list.count - list.room / rowHeight);
}

function render(list: List): void {
  const { run, row } = list.store.state;
  if (run === null) return;
  const first = firstIndex(list);
  const shown = Math.min(list.count, Math.ceil(list.room / rowHeight) + 2);
  const start = Math.max(0, Math.min(Math.floor(first), list.count - shown));
  while (list.lines.length < shown) list.lines.push(makeLine(list));
  const current = traceRow(list, indexOfRow(list.rows, row));
  list.lines.forEach((line, at) => {
    const index = start + at;
    line.element.hidden = at >= shown;
    if (at >= shown) return;
    fillLine(run, line, index, traceRow(list, index), current);
    const top = list.top + (index - first) * rowHeight;
    line.element.style.setProperty('transform', `translateY(${top}px)`);
  });
  list.box.setAttribute('aria-activedescendant', current < 0 ? '' : `event-${current}`);
}

/** Scrolls so that the cursor's row is in sight, in the middle where it was not. */
function follow(list: List): void {
  const index = Math.max(0, indexOfRow(list.rows, list.store.state.row));
  const first = firstIndex(list);
  const visible = list.room / rowHeight;
  if (index >= first && index + 1 <= first + visible) return;
  const wanted = Math.max(0, Math.min(index - visible / 2, list.count - visible));
  const isScaled = list.count * rowHeight > maxHeight;
  list.top = isScaled
    ? (wanted / Math.max(1, list.count - visible)) * (maxHeight - list.room)
    : Math.round(wanted * rowHeight);
  list.box.scrollTop = list.top;
}

function refilter(list: List): void {
  const { run } = list.store.state;
  if (run === null) return;
  list.rows = filterRows(run, list.target);
  list.count = list.rows?.length ?? run.trace.events.time.length;
  list.space.style.setProperty('height', `${Math.min(list.count * rowHeight, maxHeight)}px`);
  for (const line of list.lines) line.index = -1;
}

function listenToKeys(list: List): void {
  const move = (by: number) => {
    const index = Math.max(0, Math.min(indexOfRow(list.rows, list.store.state.row) + by, list.count - 1));
    setRow(list.store, traceRow(list, index));
  };
  list.box.addEventListener('keydown', (event) => {
    const page = Math.floor(list.room / rowHeight);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const by = steps[event.key];
    if (event.key === 'Enter') openRow(list, indexOfRow(list.rows, list.store.state.row));
    else if (by === undefined || event.shiftKey) return;
    else if (Math.abs(by) === Infinity) setRow(list.store, traceRow(list, by < 0 ? 0 : list.count - 1));
    else move(by);
    event.preventDefault();
  });
}

/** Makes the list with its filter. */
export function makeEventList(
  store: Store,
  host: Host,
): { element: HTMLElement; update: (changes: ReadonlySet<Change>) => void } {
  const space = h('div', { class: 'space' });
  const box = h(
    'div',
    { class: 'events', role: 'listbox', tabindex: 0, 'aria-label': 'Events. Enter opens the source line.' },
    space,
  );
  const list: List = {
    store,
    host,
    box,
    space,
    lines: [],
    rows: null,
    count: 0,
    target: 'any',
    room: 0,
    top: 0,
  };
  const filter = h('select', { 'aria-label': 'Show' });
  const words: readonly (readonly [JumpTarget, string])[] = [
    ['any', 'all events'],
    ['notable', 'acquisitions, contention, interrupts'],
    ['acquire', 'acquisitions'],
    ['contention', 'contention'],
    ['interrupt', 'interrupts'],
    ['irql', 'IRQL changes'],
  ];
  for (const [target, text] of words) filter.append(h('option', { value: target }, text));
  filter.addEventListener('change', () => {
    list.target = filter.value as JumpTarget;
    refilter(list);
    follow(list);
    render(list);
  });
  listenToKeys(list);
  box.addEventListener('scroll', () => {
    list.top = box.scrollTop;
    render(list);
  });
  new ResizeObserver(() => {
    list.room = box.clientHeight;
    render(list);
  }).observe(box);
  const element = h(
    'div',
    { class: 'panel eventsPanel' },
    h('div', { class: 'bar' }, h('label', {}, 'Show ', filter)),
    box,
  );
  const update = (changes: ReadonlySet<Change>) => {
    if (changes.has('run')) refilter(list);
    if (element.hidden || !(changes.has('run') || changes.has('cursor') || changes.has('tab'))) return;
    follow(list);
    render(list);
  };
  return { element, update };
}
