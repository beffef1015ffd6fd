/**
 * The handlers of the custom requests of protocol/requests.ts. Parameters come from outside: they are checked here.
 */
import { z } from 'zod';
import { explain } from '../features/explain.ts';
import { explorer } from '../features/explorer.ts';
import { replayFinding } from '../features/replayFinding.ts';
import { ribbon } from '../features/ribbon.ts';
import { scenarioFromCode, scenarioOfSubject } from '../features/scenarioFromCode.ts';
import { status } from '../features/status.ts';
import type { Finding } from '../rules/rule.ts';
import { describeSet } from '../protocol/irqlLevels.ts';
import {
  methods,
  type ExplainAnswer,
  type ExplorerAnswer,
  type RibbonAnswer,
  type ScenarioFromHereAnswer,
  type StatusAnswer,
} from '../protocol/requests.ts';
import { fromPosition } from './fromProto.ts';
import { guard } from './guard.ts';
import { contextOf, locate, type ServerState } from './serverState.ts';
import { toExplorerNode, toPlace } from './toProto.ts';

const document = z.object({ uri: z.string() });
const place = z.object({
  uri: z.string(),
  position: z.object({ line: z.int().min(0), character: z.int().min(0) }),
});
const scenarioPlace = place.extend({
  rule: z.string().optional(),
  subject: z
    .object({ function: z.string(), lock: z.string().exactOptional(), rule: z.string().exactOptional() })
    .optional(),
});

/** Registers them all. */
export function registerCustomRequests(state: ServerState): void {
  const { connection, log } = state;
  connection.onRequest(
    methods.ribbon,
    guard<unknown, RibbonAnswer>(log, 'ribbon', { ranges: [] }, (params) => {
      const at = locate(state, document.parse(params).uri);
      if (at === undefined || !at.settings.ribbon) return { ranges: [] };
      return { ranges: ribbon(at.snapshot, at.file) };
    }),
  );
  connection.onRequest(
    methods.status,
    guard<unknown, StatusAnswer | null>(log, 'status', null, (params) => {
      const { uri, position } = place.parse(params);
      const at = locate(state, uri);
      return at === undefined
        ? null
        : (status(at.snapshot, at.file, fromPosition(at.file, position)) ?? null);
    }),
  );
  connection.onRequest(
    methods.explain,
    guard<unknown, ExplainAnswer | null>(log, 'explain', null, (params) => explainHere(state, params)),
  );
  connection.onRequest(
    methods.explorer,
    guard<unknown, ExplorerAnswer>(log, 'explorer', { roots: [] }, () => {
      const snapshot = state.world.snapshot();
      const context = contextOf(state, snapshot);
      return { roots: explorer(snapshot).map((row) => toExplorerNode(context, row)) };
    }),
  );
  connection.onRequest(
    methods.scenarioFromHere,
    guard<unknown, ScenarioFromHereAnswer>(
      log,
      'scenario from here',
      { problem: 'The scenario could not be built: see the output channel of IRQL Lens.' },
      (params) => scenarioHere(state, params),
    ),
  );
}

function scenarioHere(state: ServerState, params: unknown): ScenarioFromHereAnswer {
  const { uri, position, rule, subject } = scenarioPlace.parse(params);
  const at = locate(state, uri);
  if (at === undefined)
    return { problem: 'This file is not analysed: it is excluded, too large, or no C or C++ file.' };
  const { snapshot, file, settings } = at;
  const findings = (): readonly Finding[] => state.publisher.findingsOf(snapshot, file);
  if (subject !== undefined) {
    const same = findings().find((one) => one.rule === subject.rule && one.function === subject.function);
    return same === undefined
      ? scenarioOfSubject(snapshot, file, subject, settings)
      : replayFinding(snapshot, same, settings);
  }
  const offset = fromPosition(file, position);
  if (rule === undefined) return scenarioFromCode(snapshot, file, offset, settings);
  const finding = findings().find(
    ({ rule: id, range }) => id === rule && range.start <= offset && offset <= range.end,
  );
  if (finding === undefined) return { problem: `There is no report of ${rule} here any more.` };
  return replayFinding(snapshot, finding, settings);
}

function explainHere(state: ServerState, params: unknown): ExplainAnswer | null {
  const { uri, position } = place.parse(params);
  const at = locate(state, uri);
  if (at === undefined) return null;
  const explanation = explain(at.snapshot, at.file, fromPosition(at.file, position));
  if (explanation === undefined) return null;
  const { arch } = at.snapshot.program.settings;
  return {
    title: explanation.title,
    place: toPlace(at.context, at.file.path, explanation.range),
    chains: explanation.chains.map(({ title, steps }) => ({
      title,
      steps: steps.map((step) => ({
        place: toPlace(at.context, step.file, step.range),
        message: step.message,
        level: step.irql === undefined || step.irql === 0 ? '' : describeSet(step.irql, arch),
      })),
    })),
  };
}
