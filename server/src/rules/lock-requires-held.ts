/**
 * A call of a function that is annotated to need a lock (_Requires_lock_held_), to need it free, or to need no lock at all,
 * made in a state that contradicts it. It speaks only where it is known that nobody holds the lock on entry.
 */
import { contractOf } from '../analysis/entry/contractOf.ts';
import type { CallFact } from '../analysis/facts.ts';
import type { FunctionId } from '../analysis/program.ts';
import type { Clause, ClauseBody } from '../analysis/sal/contract.ts';
import {
  isEnteredWithout,
  isUncalledAndSilent,
  lastName,
  mayHold,
  setsUp,
} from './reporting/annotatedLocks.ts';
import { isFeasible } from './reporting/evidence.ts';
import { isOwnedKind } from './reporting/lockKinds.ts';
import { acquiredStep, report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-requires-held',
  title: 'A call of an annotated function with the wrong locks held',
  code: 'C26110',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: 'data race; 0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x1000',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    return context.facts.calls.flatMap((call) => {
      const callee = annotatedCallee(context, call);
      const bodies = callee?.clauses.flatMap(({ body, when }) => (when.length === 0 ? [body] : [])) ?? [];
      if (callee === undefined) return [];
      // A prototype and its definition say the same twice: the first finding of a call is enough.
      return bodies.flatMap((body) => checkClause(context, call, callee, body)).slice(0, 1);
    });
  },
};

/** What the annotations of the one function that is called say. */
interface AnnotatedCallee {
  readonly id?: FunctionId;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly clauses: readonly Clause[];
}

function annotatedCallee(context: FunctionContext, { callee }: CallFact): AnnotatedCallee | undefined {
  if (callee.kind === 'declared') {
    const { name, parameters, contract } = callee.declared;
    return { name, parameters, clauses: contract.clauses };
  }
  const [id] = callee.kind === 'functions' && callee.isExact && callee.ids.length === 1 ? callee.ids : [];
  const unit = id === undefined ? undefined : context.program.functions[id];
  if (unit === undefined || unit.id === context.facts.unit.id) return undefined;
  const parameters = unit.head.params.map(({ name }) => context.program.atoms.text(name));
  const clauses = contractOf(context.program, unit)?.contract.clauses ?? [];
  return { id: unit.id, name: unit.name, parameters, clauses };
}

/** Regions of the system that annotations name like locks: resource-outside-critical-region speaks of these. */
const REGIONS = /^_Global_/;

function checkClause(
  context: FunctionContext,
  call: CallFact,
  callee: AnnotatedCallee,
  body: ClauseBody,
): Finding[] {
  const states = call.before.filter((state) => isFeasible(state, context.entry));
  if (states.length === 0 || states.some((state) => state.isImprecise)) return [];
  if (body.kind === 'requiresHeld') {
    const { text } = body.lock;
    // The last name of a field is the same whatever is passed for the parameter.
    const isField = /->|\./.test(text);
    const name = lastName((isField ? text : inTermsOfCaller(call, callee, text)) ?? '');
    if (REGIONS.test(name)) return [];
    const isHeld = states.some((state) => mayHold(state, name));
    if (name === '' || isHeld || setsUp(context)) return [];
    // A contract that a header makes public binds whoever calls; helpers of one driver rely on each other.
    const isOpen = callee.id === undefined && isUncalledAndSilent(context, name);
    if (!isOpen && !isEnteredWithout(context, name)) return [];
    const others = otherCalls(context, call, callee);
    // Where nobody holds it, the annotation may be what is wrong: once is enough.
    if (others.length > 0 && !others[0]?.isLater && others.every((other) => !other.mayHold(name))) return [];
    return [
      report(context, meta, {
        node: call.node,
        verdict: 'definite',
        message:
          `${callee.name} requires ${body.lock.text} to be held, and no path to this call takes it. What the lock guards is ` +
          `changed under another CPU's hands. Take the lock before the call.`,
      }),
    ];
  }
  if (body.kind === 'requiresNotHeld') return checkNotHeld(context, call, callee, body.lock.text);
  return body.kind === 'requiresNoLocks' ? checkNoLocks(context, call, callee) : [];
}

