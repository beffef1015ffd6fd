/**
 * The run's settings: CPUs, lock kind, profile, seed, hold, think, interrupt rate, once or all interleavings. A change runs at once.
 * Also progress with cancel, and sharing or saving what is shown.
 */
import { writeSharedRun, type RunOverrides, type RunRequest } from 'irql-lens-server/protocol';
import { fill, h, setText } from '../dom.ts';
import type { Host } from '../host.ts';
import { grouped } from '../model/numbers.ts';
import type { Change, Store } from '../store.ts';

interface Fields {
  readonly cpus: HTMLInputElement;
  readonly lock: HTMLSelectElement;
  readonly profile: HTMLSelectElement;
  readonly seed: HTMLInputElement;
  readonly mode: HTMLSelectElement;
  readonly hold: HTMLInputElement;
  readonly think: HTMLInputElement;
  readonly rate: HTMLInputElement;
}

function numberField(label: string, min: number, max: number, placeholder: string): HTMLInputElement {
  return h('input', { type: 'number', min, max, step: 'any', placeholder, 'aria-label': label });
}

function makeFields(): Fields {
  const mode = h('select', { 'aria-label': 'How it is run' });
  mode.append(
    h('option', { value: 'simulate' }, 'one run, with costs'),
    h('option', { value: 'explore' }, 'all interleavings'),
  );
  return {
    cpus: numberField('CPUs', 1, 256, ''),
    lock: h('select', { 'aria-label': 'Lock kind' }),
    profile: h('select', { 'aria-label': 'Profile' }),
    seed: numberField('Seed', 0, 4294967295, ''),
    mode,
    hold: numberField('Hold, in cycles', 0, 1e12, 'as written'),
    think: numberField('Think, in cycles', 0, 1e12, 'as written'),
    rate: numberField('Interrupt rate', 0, 1000, '1'),
  };
}

function labelled(text: string, field: HTMLElement): HTMLElement {
  return h('label', {}, h('span', {}, text), field);
}

/** The number in a field; undefined where it is empty or out of its bounds (it then says so itself). */
function numberIn(field: HTMLInputElement): number | undefined {
  if (field.value.trim() === '' || !field.checkValidity()) return undefined;
  return Number(field.value);
}

/** The request that the fields stand for. */
function requestOf(fields: Fields, before: RunRequest | undefined): RunRequest {
  const cpus = numberIn(fields.cpus);
  const seed = numberIn(fields.seed);
  const overrides: RunOverrides = {
    ...(cpus === undefined ? {} : { cpus: Math.round(cpus) }),
    ...(seed === undefined ? {} : { seed: Math.round(seed) }),
    ...(fields.lock.value === '' ? {} : { lock: fields.lock.value }),
    ...(fields.profile.value === '' ? {} : { profile: fields.profile.value }),
    ...(before?.overrides.figures === undefined ? {} : { figures: before.overrides.figures }),
  };
  return {
    mode: fields.mode.value === 'explore' ? 'explore' : 'simulate',
    overrides,
    holdCycles: numberIn(fields.hold),
    thinkCycles: numberIn(fields.think),
    interruptRate: numberIn(fields.rate),
  };
}

function withoutUndefined(request: RunRequest): RunRequest {
  return Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as unknown as RunRequest;
}

function fillPickers(store: Store, fields: Fields): void {
  const { catalogue, run } = store.state;
  const overrides = run?.request.overrides;
  const kinds = catalogue?.lockKinds.filter((kind) => kind.replaceable) ?? [];
  fill(
    fields.lock,
    h('option', { value: '' }, 'as written'),
    ...kinds.map((kind) => h('option', { value: kind.id, title: kind.displayName }, kind.id)),
  );
  fill(
    fields.profile,
    h('option', { value: '' }, run === null ? '' : `as written (${run.trace.profile.id})`),
    ...(catalogue?.profiles ?? []).map((profile) =>
      h('option', { value: profile.id, title: profile.name }, profile.id),
    ),
  );
  fields.lock.value = overrides?.lock ?? '';
  fields.profile.value = overrides?.profile ?? '';
  if (fields.profile.value !== '') setText(fields.profile.options[0]!, 'as written');
}

function fillFields(store: Store, fields: Fields): void {
  const { run } = store.state;
  if (run === null) return;
  const { request, trace } = run;
  fillPickers(store, fields);
  fields.cpus.value = String(request.overrides.cpus ?? trace.cpus);
  fields.seed.value = String(request.overrides.seed ?? trace.seed);
  fields.mode.value = request.mode;
  fields.hold.value = request.holdCycles === undefined ? '' : String(request.holdCycles);
  fields.think.value = request.thinkCycles === undefined ? '' : String(request.thinkCycles);
  fields.rate.value = request.interruptRate === undefined ? '' : String(request.interruptRate);
}

/** The string that brings somebody else to this very run. */
function sharedText(store: Store): string | null {
  const { run, catalogue } = store.state;
  if (run === null || run.scenario === null) return null;
  const bundled = catalogue?.scenarios.find((scenario) => scenario.id === run.scenario?.id);
  const isBundled = bundled !== undefined && JSON.stringify(bundled) === JSON.stringify(run.scenario);
  const { schedule } = run.trace;
  const overrides = { ...run.request.overrides, ...(schedule === undefined ? {} : { schedule }) };
  return writeSharedRun({
    scenario: isBundled ? run.scenario.id : run.scenario,
    request: { ...run.request, overrides },
  });
}

