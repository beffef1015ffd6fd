/**
 * Keeps a scenario small enough for all of its interleavings to be explored within seconds: loops once instead of twice, then
 * fewer contexts. It estimates states by what each context does that others can see; it explores nothing.
 */
import type { Statement } from '../../protocol/scenarioFormat.ts';
import type { Context } from './contexts.ts';

/** Steps of all contexts multiplied: about an upper bound of the states. */
const MOST_INTERLEAVINGS = 20_000;
const FEWEST_CONTEXTS = 2;

/** The contexts that can be explored together, in their order. */
export function fitToBudget(contexts: readonly Context[]): readonly Context[] {
  if (interleavings(contexts) <= MOST_INTERLEAVINGS) return contexts;
  let fitting = contexts.map(runLoopsOnce);
  while (fitting.length > FEWEST_CONTEXTS && interleavings(fitting) > MOST_INTERLEAVINGS)
    fitting = fitting.slice(0, -1);
  if (fitting.length === contexts.length) return fitting;
  const left = contexts.slice(fitting.length).map(({ name }) => name);
  return fitting.map((context, i) => {
    const assumed = new Set([...context.assumed, `left out, to keep it small: ${left.join(', ')}`]);
    return i === 0 ? { ...context, assumed } : context;
  });
}

/** A DPC may come on each of two CPUs. */
function interleavings(contexts: readonly Context[]): number {
  return contexts.reduce((product, { places, body }) => {
    const steps = 1 + stepsOf(body);
    return product * places.reduce((all, place) => all * (place === 'dpc' ? steps ** 2 : steps), 1);
  }, 1);
}

function stepsOf(body: readonly Statement[]): number {
  return body.reduce((sum, one) => {
    if (one.do === 'work' || one.do === 'hold') return sum;
    if (one.do === 'repeat') return sum + (typeof one.times === 'number' ? one.times : 1) * stepsOf(one.body);
    if (one.do === 'try') return sum + 1 + stepsOf(one.then ?? []);
    return sum + 1;
  }, 0);
}

function runLoopsOnce(context: Context): Context {
  const assumed = new Set([...context.assumed].filter((text) => text !== 'loops run twice'));
  if (assumed.size < context.assumed.size) assumed.add('loops run once');
  return { ...context, body: unrolled(context.body), assumed };
}

function unrolled(body: readonly Statement[]): readonly Statement[] {
  return body.flatMap((one): readonly Statement[] => {
    if (one.do === 'repeat') return unrolled(one.body);
    return one.do === 'try' ? [{ ...one, then: unrolled(one.then ?? []) }] : [one];
  });
}
