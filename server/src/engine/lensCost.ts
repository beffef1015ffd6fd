/**
 * What one lock call costs, for the code lens: ranges in core cycles from the profile's figures and from short runs of the engine.
 * It knows nothing of source code; whoever asks has found the routine, the IRQLs and the hold time.
 */
import type { CostRange } from '../protocol/simulateResult.ts';

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
  /** The same with `cpus` CPUs at it all the time: what one acquisition and release take on average, waiting included and hold excluded. Null where cpus = 1. */
  readonly among: CostRange | null;
  /** What AtDpcLevel/FromDpcLevel would save of `alone`; null where the form is that already or the level is not known. */
  readonly atDpcLevelSaves: CostRange | null;
  /** The parts of `alone` by name and cycles, for tooltip and hover. */
  readonly parts: readonly { readonly name: string; readonly cycles: CostRange }[];
  readonly cpus: number;
  readonly profile: string;
}

/** Computes (and remembers) the cost. Below 2 ms when warm. Throws `ScenarioError` on an unknown profile or lock kind. */
export declare function lensCost(query: LensQuery): LensCost;

/** `95-310 cycles alone, 1.4-2.1k among 4 (skylake-sp)`. */
export declare function lensWords(cost: LensCost): string;
