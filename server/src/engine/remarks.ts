/** The one place that turns what the engine found into sentences: Driver Verifier codes, warnings, deadlocks. */
import type { TraceDeadlockMember } from '../protocol/traceFormat.ts';
import { irqlName } from './irqlNames.ts';
import type { Machine } from './machine/machine.ts';
import type { Program } from './program/program.ts';

type Describe = (context: string, lock: string, irql: string) => string;

/** What each code says. Source: documentation of bug check 0xC4, DRIVER_VERIFIER_DETECTED_VIOLATION. */
const codes: Readonly<Record<string, Describe>> = {
  '0xC4/0x30': (context, _, irql) => `${context} raised the IRQL to a level below ${irql}`,
  '0xC4/0x31': (context, _, irql) =>
    `${context} lowered the IRQL from ${irql} where it must not (P4 = 1 inside a DPC)`,
  '0xC4/0x32': (context, lock, irql) =>
    `${context} released '${lock}' and restored the IRQL while at ${irql}, not at the level the lock is held at`,
  '0xC4/0x40': (context, lock, irql) => `${context} acquired '${lock}' by an AtDpcLevel routine at ${irql}`,
  '0xC4/0x41': (context, lock, irql) => `${context} released '${lock}' by a FromDpcLevel routine at ${irql}`,
  '0xC4/0x42': (context, lock, irql) => `${context} acquired '${lock}' at ${irql}: the raise lowers the IRQL`,
  '0xC4/0x1000': (context, lock) => `${context} acquired '${lock}', which it owns already`,
  '0xC4/0x1001': (context, lock) =>
    `${context} acquired '${lock}' against the lock order seen before: a deadlock is possible`,
  '0xC4/0x1007': (context, lock) => `${context} released '${lock}', which it does not own`,
  'two owners': (context, lock) =>
    `${context} acquired '${lock}' while it was owned: mutual exclusion is broken`,
};

/** `0xC4/0x40: 'worker' on CPU 0 acquired 'A' by an AtDpcLevel routine at PASSIVE_LEVEL`. */
export function describeRemark(
  m: Machine,
  _kind: string,
  code: string,
  cpu: number,
  context: number,
  lock: number,
): string {
  const name = m.program.contexts[context]?.name ?? 'idle';
  const lockName = m.program.locks[lock]?.id ?? '';
  const describe = codes[code];
  const text = describe?.(`'${name}' on CPU ${cpu}`, lockName, irqlName(m.irql(cpu), m.program.arch)) ?? '';
  return `${code}: ${text}`;
}

/** A guideline that was missed. Source: documentation of bug check 0x133: DPCs 100 us, ISRs 25 us. */
export function warningText(kind: 'dpc' | 'isr', name: string, microseconds: number): string {
  const [what, limit] = kind === 'dpc' ? ['DPC', 100] : ['ISR', 25];
  return `${what} '${name}' ran ${microseconds.toFixed(0)} us; the guideline is ${limit} us`;
}

/** `CPU 0 ('t0') waits for 'B', owned by 't1' on CPU 1; CPU 1 ...`. */
export function deadlockText(program: Program, members: readonly TraceDeadlockMember[]): string {
  const parts = members.map(({ cpu, context, waitsFor, ownedBy }) => {
    const owner = program.contexts[ownedBy];
    const where = owner?.cpu === cpu ? 'on the same CPU' : `on CPU ${owner?.cpu ?? '?'}`;
    const by = ownedBy === context ? 'itself' : `'${owner?.name ?? '?'}' ${where}`;
    return `CPU ${cpu} ('${program.contexts[context]?.name ?? '?'}') waits for '${program.locks[waitsFor]?.id ?? '?'}', owned by ${by}`;
  });
  return `Deadlock: ${parts.join('; ')}.`;
}
