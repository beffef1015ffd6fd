/**
 * SAL words on variables and struct fields: which lock guards them, lock kinds and the declared order of lock levels.
 * Source: the public concurrencysal.h.
 */
import { splitArguments } from './splitAnnotations.ts';

/** An annotation as the structure pass records it. */
interface Written {
  readonly name: string;
  readonly args?: string;
}

/** What is stated about one variable or field. */
export interface DataContract {
  /** locks that must be held to read or write */
  readonly guardedBy: readonly string[];
  /** locks that must be held to write */
  readonly writeGuardedBy: readonly string[];
  /** accessed by interlocked routines only */
  readonly isInterlocked: boolean;
  /** the lock's place in the declared order, by name */
  readonly lockLevel?: string;
  /** kind of a lock-like object, e.g. `_Lock_kind_spin_lock_` */
  readonly lockKind?: string;
}

function argsOf(annotations: readonly Written[], name: string): string[] {
  return annotations.flatMap((one) => (one.name === name ? splitArguments(one.args ?? '').slice(0, 1) : []));
}

/** What the annotations of a variable or field state. */
export function readDataContract(annotations: readonly Written[]): DataContract {
  const [lockLevel] = argsOf(annotations, '_Has_lock_level_');
  const [lockKind] = argsOf(annotations, '_Has_lock_kind_');
  return {
    guardedBy: argsOf(annotations, '_Guarded_by_'),
    writeGuardedBy: argsOf(annotations, '_Write_guarded_by_'),
    isInterlocked: annotations.some((one) => one.name === '_Interlocked_'),
    ...(lockLevel === undefined ? {} : { lockLevel }),
    ...(lockKind === undefined ? {} : { lockKind }),
  };
}

/** The pairs (outer, inner) that `_Lock_level_order_(outer, inner)` declarations state: the outer is taken first. */
export function readLockLevelOrder(
  annotations: readonly Written[],
): (readonly [outer: string, inner: string])[] {
  return annotations.flatMap((one) => {
    if (one.name !== '_Lock_level_order_') return [];
    const [outer, inner] = splitArguments(one.args ?? '');
    return outer === undefined || inner === undefined ? [] : [[outer, inner] as const];
  });
}
