/**
 * What an assignment or an unknown write does to a state: the new value is noted, everything that leaned on the old one is
 * forgotten. It evaluates no expression.
 */
import type { NodeId } from '../../syntax/ir.ts';
import type { Value } from '../facts.ts';
import { isMemory, mentions } from '../locks/accessPath.ts';
import { forgetPaths } from '../locks/heldLocks.ts';
import { STABLE } from './evaluate.ts';
import type { State } from './state.ts';

/** The state after `location = value`; an undefined value is one nobody knows. */
export function assign(state: State, location: string, value: Value | undefined, node: NodeId): State {
  if (location === '') return state;
  const isSelf = (value?.kind === 'copyOf' || value?.kind === 'addressOf') && mentions(value.path, location);
  const known = isSelf ? undefined : value;
  if (known === undefined && state.values.size === 0 && state.held.length === 0) return state;
  const forgotten = forgetPaths(forgetValues(state, location, false), location, node);
  if (known === undefined) return forgotten;
  return { ...forgotten, values: forgotten.values.with(location, known) };
}

/** The state without any value kept at `location`, under it, or derived from it. `isByAddress` keeps what locks and handles saved. */
export function forgetValues(state: State, location: string, isByAddress: boolean): State {
  const values = state.values.map((key, value) => {
    if (mentions(key, location) && !(isByAddress && key.includes('#'))) return undefined;
    const isAlias = value.kind === 'copyOf' || value.kind === 'addressOf';
    return isAlias && !isByAddress && mentions(value.path, location) ? undefined : value;
  });
  return values === state.values ? state : { ...state, values };
}

/**
 * The state after code that may change shared memory: constant facts about what `mayChange` go, saved IRQLs and names stay.
 * Conditions that the author relies on go only where something in them surely `isChanged`.
 */
export function forgetMemoryFacts(
  state: State,
  mayChange: (key: string) => boolean = () => true,
  isChanged: (key: string) => boolean = () => false,
): State {
  const values = state.values.map((key, value) => {
    const isCopyFact = value.kind === 'copyOf' && value.isNonZero === true;
    const isFact =
      isCopyFact || value.kind === 'const' || value.kind === 'notConst' || value.kind === 'status';
    if (!isFact || key.startsWith('#') || !isMemoryKey(key)) return value;
    if (key.startsWith(STABLE) ? !isChanged(key) : !mayChange(key)) return value;
    return isCopyFact ? { kind: 'copyOf', path: value.path } : undefined;
  });
  return values === state.values ? state : { ...state, values };
}

function isMemoryKey(key: string): boolean {
  return key.startsWith('e:') ? /[*]|\{g:|\{this/.test(key) : isMemory(key);
}

/** The state without the results of calls, at the end of a statement. */
export function forgetResults(state: State): State {
  const values = state.values.map((key, value) => (key.startsWith('r:') ? undefined : value));
  return values === state.values ? state : { ...state, values };
}
