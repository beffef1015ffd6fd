/**
 * Reads annotations into a contract: nested `_When_`/`_At_`/`_Group_`/`_Always_` are unfolded, levels are evaluated,
 * and what cannot be read becomes a problem. Conditions stay expressions; resolveContract.ts decides them.
 */
import { highLevel, type Arch } from '../../protocol/irqlLevels.ts';
import type { Annotation, TextRange } from '../../syntax/fileStructure.ts';
import { annotationWord, type AnnotationWord } from './annotationWords.ts';
import {
  isIrqlClause,
  isLockClause,
  type Clause,
  type ClauseBody,
  type Contract,
  type LevelValue,
  type SalProblem,
  type SalTarget,
} from './contract.ts';
import { evaluate, UNKNOWN } from './evaluate.ts';
import { namesIn, parseExpression, printExpression, type SalExpr } from './expression.ts';
import { splitAnnotations, splitArguments } from './splitAnnotations.ts';

/** An annotation with the parameter it stands on. */
export interface PlacedAnnotation {
  readonly annotation: Annotation;
  /** index of the parameter; undefined = the function (or its result) */
  readonly parameter?: number;
}

/** What buildContract has to know of the function. */
export interface ContractOptions {
  readonly arch: Arch;
  /** parameter names in order */
  readonly parameters: readonly string[];
  /** leave out everything that speaks of the IRQL (`--no-annotations`) */
  readonly ignoreIrql?: boolean;
}

/** Where in nested annotations the reader is. */
interface Scope {
  readonly when: readonly SalExpr[];
  readonly isAlways: boolean;
  readonly target: SalTarget | undefined;
  readonly range: TextRange;
  readonly depth: number;
}

interface Reader {
  readonly options: ContractOptions;
  readonly clauses: Clause[];
  readonly problems: SalProblem[];
  success: SalExpr | undefined;
  usesDeclaration: boolean;
}

/** Deeper nesting than this is a mistake, and must not overflow the stack. */
const MAX_DEPTH = 40;

const RESULT: SalTarget = { text: 'return', parameter: -1 };

function report(
  reader: Reader,
  scope: Scope,
  kind: SalProblem['kind'],
  annotation: string,
  message: string,
): void {
  reader.problems.push({ kind, annotation, message, range: scope.range });
}

/** The root name of a path expression. */
function rootOf(expr: SalExpr): string | undefined {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind === 'member' || expr.kind === 'index') return rootOf(expr.base);
  return expr.kind === 'unary' ? rootOf(expr.operand) : undefined;
}

/** `_Curr_` inside `_At_` or on a parameter is the target itself. */
function targetOf(reader: Reader, scope: Scope, text: string): SalTarget {
  const trimmed =
    scope.target === undefined ? text.trim() : text.trim().replaceAll('_Curr_', scope.target.text);
  const parsed = parseExpression(trimmed);
  if (!parsed.ok) return { text: trimmed, parameter: -1 };
  const root = rootOf(parsed.expr);
  const parameter = root === undefined ? -1 : reader.options.parameters.indexOf(root);
  return { text: printExpression(parsed.expr), parameter };
}

function readLevel(reader: Reader, scope: Scope, name: string, text: string): LevelValue | undefined {
  const { arch, parameters } = reader.options;
  const parsed = parseExpression(text);
  if (!parsed.ok) {
    report(reader, scope, 'syntax', name, parsed.message);
    return undefined;
  }
  const value = evaluate(parsed.expr, { arch, lookUp: () => UNKNOWN });
  if (value.kind === 'int') {
    if (Number.isInteger(value.value) && value.value >= 0 && value.value <= highLevel(arch))
      return { kind: 'level', level: value.value };
    const text = `${value.value} is no IRQL: the levels of ${arch} are 0..${highLevel(arch)}`;
    report(reader, scope, 'illegalLevel', name, text);
    return undefined;
  }
  const names = [...namesIn(parsed.expr)];
  if (names.some((one) => parameters.includes(one))) return { kind: 'expression', expr: parsed.expr };
  report(reader, scope, 'unknownValue', name, `the value of '${text}' is not known`);
  return undefined;
}

