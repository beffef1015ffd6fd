/**
 * What one lock call costs, for the code lens: ranges in core cycles from the profile's figures and from short runs of the engine.
 * It knows nothing of source code; whoever asks has found the routine, the IRQLs and the hold time.
 */
import type { Scenario } from '../protocol/scenarioFormat.ts';
import type { CostRange } from '../protocol/simulateResult.ts';
import { findLockKind } from './locks/registry.ts';
import { figureOf, resolveProfile, type ResolvedProfile } from './profiles/profile.ts';
import { figuresAt, rangeOf } from './ranges.ts';
import { prepareRun } from './run.ts';
import { ScenarioError } from './scenarioError.ts';
import { runSimulation } from './simulate.ts';

/** One lock call (an acquisition with its release). All that the answer depends on. */
export interface LensQuery {
  /** Profile id, as `skylake-sp`. */
  readonly profile: string;
  /** Profile figures that the user has set, by key, in the figure's unit. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** How the IRQL is kept (`x64-cr8`, ...); default the profile's own. */
  readonly irqlVariant?: string;
  /** Lock kind id: `ttas` for KSPIN_LOCK, `queued` for in-stack queued, ... */
  readonly lockKind: string;
  /** The form of the call: raises and lowers the IRQL itself, or is the AtDpcLevel/FromDpcLevel form. */
  readonly form: 'raising' | 'atDpcLevel';
  /** True where it is known that the call site is at DISPATCH_LEVEL or above already, so that AtDpcLevel would do. */
  readonly isAtDispatch: boolean;
  /** Estimated cycles between acquire and release. */
  readonly holdCycles: number;
  /** CPUs that contend for the lock (setting), 1..64. */
  readonly cpus: number;
}

export interface LensCost {
  /** Acquire and release together, nobody else at the lock, line in the own cache. */
  readonly alone: CostRange;
  /**
   * The same with `cpus` CPUs at it all the time: what one acquisition and release take on average, waiting included and hold
   * excluded. Null where cpus = 1.
   */
  readonly among: CostRange | null;
  /** What AtDpcLevel/FromDpcLevel would save of `alone`; null where the form is that already or the level is not known. */
  readonly atDpcLevelSaves: CostRange | null;
  /** The parts of `alone` by name and cycles, for tooltip and hover. */
  readonly parts: readonly LensPart[];
  readonly cpus: number;
  readonly profile: string;
}

export interface LensPart {
  readonly name: string;
  readonly cycles: CostRange;
}

/** CPUs beyond which a lens does not count: the figure changes little, the run would take too long. */
const maxLensCpus = 64;
/** Acquisitions of the short run behind `among`: more of them change the mean by less than 2 %, at 64 CPUs 5 %. */
const acquisitionsInAll = 240;
const fewestPerCpu = 6;
const maxRemembered = 4096;

const remembered = new Map<string, LensCost>();

/** Computes (and remembers) the cost. Below 2 ms when warm. Throws `ScenarioError` on an unknown profile or lock kind. */
export function lensCost(query: LensQuery): LensCost {
  const key = keyOf(query);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const cost = computeCost(query);
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(key, cost);
  return cost;
}

