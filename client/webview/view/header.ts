/**
 * The first thing that is read: what happened, why, what to do, and what it becomes on a real machine.
 */
import { fill, h } from '../dom.ts';
import { explain, figureWords, type Explanation } from '../model/explain.ts';
import { cyclesText, timeText } from '../model/numbers.ts';
import type { Change, Store } from '../store.ts';

function card(title: string, text: string, extra?: Node | null): HTMLElement | null {
  return text === '' ? null : h('div', { class: 'answer' }, h('h2', {}, title), h('p', {}, text), extra);
}

/** A run that the user is still scheduling has no outcome yet. */
function isInHand(store: Store): boolean {
  return (store.state.choices?.length ?? 0) > 0;
}

function inHand(store: Store): Explanation {
  const steps = store.state.taken.length;
  const what =
    steps === 0 ? 'Nothing yet: pick the first step.' : `${steps} ${steps === 1 ? 'step' : 'steps'} taken.`;
  return { verdict: 'In your hands', tone: 'neutral', what, why: '', remedy: '', bugCheck: '' };
}

/** Makes the header. */
export function makeHeader(store: Store): {
  element: HTMLElement;
  update: (changes: ReadonlySet<Change>) => void;
} {
  const element = h('header', { class: 'head' });
  const update = (changes: ReadonlySet<Change>) => {
    const { run } = store.state;
    if (!changes.has('run') || run === null) return;
    const { trace } = run;
    const told = isInHand(store) ? inHand(store) : explain(trace, run.result);
    const facts = [
      `${trace.cpus} ${trace.cpus === 1 ? 'CPU' : 'CPUs'}`,
      `${trace.profile.id}, ${trace.profile.clockGHz} GHz`,
      `seed ${trace.seed}`,
      `${cyclesText(trace.endTime)} cycles (${timeText(trace.endTime, trace.profile.clockGHz)})`,
    ];
    if (trace.truncated) facts.push('events left out: the run is longer than its record');
    const bug =
      told.bugCheck === '' || told.what.includes(told.bugCheck)
        ? null
        : h('p', { class: 'bugcheck' }, 'On a real machine: ', h('strong', {}, told.bugCheck));
    const measured = trace.deadlock === undefined && !isInHand(store) ? figureWords(run.result) : '';
    const figures = measured === '' ? null : h('p', {}, measured);
    fill(
      element,
      h(
        'div',
        { class: 'title' },
        h('span', { class: `badge ${told.tone}` }, told.verdict),
        h('h1', {}, trace.scenario.title),
        h('span', { class: 'facts' }, facts.join(' \u00b7 ')),
      ),
      h(
        'div',
        { class: 'answers' },
        card('What happened', told.what === '' ? `${told.verdict}.` : told.what, bug ?? figures),
        told.why === '' ? card('What to look at', trace.scenario.lesson) : card('Why', told.why),
        card('What to do', told.remedy),
      ),
    );
  };
  return { element, update };
}
