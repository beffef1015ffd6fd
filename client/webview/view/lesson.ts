/**
 * The scenario's lesson: what to look at, what the run was told (warnings, Driver Verifier), and where the facts come from.
 */
import { fill, h } from '../dom.ts';
import { remarks } from '../model/explain.ts';
import type { Store } from '../store.ts';
import type { Panel } from './tabs.ts';

/** Makes the panel. */
export function makeLesson(store: Store): Panel {
  const element = h('div', { class: 'panel prose' });
  const update: Panel['update'] = (changes) => {
    const { run } = store.state;
    if (!changes.has('run') || run === null) return;
    const { scenario } = run.trace;
    const told = remarks(run.trace);
    const witness = run.result?.witness ?? [];
    fill(
      element,
      h('h2', {}, scenario.title),
      ...scenario.lesson.split(/\n+/).map((paragraph) => h('p', {}, paragraph)),
      witness.length > 0 ? h('h3', {}, 'How it comes to this') : null,
      witness.length > 0 ? h('ol', {}, ...witness.map((step) => h('li', {}, step))) : null,
      told.length > 0 ? h('h3', {}, 'What was noticed on the way') : null,
      told.length > 0 ? h('ul', {}, ...told.map((text) => h('li', {}, text))) : null,
      scenario.sources.length > 0 ? h('h3', {}, 'Sources') : null,
      scenario.sources.length > 0
        ? h('ul', { class: 'sources' }, ...scenario.sources.map((text) => h('li', {}, text)))
        : null,
    );
  };
  return { element, update };
}
