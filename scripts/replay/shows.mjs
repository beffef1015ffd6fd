// Makes the messages that a panel host would send to the replay page, with the engine itself: for pictures, tests and the bench.
// `atdpc-at-passive` runs as the host would at first; `abba:simulate` and `abba:explore` say how.
import { importTs } from '../runTs.mjs';

const plain = { mode: 'simulate', overrides: {} };

/** The engine's public functions. */
export async function loadEngine() {
  return importTs('server/src/engine/engine.ts');
}

/** One `show` message for a scenario (an object). */
export function showMessage(engine, scenario, mode, overrides = {}) {
  const ran =
    mode === 'explore' ? engine.explore(scenario, { overrides }) : engine.simulate(scenario, { overrides });
  return { type: 'show', slot: 'a', ...ran, scenario, request: { mode, overrides }, origin: null };
}

/** As the host does it for a bundled scenario: an exploration that finds nothing gives way to a simulation. */
export function showBundled(engine, name) {
  const [id, mode] = name.split(':');
  const scenario = engine.findScenario(id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  if (mode !== undefined) return showMessage(engine, scenario, mode);
  if (scenario.runs === 'simulate') return showMessage(engine, scenario, plain.mode);
  const explored = showMessage(engine, scenario, 'explore');
  const isDull = ['completed', 'bounded'].includes(explored.result.outcome);
  return isDull && scenario.runs !== 'explore' ? showMessage(engine, scenario, plain.mode) : explored;
}

/** The `catalogue` message. */
export function catalogueMessage(engine) {
  const scenarios = engine.listScenarios().map(({ id }) => engine.findScenario(id));
  const profiles = engine.listProfiles();
  return { type: 'catalogue', catalogue: { scenarios, profiles, lockKinds: engine.listLockKinds() } };
}