function add(reader: Reader, scope: Scope, body: ClauseBody): void {
  reader.clauses.push({ body, when: scope.when, isAlways: scope.isAlways, range: scope.range });
}

type Of<F extends AnnotationWord['form']> = Extract<AnnotationWord, { form: F }>;

function readLock(
  reader: Reader,
  scope: Scope,
  name: string,
  word: Of<'lock'>,
  args: readonly string[],
): void {
  const lock = args[0] === undefined ? scope.target : targetOf(reader, scope, args[0]);
  if (lock === undefined) {
    report(reader, scope, 'syntax', name, `${name} names no lock`);
    return;
  }
  const isNonReentrant = word.isNonReentrant === true;
  add(reader, scope, { kind: word.kind, lock, mode: word.mode, resource: '', isNonReentrant });
}

function readResource(
  reader: Reader,
  scope: Scope,
  name: string,
  word: Of<'resource'>,
  args: readonly string[],
): void {
  const object = word.isGlobal ? args[1] : undefined;
  const lock = object === undefined ? scope.target : targetOf(reader, scope, object);
  const [resource = ''] = args;
  if (resource === '') {
    report(reader, scope, 'syntax', name, `${name} needs the kind of the resource`);
    return;
  }
  add(reader, scope, {
    kind: word.kind,
    lock: lock ?? { text: resource, parameter: -1 },
    mode: word.mode,
    resource,
    isNonReentrant: false,
  });
}

function readStore(
  reader: Reader,
  scope: Scope,
  name: string,
  word: Of<'store'>,
  args: readonly string[],
): void {
  const [store = '', object = ''] = args;
  if (store === '' || object === '')
    report(reader, scope, 'syntax', name, `${name} needs a kind and an object`);
  else add(reader, scope, { kind: word.kind, store, target: targetOf(reader, scope, object) });
}

function readNested(reader: Reader, scope: Scope, name: string, text: string): void {
  if (scope.depth > MAX_DEPTH) {
    report(reader, scope, 'syntax', name, 'nested too deeply');
    return;
  }
  const inner = splitAnnotations(text);
  if (inner === undefined) {
    if (/_IRQL_|_lock_|_resource_|__drv_/.test(text))
      report(reader, scope, 'syntax', name, `cannot read '${text}'`);
    return;
  }
  for (const one of inner) readAnnotation(reader, { ...scope, depth: scope.depth + 1 }, one.name, one.args);
}

function readConditional(reader: Reader, scope: Scope, name: string, args: readonly string[]): void {
  const [condition = '', ...rest] = args;
  const parsed = parseExpression(condition);
  if (!parsed.ok) {
    const isOurs = /_IRQL_|_lock_|_resource_|__drv_/.test(rest.join(' '));
    if (isOurs) report(reader, scope, 'syntax', name, `condition '${condition}': ${parsed.message}`);
    return;
  }
  readNested(reader, { ...scope, when: [...scope.when, parsed.expr] }, name, rest.join(', '));
}

function readAt(reader: Reader, scope: Scope, name: string, args: readonly string[]): void {
  const [place = '', ...rest] = args;
  const target = place === 'return' ? RESULT : targetOf(reader, scope, place);
  readNested(reader, { ...scope, target }, name, rest.join(', '));
}

function readTarget(reader: Reader, scope: Scope, word: Of<'target'>): void {
  const target = scope.target ?? RESULT;
  for (const kind of word.kinds) add(reader, scope, { kind, target });
}

function readSuccess(reader: Reader, text: string): void {
  const parsed = parseExpression(text);
  if (parsed.ok) reader.success = parsed.expr;
}

