/**
 * What a replay can be opened from, and how it is brought back after a reload. Checked, because kept state comes from outside.
 */
import {
  builtFromSchema,
  parseScenario,
  runRequestSchema,
  type BuiltFrom,
  type Catalogue,
  type RunMode,
  type RunRequest,
  type Scenario,
} from 'irql-lens-server/protocol';

/** What to show. */
export type ReplaySource =
  /** A scenario, built or read from a file. */
  | { readonly scenario: Scenario; readonly request?: RunRequest; readonly built?: BuiltFrom }
  /** A bundled scenario by id. */
  | { readonly scenarioId: string; readonly request?: RunRequest }
  /** A saved trace, not checked yet; `origin` is the URI of its file. */
  | { readonly trace: unknown; readonly origin: string };

/** Runs and explores where nothing else was asked for. */
export const plainRequest: RunRequest = { mode: 'simulate', overrides: {} };

/** How a scenario is run at first: the explorer names a deadlock at once, a simulation shows what things cost. */
export function firstMode(scenario: Scenario): RunMode {
  return scenario.runs === 'simulate' ? 'simulate' : 'explore';
}

/** The bundled scenario, or an error that lists what there is. */
export function findBundled(catalogue: Catalogue, id: string): Scenario {
  const found = catalogue.scenarios.find((scenario) => scenario.id === id);
  if (found !== undefined) return found;
  const known = catalogue.scenarios.map((scenario) => scenario.id).join(', ');
  throw new Error(`There is no scenario '${id}'. There are: ${known}.`);
}

/** What the page kept, read back; undefined where it is of no use. */
export function sourceOfState(state: unknown): ReplaySource | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  const { source } = state as { source?: unknown };
  if (typeof source !== 'object' || source === null) return undefined;
  const { scenario, request, id, origin, built } = source as Record<string, unknown>;
  if (typeof origin === 'string') return { trace: undefined, origin };
  const checked = runRequestSchema.safeParse(request);
  const asked = checked.success ? { request: checked.data } : {};
  if (scenario !== null && scenario !== undefined) {
    const parsed = parseScenario(scenario);
    if (!('scenario' in parsed)) return undefined;
    const from = builtFromSchema.safeParse(built);
    return { scenario: parsed.scenario, ...asked, ...(from.success ? { built: from.data } : {}) };
  }
  return typeof id === 'string' ? { scenarioId: id, ...asked } : undefined;
}
