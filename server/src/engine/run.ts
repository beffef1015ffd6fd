/**
 * Prepares runs: merges overrides, compiles, resolves the profile, sets the limits. Shared by simulate, explore and sweep.
 */
import type { RunOverrides } from '../protocol/engineMessages.ts';
import type { Scenario } from '../protocol/scenarioFormat.ts';
import { ticksPerCycle } from '../protocol/traceFormat.ts';
import { Rng } from '../base/rng.ts';
import { defaultProfile, figureOf, resolveProfile, type ResolvedProfile } from './profiles/profile.ts';
import { archOfVariant } from './irqlNames.ts';
import { applyOverrides, compileScenario } from './program/compile.ts';
import type { Program } from './program/program.ts';
import { buildCostTable, buildDistances, type CostTable } from './simulation/costTable.ts';
import type { RunLimits } from './simulation/simulator.ts';
import { durationTicks } from './simulation/sources.ts';

/** Everything a run starts from. */
export interface PreparedRun {
  readonly program: Program;
  readonly profile: ResolvedProfile;
  readonly table: CostTable;
  readonly distances: Uint8Array;
  readonly seed: number;
  readonly limits: RunLimits;
}

/** Seconds of simulated time after which a run ends at the latest: longer than every watchdog. */
const defaultSeconds = 300;
const defaultEvents = 100_000_000;

/** Throws `ScenarioError`. */
export function prepareRun(scenario: Scenario, overrides: RunOverrides): PreparedRun {
  const merged = applyOverrides(scenario, overrides);
  const profile = resolveProfile(
    merged.profile ?? defaultProfile,
    merged.irqlVariant,
    overrides.figures ?? {},
  );
  const program = compileScenario(
    merged,
    archOfVariant(profile.irqlVariant),
    figureOf(profile, 'maxDpcQueueDepth').value,
  );
  const seed = merged.seed ?? 1;
  const limit = merged.limits?.cycles;
  const most = defaultSeconds * 1e9 * profile.clockGHz * ticksPerCycle;
  return {
    program,
    profile,
    table: buildCostTable(profile),
    distances: buildDistances(program.nCpus, profile, merged.topology),
    seed,
    limits: {
      ticks: limit === undefined ? most : durationTicks(limit, profile.clockGHz, new Rng(seed)),
      events: merged.limits?.events ?? defaultEvents,
      acquisitions: merged.limits?.acquisitions ?? Infinity,
    },
  };
}
