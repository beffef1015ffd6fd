/** Makes small random scenarios from a seed: threads, DPCs and ISRs that take a few locks, properly nested, in one order or not. */
import { Rng } from '../../server/src/base/rng.ts';
import type {
  Scenario,
  ScenarioDpc,
  ScenarioIsr,
  Statement,
} from '../../server/src/protocol/scenarioFormat.ts';

const kinds = ['ttas', 'ttas-store', 'queued', 'tas', 'ticket', 'ticket-1line', 'clh', 'array'] as const;

/** A nest of acquisitions: every lock at most once, released in the opposite order. */
function nest(rng: Rng, locks: readonly string[], isAtDpc: boolean): readonly Statement[] {
  const [lock, ...rest] = locks;
  if (lock === undefined) return [{ do: 'work', cycles: 10 + rng.below(300) }];
  const routine = (plain: string, atDpc: string): string => (isAtDpc ? atDpc : plain);
  return [
    { do: 'acquire', lock, with: routine('KeAcquireSpinLock', 'KeAcquireSpinLockAtDpcLevel') },
    { do: 'hold', cycles: rng.below(400) },
    ...nest(rng, rng.below(2) === 0 ? rest : [], true),
    { do: 'release', lock, with: routine('KeReleaseSpinLock', 'KeReleaseSpinLockFromDpcLevel') },
  ];
}

function shuffled(rng: Rng, ids: readonly string[]): readonly string[] {
  const list = [...ids];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = rng.below(at + 1);
    [list[at], list[other]] = [list[other] ?? '', list[at] ?? ''];
  }
  return list;
}

/** `isOrdered`: all contexts take the locks in one order, so no run may hang. */
export function randomScenario(seed: number, isOrdered: boolean): Scenario {
  const rng = new Rng(seed);
  const cpus = 1 + rng.below(3);
  const ids = ['A', 'B', 'C'].slice(0, 1 + rng.below(3));
  const order = (): readonly string[] => (isOrdered ? ids.slice(rng.below(ids.length)) : shuffled(rng, ids));
  const body = (isAtDpc: boolean): readonly Statement[] => nest(rng, order(), isAtDpc);
  const dpcs: ScenarioDpc[] = [];
  const isrs: ScenarioIsr[] = [];
  for (let cpu = 0; cpu < cpus; cpu += 1) {
    if (rng.below(3) === 0)
      dpcs.push({ name: `dpc${cpu}`, cpu, arrivals: { at: rng.below(3000) }, body: body(true) });
    if (rng.below(4) === 0)
      isrs.push({
        name: `isr${cpu}`,
        cpu,
        irql: 3 + rng.below(8),
        arrivals: { at: rng.below(3000) },
        body: [{ do: 'work', cycles: 50 }],
      });
  }
  return {
    version: 1,
    id: `random-${seed}`,
    title: 'random',
    cpus,
    seed,
    locks: ids.map((id) => ({ id, kind: kinds[rng.below(kinds.length)] ?? 'ttas' })),
    threads: Array.from({ length: cpus }, (_, cpu) => ({
      name: `t${cpu}`,
      cpu,
      body: [
        { do: 'think' as const, cycles: rng.below(500) },
        ...body(false),
        ...(rng.below(2) === 0 ? body(false) : []),
      ],
    })),
    dpcs,
    isrs,
    limits: { cycles: 3_000_000 },
  };
}