function keyOf(query: LensQuery): string {
  const overrides = Object.entries(query.overrides ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
  const { profile, irqlVariant, lockKind, form, isAtDispatch, cpus } = query;
  return JSON.stringify([
    profile,
    irqlVariant,
    lockKind,
    form,
    isAtDispatch,
    holdStep(query.holdCycles),
    cpus,
    overrides,
  ]);
}

/** Hold times are estimates: steps of about 10 % are fine enough and keep the memory of results small. */
function holdStep(cycles: number): number {
  if (cycles < 10) return Math.max(0, Math.round(cycles));
  const step = 10 ** Math.floor(Math.log10(cycles) - 1);
  return Math.round(cycles / step) * step;
}

function add(...ranges: readonly CostRange[]): CostRange {
  return {
    low: ranges.reduce((sum, row) => sum + row.low, 0),
    mid: ranges.reduce((sum, row) => sum + row.mid, 0),
    high: ranges.reduce((sum, row) => sum + row.high, 0),
  };
}

/** Figures of acquire and release of the lock itself, uncontended; measured by one step through the kind's own code would be the same. */
function lockParts(profile: ResolvedProfile, kind: string): readonly LensPart[] {
  const locked = rangeOf(figureOf(profile, 'rmwL1'));
  const store = rangeOf(figureOf(profile, 'releaseStore'));
  const releases: Readonly<Record<string, CostRange>> = {
    ttas: rangeOf(figureOf(profile, 'releaseLockedAnd')),
    interrupt: rangeOf(figureOf(profile, 'releaseLockedAnd')),
    cancel: rangeOf(figureOf(profile, 'releaseLockedAnd')),
    'ttas-store': store,
    tas: store,
    ticket: store,
    'ticket-1line': store,
    array: store,
    clh: store,
  };
  return [
    { name: 'acquire the lock', cycles: locked },
    { name: 'release the lock', cycles: releases[kind] ?? locked },
  ];
}

function irqlParts(profile: ResolvedProfile): readonly LensPart[] {
  const flags = rangeOf(figureOf(profile, 'flagsTest'));
  return [
    { name: 'read the IRQL', cycles: rangeOf(figureOf(profile, 'readIrql')) },
    { name: 'raise the IRQL', cycles: add(rangeOf(figureOf(profile, 'raiseWrite')), flags) },
    { name: 'lower the IRQL', cycles: add(rangeOf(figureOf(profile, 'lowerWrite')), flags) },
  ];
}

function computeCost(query: LensQuery): LensCost {
  const kind = findLockKind(query.lockKind);
  if (kind === undefined) throw new ScenarioError(`There is no lock kind '${query.lockKind}'.`);
  const profile = resolveProfile(query.profile, query.irqlVariant, query.overrides ?? {});
  const irql = kind.raiseTo === 'none' ? [] : irqlParts(profile);
  const raising = query.form === 'raising' ? irql : [];
  const parts = [...lockParts(profile, query.lockKind), ...raising];
  const alone = add(...parts.map((part) => part.cycles));
  const cpus = Math.min(maxLensCpus, Math.max(1, Math.floor(query.cpus)));
  return {
    alone,
    among: cpus === 1 || !kind.replaceable ? null : amongRange(query, profile, cpus),
    atDpcLevelSaves:
      query.form === 'raising' && query.isAtDispatch && irql.length > 0
        ? add(...irql.map((part) => part.cycles))
        : null,
    parts,
    cpus,
    profile: profile.id,
  };
}

/** The uncertain figures that a contended lock call depends on. */
const uncertainKeys = [
  'readIrql',
  'raiseWrite',
  'lowerWrite',
  'flagsTest',
  'rmwL1',
  'releaseLockedAnd',
  'releaseStore',
  'pause',
  'occupancyFactor',
];

function amongRange(query: LensQuery, profile: ResolvedProfile, cpus: number): CostRange {
  const user = query.overrides ?? {};
  const at = (figures: Readonly<Record<string, number>>): number => amongCycles(query, cpus, figures);
  const values = [
    at(figuresAt(profile, 'low', user, uncertainKeys)),
    at(user),
    at(figuresAt(profile, 'high', user, uncertainKeys)),
  ];
  const [, mid = 0] = values;
  return { low: Math.min(...values), mid, high: Math.max(...values) };
}

/** One short run: `cpus` CPUs take the lock one after the other without a pause. */
function amongCycles(query: LensQuery, cpus: number, figures: Readonly<Record<string, number>>): number {
  const hold = holdStep(query.holdCycles);
  const acquisitions = Math.max(acquisitionsInAll, fewestPerCpu * cpus);
  const isRaising = query.form === 'raising';
  const names = isRaising
    ? (['KeAcquireSpinLock', 'KeReleaseSpinLock'] as const)
    : (['KeAcquireSpinLockAtDpcLevel', 'KeReleaseSpinLockFromDpcLevel'] as const);
  const scenario: Scenario = {
    version: 1,
    id: 'lens',
    title: 'lens',
    cpus,
    clock: false,
    profile: query.profile,
    ...(query.irqlVariant === undefined ? {} : { irqlVariant: query.irqlVariant }),
    locks: [{ id: 'L', kind: query.lockKind }],
    threads: [
      {
        name: 'cpu',
        cpu: 'all',
        body: [
          ...(isRaising ? [] : [{ do: 'raise', to: 2 } as const]),
          {
            do: 'repeat',
            times: 'forever',
            body: [
              { do: 'acquire', lock: 'L', with: names[0] },
              { do: 'hold', cycles: hold },
              { do: 'release', lock: 'L', with: names[1] },
            ],
          },
        ],
      },
    ],
    limits: { acquisitions },
  };
  const { result } = runSimulation(prepareRun(scenario, { figures }), { maxTraceEvents: 0 });
  // All CPUs are busy all the time: each acquisition takes one CPU (cycles * cpus / acquisitions), less the hold.
  return Math.max(0, (result.cycles * cpus) / acquisitions - hold);
}

function words(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (value >= 10_000) return `${Math.round(value / 1000)}k`;
  if (value >= 1000) return `${(value / 1000).toFixed(1)}k`;
  return `${Math.round(value)}`;
}

/** `1.4-2.1k`, `95-310`; one number where low and high read the same. */
export function rangeWords({ low, high }: CostRange): string {
  const [from, to] = [words(low), words(high)];
  if (from === to) return from;
  const suffix = to.slice(-1);
  return /[kM]/.test(suffix) && from.endsWith(suffix) ? `${from.slice(0, -1)}-${to}` : `${from}-${to}`;
}

/** `95-310 cycles alone, 1.4-2.1k among 4 (skylake-sp)`. */
export function lensWords(cost: LensCost): string {
  const among = cost.among === null ? '' : `, ${rangeWords(cost.among)} among ${cost.cpus}`;
  return `${rangeWords(cost.alone)} cycles alone${among} (${cost.profile})`;
}