/** Another call of the same function. */
interface OtherCall {
  /** stands behind this one in the order of the program */
  readonly isLater: boolean;
  mayHold(name: string): boolean;
}

/** All other calls of the callee in the workspace, first ones first; none where only its declaration is known. */
function otherCalls(context: FunctionContext, call: CallFact, callee: AnnotatedCallee): OtherCall[] {
  const { analysis, facts } = context;
  if (callee.id === undefined) return [];
  return analysis
    .callersOf(callee.id)
    .filter(({ caller, node }) => caller !== facts.unit.id || node !== call.node)
    .toSorted((a, b) => a.caller - b.caller || a.node - b.node)
    .map(({ caller, node }) => ({
      isLater: caller === facts.unit.id ? node > call.node : caller > facts.unit.id,
      mayHold: (name) => {
        const site = analysis.factsOf(caller).calls.find((one) => one.node === node);
        return site?.before.some((state) => state.isImprecise || mayHold(state, name)) !== false;
      },
    }));
}

function checkNotHeld(
  context: FunctionContext,
  call: CallFact,
  callee: AnnotatedCallee,
  lock: string,
): Finding[] {
  const written = inTermsOfCaller(call, callee, lock);
  const held = call.before
    .filter((state) => isFeasible(state, context.entry) && state.assumptions.length === 0)
    .flatMap((state) => state.held)
    .find((one) => written !== undefined && spelling(one.lock.text) === written);
  if (held === undefined) return [];
  return [
    report(context, meta, {
      node: call.node,
      verdict: 'definite',
      code: 'C26111',
      message:
        `${callee.name} requires ${lock} not to be held, but ${held.lock.text} is held here. It takes the lock itself: this CPU ` +
        `waits for itself for ever (bug check 0x133). Release it before the call.`,
      trace: [acquiredStep(context, held)],
    }),
  ];
}

/** The callee's expression with the argument in place of the parameter; undefined where that cannot be written simply. */
function inTermsOfCaller(call: CallFact, callee: AnnotatedCallee, expression: string): string | undefined {
  const root = /[A-Za-z_]\w*/.exec(expression)?.[0] ?? '';
  const index = callee.parameters.indexOf(root);
  if (index < 0) return spelling(expression);
  const argument = call.args[index]?.text.trim() ?? '';
  const plain = /^&?\(?([\w.]|->)+\)?$/.test(argument) ? argument : undefined;
  if (plain === undefined) return undefined;
  const isAddress = plain.startsWith('&');
  const replaced = expression.replace(new RegExp(`\\b${root}\\b`), plain.replace(/^&/, ''));
  return spelling(isAddress ? replaced.replace(/^(\W*[\w.>-]*?)->/, '$1.') : replaced);
}

function spelling(text: string): string {
  return text.replace(/[\s()&*]/g, '');
}

function checkNoLocks(context: FunctionContext, call: CallFact, callee: AnnotatedCallee): Finding[] {
  const feasible = call.before.filter((state) => isFeasible(state, context.entry));
  const held = feasible[0]?.held.find(
    (one) =>
      isOwnedKind(one.kind) &&
      feasible.every((state) => state.held.some(({ lock }) => lock.path === one.lock.path)),
  );
  if (held === undefined) return [];
  return [
    report(context, meta, {
      node: call.node,
      verdict: 'definite',
      code: 'C26112',
      message:
        `${callee.name} requires that no lock is held, but ${held.lock.text} is held here. It may wait for whoever wants that ` +
        `lock. Release ${held.lock.text} before the call.`,
      trace: [acquiredStep(context, held)],
    }),
  ];
}
