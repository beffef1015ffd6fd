/**
 * The list of held locks of a state: taking, giving back, renaming when a variable in a path changes.
 * It knows no routines; what an acquire means for the IRQL is decided elsewhere.
 */
import type { NodeId } from '../../syntax/ir.ts';
import type { HeldLock, LockRef } from '../facts.ts';
import type { State } from '../irql/state.ts';
import { mentions } from './accessPath.ts';

/** Deeper nesting of one recursive lock than this is not counted. */
const MAX_COUNT = 4;

/** The state with one more hold on the lock. */
export function takeLock(state: State, taken: HeldLock): State {
  const index = state.held.findIndex(
    (held) => held.lock.path === taken.lock.path && held.kind === taken.kind,
  );
  const known = state.held[index];
  if (known === undefined) return { ...state, held: [...state.held, taken] };
  const count = Math.min(known.count + 1, MAX_COUNT);
  const held = state.held.with(index, { ...known, count, mode: taken.mode });
  return { ...state, held, isImprecise: state.isImprecise || count === MAX_COUNT };
}

/** How a release finds its lock. */
export interface ReleaseTarget {
  readonly lock: LockRef;
  readonly kind: string;
  /** canonical path of the queue handle or lock state given to the release, if any */
  readonly handle: string;
}

/**
 * The held lock that a release speaks of: the same path; the same handle; else the only one of the same kind with the
 * same text or class, because paths lose their names when aliases merge.
 */
export function findHeld(state: State, { lock, kind, handle }: ReleaseTarget): HeldLock | undefined {
  const exact = state.held.findLast((held) => held.lock.path === lock.path && mayPair(held.kind, kind));
  if (exact !== undefined) return exact;
  if (handle !== '') {
    const byHandle = state.held.findLast((held) => held.savedIn === handle);
    if (byHandle !== undefined) return byHandle;
  }
  const ofKind = state.held.filter((held) => held.kind === kind);
  const isSameName = (held: HeldLock): boolean =>
    held.lock.text === lock.text || (lock.lockClass !== '' && held.lock.lockClass === lock.lockClass);
  const named = ofKind.filter((held) => isSameName(held) && isUncertainPath(held.lock.path, lock.path));
  return named.length === 1 ? named[0] : undefined;
}

/** Two paths that differ are really different objects unless one of them lost its name. */
function isUncertainPath(a: string, b: string): boolean {
  const isVague = (path: string): boolean => /^[?rl]/.test(path) || path.includes('[') || path.includes('~');
  return isVague(a) || isVague(b);
}

/** Kinds whose calls may be mixed on one lock object: a plain spin lock may be tried and released in other forms. */
function mayPair(held: string, released: string): boolean {
  if (held === released) return true;
  const spin = (kind: string): boolean => kind === 'spinlock' || kind === 'queuedSpinlock';
  return spin(held) && spin(released);
}

/** The state with one hold less on `held`. */
export function dropLock(state: State, held: HeldLock): State {
  const index = state.held.lastIndexOf(held);
  if (index < 0) return state;
  const rest =
    held.count > 1
      ? state.held.with(index, { ...held, count: held.count - 1 })
      : state.held.filter((_, i) => i !== index);
  const dropped = { ...state, held: rest };
  return held.isFromEntry ? releaseFromEntry(dropped, held) : dropped;
}

/** The state after releasing a lock that this function did not take. */
export function releaseFromEntry(state: State, released: HeldLock): State {
  if (state.releasedFromEntry.length >= 8) return { ...state, isImprecise: true };
  return { ...state, releasedFromEntry: [...state.releasedFromEntry, released] };
}

/** The state with every held path that mentions `location` made opaque, because the object at `location` changes. */
export function forgetPaths(state: State, location: string, node: NodeId): State {
  if (state.held.length === 0) return state;
  let isChanged = false as boolean;
  const rename = (held: HeldLock): HeldLock => {
    const isSaved =
      held.savedIn !== undefined && held.savedIn !== location && mentions(held.savedIn, location);
    if (!mentions(held.lock.path, location) && !isSaved) return held;
    isChanged = true;
    const path = mentions(held.lock.path, location) ? `?${node}` : held.lock.path;
    return { ...held, lock: { ...held.lock, path }, ...(isSaved ? { savedIn: `?${node}` } : {}) };
  };
  const held = state.held.map(rename);
  return isChanged ? { ...state, held } : state;
}
