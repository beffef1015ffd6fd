/**
 * Answers one engine request; the two workers (Node thread, web worker) differ only in how messages come and go.
 * Every failure becomes a `failed` reply with a sentence; nothing is thrown at the host.
 */
import { CancelledError, notCancelled } from '../base/cancellation.ts';
import type { EngineReply, EngineRequest } from '../protocol/engineMessages.ts';
import { parseScenario, type Scenario } from '../protocol/scenarioFormat.ts';
import {
  explore,
  listLockKinds,
  listProfiles,
  ScenarioError,
  simulate,
  stepSchedule,
  sweep,
} from './engine.ts';
import { bundledScenarios } from './scenarios/bundled.ts';

/** Computes the reply. A busy worker reads no messages: it is cancelled by being ended. */
export function serveRequest(request: EngineRequest, post: (reply: EngineReply) => void): void {
  try {
    const reply = answer(request, (done, of) => {
      post({ type: 'progress', id: request.id, done, of });
    });
    if (reply !== undefined) post(reply);
  } catch (error) {
    if (error instanceof CancelledError) post({ type: 'cancelled', id: request.id });
    else post({ type: 'failed', id: request.id, message: failureText(error) });
  }
}

function failureText(error: unknown): string {
  if (error instanceof ScenarioError) return error.message;
  return `The engine failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** Scenarios come from files and pages: they are checked here once more. */
function checked(value: Scenario): Scenario {
  const parsed = parseScenario(value);
  if ('scenario' in parsed) return parsed.scenario;
  const first = parsed.problems[0];
  throw new ScenarioError(`The scenario is not valid: ${first?.path ?? ''}: ${first?.message ?? ''}`);
}

function answer(
  request: EngineRequest,
  onProgress: (done: number, of: number) => void,
): EngineReply | undefined {
  const { id } = request;
  switch (request.type) {
    case 'simulate': {
      const { overrides } = request;
      return {
        type: 'ran',
        id,
        ...simulate(checked(request.scenario), { overrides, onProgress, cancellation: notCancelled }),
      };
    }
    case 'explore': {
      const bound = request.preemptionBound === undefined ? {} : { preemptionBound: request.preemptionBound };
      return {
        type: 'ran',
        id,
        ...explore(checked(request.scenario), { overrides: request.overrides, onProgress, ...bound }),
      };
    }
    case 'sweep': {
      const { axes, overrides } = request;
      return { type: 'swept', id, result: sweep(checked(request.scenario), axes, { overrides, onProgress }) };
    }
    case 'step':
      return {
        type: 'stepped',
        id,
        ...stepSchedule(checked(request.scenario), { overrides: request.overrides }),
      };
    case 'catalogue':
      return {
        type: 'catalogue',
        id,
        catalogue: { scenarios: bundledScenarios, profiles: listProfiles(), lockKinds: listLockKinds() },
      };
    case 'cancel':
      return undefined;
  }
}
