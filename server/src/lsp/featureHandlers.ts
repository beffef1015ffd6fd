/**
 * The handlers of the standard editor requests: each locates the place, calls its feature and converts the answer.
 */
import type { CallHierarchyItem, CodeLens } from 'vscode-languageserver';
import { codeActions, fixEverything } from '../features/codeActions.ts';
import { codeLensPlaces, codeLensText, deadlockAt, type LensPlace } from '../features/codeLens.ts';
import { incomingCalls, outgoingCalls, prepareHierarchy } from '../features/callHierarchy.ts';
import { hover } from '../features/hover.ts';
import { inlayHints } from '../features/inlayHints.ts';
import { fromPosition, fromRange } from './fromProto.ts';
import { guard } from './guard.ts';
import { locate, type ServerState } from './serverState.ts';
import {
  FIX_ALL_KIND,
  toCodeAction,
  toHierarchyItem,
  toHover,
  toInlayHint,
  toPosition,
  toRange,
} from './toProto.ts';

/** Registers them all. */
export function registerFeatures(state: ServerState): void {
  const { connection, log } = state;
  connection.onHover(
    guard(log, 'hover', null, ({ textDocument, position }) => {
      const at = locate(state, textDocument.uri);
      if (at === undefined) return null;
      const content = hover(at.snapshot, at.file, fromPosition(at.file, position), at.settings);
      return content === undefined ? null : toHover(at.context, at.file, content);
    }),
  );
  connection.languages.inlayHint.on(
    guard(log, 'inlay hints', [], ({ textDocument, range }) => {
      const at = locate(state, textDocument.uri);
      if (at === undefined) return [];
      const hints = inlayHints(at.snapshot, at.file, fromRange(at.file, range), at.settings);
      return hints.map((hint) => toInlayHint(at.file, hint));
    }),
  );
  connection.onCodeAction(
    guard(log, 'code actions', [], ({ textDocument, range, context }) => {
      const at = locate(state, textDocument.uri);
      if (at === undefined) return [];
      const findings = state.publisher.findingsOf(at.snapshot, at.file);
      // Fixes on saving ask for this kind by name, and for the whole file.
      const isFixAll = context.only?.some((kind) => kind !== '' && FIX_ALL_KIND.startsWith(kind)) === true;
      const items = isFixAll
        ? fixEverything(findings)
        : codeActions(at.snapshot, at.file, fromRange(at.file, range), findings);
      return items
        .map((item) => toCodeAction(at.context, at.file, item))
        .filter((action) => action !== undefined);
    }),
  );
  registerLenses(state);
  registerHierarchy(state);
}

/** What a lens carries to its resolve request, so that the server keeps nothing of it. */
interface LensData extends LensPlace {
  readonly uri: string;
  readonly version: number;
}

function registerLenses(state: ServerState): void {
  const { connection, log, world } = state;
  connection.onCodeLens(
    guard(log, 'code lenses', [], ({ textDocument }) => {
      const at = locate(state, textDocument.uri);
      if (at === undefined) return [];
      const version = world.version();
      return codeLensPlaces(at.snapshot, at.file, at.settings).map((place): CodeLens => {
        const data: LensData = { ...place, uri: textDocument.uri, version };
        return { range: toRange(at.file, place.range), data };
      });
    }),
  );
  connection.onCodeLensResolve((lens, token) =>
    guard<CodeLens, CodeLens>(log, 'code lens', lens, (asked) => resolveLens(state, asked))(lens, token),
  );
}

const nowhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function resolveLens(state: ServerState, lens: CodeLens): CodeLens {
  const data = lens.data as LensData;
  const waiting = { title: 'cycles: the code has changed', command: '' };
  const at = locate(state, data.uri);
  if (at === undefined) return { range: lens.range, command: waiting };
  // The text may have changed since the lens was placed: the same call is looked for by its place.
  const isSame = data.version === state.world.version();
  const place = isSame
    ? data
    : codeLensPlaces(at.snapshot, at.file, at.settings).find(({ range }) => range.start === data.range.start);
  const findings = state.publisher.findingsOf(at.snapshot, at.file);
  const text = place === undefined ? undefined : codeLensText(at.snapshot, place, at.settings, findings);
  if (place === undefined || text === undefined) return { range: lens.range, command: waiting };
  const deadlock = deadlockAt(place, findings);
  const argument = {
    uri: data.uri,
    position: toPosition(at.file, (deadlock ?? place).range.start),
    ...(deadlock === undefined ? {} : { rule: deadlock.rule }),
  };
  const command = {
    title: text.title,
    tooltip: text.tooltip,
    command: 'irqlLens.runScenarioFromHere',
    arguments: [argument],
  };
  return { range: lens.range, command };
}

function registerHierarchy(state: ServerState): void {
  const { connection, log } = state;
  connection.languages.callHierarchy.onPrepare(
    guard(log, 'call hierarchy', null, ({ textDocument, position }) => {
      const at = locate(state, textDocument.uri);
      if (at === undefined) return null;
      const items = prepareHierarchy(at.snapshot, at.file, fromPosition(at.file, position));
      return items.length === 0 ? null : items.map((item) => toHierarchyItem(at.context, item));
    }),
  );
  connection.languages.callHierarchy.onIncomingCalls(
    guard(log, 'incoming calls', [], ({ item }) => {
      const at = functionOf(state, item);
      if (at === undefined) return [];
      return incomingCalls(at.snapshot, at.id).map((call) => ({
        from: toHierarchyItem(at.context, call.item),
        fromRanges: call.ranges.map((range) => rangeIn(at, call.item.file, range)),
      }));
    }),
  );
  connection.languages.callHierarchy.onOutgoingCalls(
    guard(log, 'outgoing calls', [], ({ item }) => {
      const at = functionOf(state, item);
      if (at === undefined) return [];
      return outgoingCalls(at.snapshot, at.id).map((call) => ({
        to: toHierarchyItem(at.context, call.item),
        fromRanges: call.ranges.map((range) => toRange(at.file, range)),
      }));
    }),
  );
}

/** The function that an item of the client names, found again by the place of its name. */
function functionOf(state: ServerState, item: CallHierarchyItem) {
  const at = locate(state, item.uri);
  if (at === undefined) return undefined;
  const [found] = prepareHierarchy(at.snapshot, at.file, fromPosition(at.file, item.selectionRange.start));
  return found === undefined ? undefined : { ...at, id: found.function };
}

function rangeIn(
  at: NonNullable<ReturnType<typeof locate>>,
  path: string,
  range: { start: number; end: number },
) {
  const file = at.snapshot.program.files.get(path);
  return file === undefined ? nowhere : toRange(file, range);
}
