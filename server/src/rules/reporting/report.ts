/**
 * Builds findings: the place of a node, the path to it, the words for levels. It decides nothing.
 */
import type { CallFact, HeldLock, PathState, WhyStep } from '../../analysis/facts.ts';
import { describeSet, levelsOf, type IrqlSet } from '../../protocol/irqlLevels.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { TextRange } from '../../syntax/fileStructure.ts';
import type { Evidence } from './evidence.ts';
import type { Finding, Fix, FunctionContext, RuleMeta, Severity, Verdict } from '../rule.ts';

/** What a rule says about one place; the rest is taken from the rule and the function. */
export interface Report {
  readonly node: NodeId;
  readonly message: string;
  readonly verdict: Verdict;
  readonly trace?: readonly WhyStep[];
  readonly fixes?: readonly Fix[];
  readonly severity?: Severity;
  readonly code?: string;
  readonly bugCheck?: string;
  readonly replay?: Finding['replay'];
}

/** The finding of `meta` at a node of the function. */
export function report(context: FunctionContext, meta: RuleMeta, what: Report): Finding {
  const { unit } = context.facts;
  return {
    rule: meta.id,
    severity: what.severity ?? meta.severity,
    verdict: what.verdict,
    file: unit.file.path,
    range: rangeOf(context, what.node),
    function: unit.qualifiedName,
    message: what.message,
    trace: what.trace ?? [],
    fixes: what.fixes ?? [],
    ...optional('code', what.code ?? meta.code),
    ...optional('bugCheck', what.bugCheck ?? meta.bugCheck),
    ...optional('replay', what.replay),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** The text range of a node; the body's own block (falling off the end) is its closing brace. */
function rangeOf(context: FunctionContext, node: NodeId): TextRange {
  const ir = context.facts.unit.ir();
  const start = ir.start[node] ?? 0;
  const end = ir.end[node] ?? start;
  return node === 0 ? { start: Math.max(start, end - 1), end } : { start, end };
}

/** A step at a node of the function. */
export function stepAt(context: FunctionContext, node: NodeId, message: string, irql?: IrqlSet): WhyStep {
  const step = { file: context.facts.unit.file.path, range: rangeOf(context, node), message };
  return irql === undefined ? step : { ...step, irql };
}

/** The levels in words, by their kernel names. */
export function say(context: FunctionContext, levels: IrqlSet): string {
  return describeSet(levels, context.program.settings.arch);
}

/** Whether a routine that this function calls by itself set the level; a callee with a body is reported itself. */
export function isSetDirectly(context: FunctionContext, state: PathState): boolean {
  const call = state.irqlSetBy < 0 ? undefined : callAt(context, state.irqlSetBy);
  return call !== undefined && call.callee.kind !== 'functions';
}

/** How the offending level came about: the entry's own chain, or the call that set the level. */
export function traceOf(context: FunctionContext, evidence: Evidence): WhyStep[] {
  const steps: WhyStep[] = [];
  if (evidence.isEntryLevel) {
    for (const level of levelsOf(evidence.levels)) {
      const why = context.entry.why.get(level);
      if (why === undefined) continue;
      steps.push(...why);
      break;
    }
  } else if (evidence.state.irqlSetBy >= 0) {
    const call = callAt(context, evidence.state.irqlSetBy);
    const name = call?.name ?? 'this call';
    steps.push(
      stepAt(
        context,
        evidence.state.irqlSetBy,
        `${name} sets ${say(context, evidence.levels)}`,
        evidence.levels,
      ),
    );
  }
  return [...steps, ...assumptionSteps(context, evidence.state)];
}

/** What the path assumes of unknown code, as steps. */
export function assumptionSteps(context: FunctionContext, state: PathState): WhyStep[] {
  return state.assumptions.map((node) =>
    stepAt(
      context,
      node,
      `assumed: ${callAt(context, node)?.name ?? 'this call'} keeps the IRQL and the locks`,
    ),
  );
}

/** The call fact of a node, if it is a call. */
export function callAt(context: FunctionContext, node: NodeId): CallFact | undefined {
  return context.facts.calls.find((call) => call.node === node);
}

/** Where a held lock was taken, as a step. */
export function acquiredStep(context: FunctionContext, held: HeldLock): WhyStep {
  if (held.isFromEntry) return stepAt(context, 0, `${held.lock.text} is held on entry`);
  return stepAt(context, held.node, `${held.via} takes ${held.lock.text}`);
}

/** True when a finding at this node can be shown and edited: it stands in the source itself, not in a macro. */
export function isWrittenHere(context: FunctionContext, node: NodeId): boolean {
  return ((context.facts.unit.ir().flags[node] ?? 0) & 1) === 0;
}
