import type { Duration, Scenario, Statement } from '../../../server/src/protocol/scenarioFormat.ts';
/** Every operation costs nothing. */
export declare const free: Readonly<Record<string, number>>;
/** Transfers of `T` cycles between any two CPUs (profile skylake-sp, 3 GHz), all else free. */
export declare function transfers(
  T: number,
  loadFactor: number,
  occupancyFactor: number,
): Readonly<Record<string, number>>;
/** Each CPU repeats: acquire, hold, release, think. */
export declare function loop(
  kind: string,
  cpus: number,
  hold: Duration,
  think: Duration,
  acquisitions: number,
): Scenario;
/** Cycles that a straight body takes on one CPU. */
export declare function cyclesOf(profile: string, body: readonly Statement[], kind?: string): number;
/** Cycles at which the lock was acquired, in order. */
export declare function acquireTimes(
  scenario: Scenario,
  figures: Readonly<Record<string, number>>,
): readonly number[];