function readAnnotation(reader: Reader, scope: Scope, name: string, text: string | undefined): void {
  const word = annotationWord(name);
  if (word === undefined) return;
  const args = splitArguments(text ?? '');
  switch (word.form) {
    case 'level': {
      const level = readLevel(reader, scope, name, text ?? '');
      if (level !== undefined) add(reader, scope, { kind: word.kind, level });
      return;
    }
    case 'plain':
      return add(reader, scope, { kind: word.kind });
    case 'target':
      return readTarget(reader, scope, word);
    case 'store':
      return readStore(reader, scope, name, word, args);
    case 'lock':
      return readLock(reader, scope, name, word, args);
    case 'resource':
      return readResource(reader, scope, name, word, args);
    case 'hidden':
      return add(reader, scope, {
        kind: word.kind,
        lock: { text: word.lock, parameter: -1 },
        mode: 'any',
        resource: '',
        isNonReentrant: false,
      });
    case 'name':
      return add(reader, scope, { kind: word.kind, name: args[0] ?? '' });
    case 'sameLock':
      return add(reader, scope, {
        kind: 'sameLock',
        a: targetOf(reader, scope, args[0] ?? ''),
        b: targetOf(reader, scope, args[1] ?? ''),
      });
    case 'when':
      return readConditional(reader, scope, name, args);
    case 'at':
      return readAt(reader, scope, name, args);
    case 'group':
      return readNested(reader, scope, name, text ?? '');
    case 'always':
      return readNested(reader, { ...scope, isAlways: true }, name, text ?? '');
    case 'onResult':
      return readNested(reader, { ...scope, target: RESULT }, name, text ?? '');
    case 'deref': {
      const target = scope.target && { ...scope.target, text: `*${scope.target.text}` };
      return readNested(reader, { ...scope, target }, name, text ?? '');
    }
    case 'success':
      return readSuccess(reader, text ?? '');
    case 'useDeclaration':
      reader.usesDeclaration = true;
  }
}

/** What follows from a clause: `_IRQL_is_cancel_` and the cancel spin lock. */
function impliedClauses(clause: Clause): Clause[] {
  if (clause.body.kind !== 'isCancel') return [];
  const dispatch: LevelValue = { kind: 'level', level: 2 };
  const lock: SalTarget = { text: '_Global_cancel_spin_lock_', parameter: -1 };
  const held = { lock, mode: 'any', resource: '', isNonReentrant: false } as const;
  const bodies: ClauseBody[] = [
    { kind: 'usesCancel', target: clause.body.target },
    { kind: 'requires', level: dispatch },
    { kind: 'alwaysMin', level: dispatch },
    { kind: 'requiresHeld', ...held },
    { kind: 'releases', ...held },
  ];
  return bodies.map((body) => ({ ...clause, body }));
}

const ON_SUCCESS: ReadonlySet<ClauseBody['kind']> = new Set([
  'acquires',
  'raises',
  'saves',
  'savesGlobal',
  'sameLock',
]);

/** What a function promises is promised when it succeeds, unless `_Always_` says otherwise. */
function underSuccess(clause: Clause, success: SalExpr | undefined): Clause {
  if (success === undefined || clause.isAlways || !ON_SUCCESS.has(clause.body.kind)) return clause;
  return { ...clause, when: [...clause.when, success] };
}

/** The contract that a list of annotations states, in the order in which they are given. */
export function buildContract(annotations: readonly PlacedAnnotation[], options: ContractOptions): Contract {
  const reader: Reader = { options, clauses: [], problems: [], success: undefined, usesDeclaration: false };
  for (const { annotation, parameter } of annotations) {
    const name = parameter === undefined ? undefined : options.parameters[parameter];
    const target = name === undefined || parameter === undefined ? undefined : { text: name, parameter };
    const range = { start: annotation.start, end: annotation.end };
    const scope: Scope = { when: [], isAlways: false, target, range, depth: 0 };
    readAnnotation(reader, scope, annotation.name, annotation.args);
  }
  const all = reader.clauses.flatMap((clause) => [clause, ...impliedClauses(clause)]);
  const kept = options.ignoreIrql === true ? all.filter((clause) => !isIrqlClause(clause)) : all;
  const clauses = kept.map((clause) => underSuccess(clause, reader.success));
  return {
    clauses,
    problems: options.ignoreIrql === true ? [] : reader.problems,
    mentionsIrql: clauses.some(isIrqlClause),
    mentionsLocks: clauses.some(isLockClause),
    usesDeclaration: reader.usesDeclaration,
    ...(reader.success === undefined ? {} : { success: reader.success }),
  };
}
