/**
 * Are all CPUs of a program alike? Then states that differ only in which CPU is which count as one. Asked of the scenario, and
 * strictly: same contexts with the same bodies, locks whose words name nobody, no statement that names another context.
 */
import type { Program } from '../program/program.ts';
import type { Scenario, Statement } from '../../protocol/scenarioFormat.ts';

/** Kinds whose words hold no context numbers. */
const anonymousKinds = new Set(['ttas', 'ttas-store', 'tas', 'interrupt', 'ex-spin']);
const named = new Set<Statement['do']>([
  'insertDpc',
  'removeDpc',
  'setTimer',
  'cancelTimer',
  'interrupt',
  'signal',
  'wait',
]);

/** True where renaming the CPUs of a reachable state gives a reachable state. */
export function hasSymmetricCpus(program: Program): boolean {
  const { scenario } = program;
  if (program.nCpus < 2 || program.nCpus > 8) return false;
  if (!scenario.locks.every((lock) => anonymousKinds.has(lock.kind))) return false;
  const first = signature(scenario, 0);
  if (namesOthers(first)) return false;
  for (let cpu = 1; cpu < program.nCpus; cpu += 1) if (signature(scenario, cpu) !== first) return false;
  return Object.keys(scenario.routines ?? {}).length === 0;
}

function namesOthers(text: string): boolean {
  return [...named].some((word) => text.includes(`"do":"${word}"`));
}

/** Everything that the CPU does, names and places left out. */
function signature(scenario: Scenario, cpu: number): string {
  const isOn = (row: { readonly cpu: number | 'all' }): boolean => row.cpu === 'all' || row.cpu === cpu;
  const rows = [
    scenario.threads.filter(isOn).map((row) => row.body),
    (scenario.dpcs ?? [])
      .filter(isOn)
      .map((row) => [
        row.importance,
        row.threaded,
        row.arrivals?.count,
        row.arrivals?.every,
        row.arrivals !== undefined,
        row.body,
      ]),
    (scenario.isrs ?? [])
      .filter(isOn)
      .map((row) => [
        row.irql,
        row.lock,
        row.arrivals?.count,
        row.arrivals?.every,
        row.arrivals !== undefined,
        row.body,
      ]),
  ];
  return JSON.stringify(rows, (key, value: unknown) =>
    key === 'at' && typeof value === 'object' ? undefined : value,
  );
}
