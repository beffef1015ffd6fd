/**
 * SAL words that stand as statements inside a body: they assert or assume something about the IRQL or about locks.
 * Source: the public kernelspecs.h and concurrencysal.h.
 */
import { highLevel, range, type Arch, type IrqlSet } from '../../protocol/irqlLevels.ts';
import { evaluate, UNKNOWN } from './evaluate.ts';
import { parseExpression } from './expression.ts';

/** What a statement says. Lock expressions are as written. */
export type StatementAnnotation =
  /** from here the IRQL is one of these */
  | { readonly kind: 'limited'; readonly levels: IrqlSet }
  | {
      readonly kind: 'assumeHeld' | 'assumeNotHeld' | 'assumeAcquired' | 'assumeReleased';
      readonly lock: string;
    }
  | { readonly kind: 'assumeSame'; readonly a: string; readonly b: string }
  /** the code of this section is locked in memory: raising is allowed in paged code */
  | { readonly kind: 'sectionLocked' }
  /** lock reports of the next statement are not wanted */
  | { readonly kind: 'suppressLocks' }
  /** a range in which nobody competes, or where races are meant */
  | { readonly kind: 'noCompetition' | 'benignRace'; readonly edge: 'begin' | 'end' };

const LOCK_WORDS: Readonly<
  Record<string, 'assumeHeld' | 'assumeNotHeld' | 'assumeAcquired' | 'assumeReleased'>
> = {
  _Analysis_assume_lock_held_: 'assumeHeld',
  _Analysis_assume_lock_not_held_: 'assumeNotHeld',
  _Analysis_assume_lock_acquired_: 'assumeAcquired',
  _Analysis_assume_lock_released_: 'assumeReleased',
};

const PLAIN_WORDS: Readonly<Record<string, StatementAnnotation>> = {
  _Analysis_assume_section_locked_: { kind: 'sectionLocked' },
  _Analysis_suppress_lock_checking_: { kind: 'suppressLocks' },
  _No_competing_thread_begin_: { kind: 'noCompetition', edge: 'begin' },
  _No_competing_thread_end_: { kind: 'noCompetition', edge: 'end' },
  _Benign_race_begin_: { kind: 'benignRace', edge: 'begin' },
  _Benign_race_end_: { kind: 'benignRace', edge: 'end' },
};

/** The meaning of a macro used as a statement; undefined when it has none here. `args` are its arguments as written. */
export function readStatementAnnotation(
  name: string,
  args: readonly string[],
  arch: Arch,
): StatementAnnotation | undefined {
  if (Object.hasOwn(PLAIN_WORDS, name)) return PLAIN_WORDS[name];
  const [first = '', second = ''] = args;
  const kind = Object.hasOwn(LOCK_WORDS, name) ? LOCK_WORDS[name] : undefined;
  if (kind !== undefined) return first === '' ? undefined : { kind, lock: first };
  if (name === '_Analysis_assume_same_lock_') return { kind: 'assumeSame', a: first, b: second };
  if (name !== '_IRQL_limited_to_') return undefined;
  const parsed = parseExpression(first);
  const value = parsed.ok ? evaluate(parsed.expr, { arch, lookUp: () => UNKNOWN }) : UNKNOWN;
  if (value.kind !== 'int' || value.value < 0 || value.value > highLevel(arch)) return undefined;
  return { kind: 'limited', levels: range(0, value.value) };
}