function shareMenu(store: Store, host: Host): HTMLElement {
  const paste = h('input', {
    type: 'text',
    class: 'paste',
    placeholder: 'irql-lens-run:1:\u2026',
    'aria-label': 'A shared run',
  });
  const copy = () => {
    const text = sharedText(store);
    if (text !== null) host.send({ type: 'copy', text, what: 'the run' });
  };
  const open = () => {
    if (paste.value.trim() !== '') host.send({ type: 'openShared', text: paste.value });
    paste.value = '';
  };
  paste.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') open();
  });
  const menu = h(
    'div',
    { class: 'menu' },
    h('button', { type: 'button', class: 'needsScenario', onclick: copy }, 'Copy this run as a string'),
    h('div', { class: 'row' }, paste, h('button', { type: 'button', onclick: open }, 'Open')),
    h(
      'button',
      { type: 'button', onclick: () => host.send({ type: 'save', what: 'trace' }) },
      'Save the trace\u2026',
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'needsScenario',
        onclick: () => host.send({ type: 'save', what: 'scenario' }),
      },
      'Export the scenario\u2026',
    ),
    h(
      'button',
      { type: 'button', onclick: () => host.send({ type: 'save', what: 'perfetto' }) },
      'Export for Perfetto\u2026',
    ),
  );
  const details = h('details', { class: 'popup' }, h('summary', { class: 'button' }, 'Share'), menu);
  details.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') details.open = false;
  });
  menu.addEventListener('click', (event) => {
    if (event.target instanceof HTMLButtonElement) details.open = false;
  });
  return details;
}

function progressText(store: Store): string {
  const { busy } = store.state;
  if (busy === null) return '';
  if (busy.of > 0) return `${busy.what}, ${Math.round((busy.done / busy.of) * 100)} %`;
  return busy.done > 0 ? `${busy.what}, ${grouped(busy.done)} so far` : `${busy.what}\u2026`;
}

/** Makes the row. */
export function makeControls(
  store: Store,
  host: Host,
): { element: HTMLElement; update: (changes: ReadonlySet<Change>) => void } {
  const fields = makeFields();
  const run = () => {
    const request = withoutUndefined(requestOf(fields, store.state.run?.request));
    host.send({ type: 'run', slot: 'a', request });
  };
  const again = h('button', { type: 'button', class: 'primary', onclick: run }, 'Run');
  const cancel = h('button', { type: 'button', onclick: () => host.send({ type: 'cancel' }) }, 'Cancel');
  const status = h('span', { class: 'status', role: 'status' });
  const problem = h('p', { class: 'message', role: 'alert' });
  const rebuild = () => host.send({ type: 'rebuild' });
  const stale = h(
    'p',
    { class: 'stale', role: 'status' },
    h('span', {}, 'The source has changed since this scenario was built.'),
    h('button', { type: 'button', class: 'primary', onclick: rebuild }, 'Build again'),
  );
  const more = h(
    'details',
    { class: 'popup' },
    h('summary', { class: 'button' }, 'More'),
    h(
      'div',
      { class: 'menu' },
      labelled('Hold (cycles)', fields.hold),
      labelled('Think (cycles)', fields.think),
      labelled('Interrupts, times as many', fields.rate),
      labelled('Seed', fields.seed),
    ),
  );
  const form = h(
    'form',
    { class: 'controls', 'aria-label': 'Run settings' },
    labelled('CPUs', fields.cpus),
    labelled('Lock', fields.lock),
    labelled('Profile', fields.profile),
    labelled('Run', fields.mode),
    more,
    again,
    cancel,
    status,
    h('span', { class: 'grow' }),
    shareMenu(store, host),
  );
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', (event) => {
    const { target } = event;
    if (
      target instanceof HTMLInputElement &&
      (target.classList.contains('paste') || !target.reportValidity())
    )
      return;
    run();
  });
  document.addEventListener('pointerdown', (event) => {
    for (const popup of form.querySelectorAll<HTMLDetailsElement>('details.popup'))
      if (event.target instanceof Node && !popup.contains(event.target)) popup.open = false;
  });
  const element = h('div', {}, form, stale, problem);
  const update = (changes: ReadonlySet<Change>) => {
    const { state } = store;
    if (changes.has('run') || changes.has('catalogue')) fillFields(store, fields);
    if (!(changes.has('busy') || changes.has('run'))) return;
    const canRun = state.run?.scenario != null;
    const { cpus, lock, profile, seed, mode, hold, think, rate } = fields;
    for (const field of [cpus, lock, profile, seed, mode, hold, think, rate, again]) field.disabled = !canRun;
    for (const button of form.querySelectorAll<HTMLButtonElement>('.needsScenario'))
      button.disabled = !canRun;
    again.hidden = state.busy !== null;
    cancel.hidden = state.busy === null;
    setText(status, progressText(store));
    setText(problem, state.message);
    problem.hidden = state.message === '';
    stale.hidden = !state.isStale;
  };
  return { element, update };
}
