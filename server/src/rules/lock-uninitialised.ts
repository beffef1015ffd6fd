/**
 * A lock that is taken and that nothing in the project can have initialised: its name stands in no call but those that take
 * and release it. Only globals and fields of structs that the project itself declares, of kinds that need more than zeroes.
 */
import type { LockUse } from '../analysis/facts.ts';
import type { FileUnit, FunctionUnit } from '../analysis/program.ts';
import { placeOf } from './reporting/lockUses.ts';
import type { Finding, ProgramContext, ProgramRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-uninitialised',
  title: 'A lock is taken that nothing initialises',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; hang; Driver Verifier 0xC4/0x1006',
  family: 'lock',
};

/** Kinds that are unusable when zeroed. A zeroed KSPIN_LOCK, EX_SPIN_LOCK or push lock happens to be a free one. */
const NEEDS_INITIALISATION: ReadonlyMap<string, string> = new Map([
  ['fastMutex', 'ExInitializeFastMutex'],
  ['guardedMutex', 'KeInitializeGuardedMutex'],
  ['eresource', 'ExInitializeResourceLite'],
  ['mutex', 'KeInitializeMutex'],
]);

export const rule: ProgramRule = {
  meta,
  scope: 'program',
  check(context) {
    const findings: Finding[] = [];
    for (const [lockClass, uses] of context.analysis.lockUses()) {
      const [use] = uses;
      const routine = use === undefined ? undefined : NEEDS_INITIALISATION.get(use.kind);
      if (use === undefined || routine === undefined || !isInDriver(context, use)) continue;
      const name = lockClass.slice(Math.max(lockClass.lastIndexOf('.'), lockClass.lastIndexOf(':')) + 1);
      if (!/^\w+$/.test(name) || !isOnlyTaken(context, use, name)) continue;
      findings.push(describe(context, lockClass, use, routine));
    }
    return findings;
  },
};

/**
 * A whole driver, with its DriverEntry: then all sources that can name the lock are here. A library's lock may be initialised by
 * whoever links it.
 */
function isInDriver(context: ProgramContext, use: LockUse): boolean {
  const file = fileOf(context, use);
  const project = file === undefined ? undefined : context.program.project?.(file.project);
  if (project === undefined || project.kind === 'library' || project.kind === 'program') return false;
  const entry = context.program.atoms.find('DriverEntry');
  return project.files.some(
    (path) =>
      context.program.files.get(path)?.structure.functions.some(({ name }) => name === entry) === true,
  );
}

function fileOf(context: ProgramContext, use: LockUse): FileUnit | undefined {
  return context.program.functions[use.function]?.file;
}

/** Declared in the project, and every other mention of the name is an argument of a routine that takes or releases locks. */
function isOnlyTaken(context: ProgramContext, use: LockUse, name: string): boolean {
  const { program } = context;
  const project = fileOf(context, use)?.project ?? '';
  let isDeclared = false;
  for (const path of program.project?.(project)?.files ?? []) {
    const file = program.files.get(path);
    if (file === undefined) continue;
    for (const { index, text } of mentions(file.text, name)) {
      const unit = functionAt(context, file, index);
      if (unit === undefined) {
        // Without a project file, a header may be included by sources that are not here.
        if (program.project?.(project)?.kind === 'folder' && /\.h(pp)?$/i.test(path)) return false;
        if (
          !/[;,[]/.test(text[index + name.length] ?? '') &&
          !/^\s*[;[]/.test(text.slice(index + name.length))
        )
          return false;
        isDeclared = true;
      } else if (!isInLockCall(context, text, index)) return false;
    }
  }
  return isDeclared;
}

function* mentions(text: string, name: string): Generator<{ index: number; text: string }> {
  for (const match of text.matchAll(new RegExp(`\\b${name}\\b`, 'g'))) yield { index: match.index, text };
}

function functionAt(context: ProgramContext, file: FileUnit, offset: number): FunctionUnit | undefined {
  for (const id of file.functionIds) {
    const unit = context.program.functions[id];
    if (unit !== undefined && unit.head.start <= offset && offset < unit.head.end) return unit;
  }
  return undefined;
}

/** The name stands inside the parentheses of a call that acquires or releases. */
function isInLockCall(context: ProgramContext, text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 120), index);
  const call = /(\w+)\s*\([^();{}]*$/.exec(before)?.[1];
  const op = call === undefined ? undefined : context.program.ddi.effect(call)?.op;
  return op === 'acquire' || op === 'release' || op === 'tryAcquire';
}

function describe(context: ProgramContext, lockClass: string, use: LockUse, routine: string): Finding {
  const unit = context.program.functions[use.function];
  const place = placeOf(context, use, `${use.routine} takes ${lockClass}`);
  return {
    rule: meta.id,
    severity: meta.severity,
    verdict: 'definite',
    file: place.file,
    range: place.range,
    function: unit?.qualifiedName ?? '',
    message:
      `${use.routine} takes ${lockClass}, and nothing in this driver initialises it. The first contended acquire follows pointers ` +
      `that were never set (bug check 0xA, or a wait without end). Call ${routine} before the first use.`,
    trace: [],
    fixes: [],
    ...(meta.bugCheck === undefined ? {} : { bugCheck: meta.bugCheck }),
  };
}
