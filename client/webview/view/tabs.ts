/**
 * The tabs below the timeline, by the usual keyboard rules: arrows between tabs, the panel follows.
 */
import { h } from '../dom.ts';
import { type Change, type Store, type Tab } from '../store.ts';

export interface Panel {
  readonly element: HTMLElement;
  readonly update: (changes: ReadonlySet<Change>) => void;
}

export interface TabSpec {
  readonly id: Tab;
  readonly title: string;
  readonly panel: Panel;
}

function select(store: Store, id: Tab): void {
  store.state.tab = id;
  store.changed('tab');
}

function moveBy(
  store: Store,
  specs: readonly TabSpec[],
  buttons: readonly HTMLElement[],
  event: KeyboardEvent,
): void {
  const at = specs.findIndex((spec) => spec.id === store.state.tab);
  const last = specs.length - 1;
  const to: Readonly<Record<string, number>> = {
    ArrowLeft: at === 0 ? last : at - 1,
    ArrowRight: at === last ? 0 : at + 1,
    Home: 0,
    End: last,
  };
  const next = to[event.key];
  if (next === undefined || event.shiftKey) return;
  event.preventDefault();
  select(store, specs[next]!.id);
  buttons[next]?.focus();
}

/** Makes the tab bar and its panels. */
export function makeTabs(store: Store, specs: readonly TabSpec[]): Panel {
  const buttons = specs.map((spec) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${spec.id}`,
        'aria-controls': `panel-${spec.id}`,
        onclick: () => select(store, spec.id),
      },
      spec.title,
    ),
  );
  const bar = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Details' }, ...buttons);
  bar.addEventListener('keydown', (event) => moveBy(store, specs, buttons, event));
  for (const { id, panel } of specs) {
    panel.element.id = `panel-${id}`;
    panel.element.setAttribute('role', 'tabpanel');
    panel.element.setAttribute('aria-labelledby', `tab-${id}`);
  }
  const element = h('section', { class: 'details' }, bar, ...specs.map((spec) => spec.panel.element));
  const update = (changes: ReadonlySet<Change>) => {
    specs.forEach((spec, at) => {
      const isShown = spec.id === store.state.tab;
      spec.panel.element.hidden = !isShown;
      buttons[at]!.setAttribute('aria-selected', String(isShown));
      buttons[at]!.tabIndex = isShown ? 0 : -1;
    });
    const shown = specs.find((spec) => spec.id === store.state.tab);
    for (const spec of specs) if (spec === shown || changes.has('run')) spec.panel.update(changes);
  };
  return { element, update };
}
