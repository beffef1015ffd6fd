/**
 * The one module that turns a fact into words, plain or as markdown: bounds, conditions, effects, roles, sources.
 * It decides nothing; a condition it has no words for is given as it is written.
 */
import {
  allLevels,
  describeSet,
  levelName,
  levelNames,
  maxOf,
  minOf,
  range,
  type Arch,
  type IrqlSet,
} from '../protocol/irqlLevels.ts';
import type {
  ArgTest,
  DdiFact,
  ExitLevel,
  FactCondition,
  FactSource,
  FactWhen,
  LockEffect,
  RoleFact,
} from './ddiFacts.ts';

/** `IRQL <= APC_LEVEL`, `IRQL = DISPATCH_LEVEL`, `IRQL >= DISPATCH_LEVEL`, `any IRQL`, or the levels listed. */
export function describeBound(levels: IrqlSet, arch: Arch): string {
  const low = minOf(levels);
  const high = maxOf(levels);
  const names = levelNames(levels, arch);
  if (names.length === 1) return `IRQL = ${names[0] ?? ''}`;
  if (levels === allLevels(arch)) return 'any IRQL';
  if (levels !== range(low, high)) return `IRQL ${names.join(' or ')}`;
  if (low === 0) return `IRQL <= ${levelName(high, arch)}`;
  if (high === maxOf(allLevels(arch))) return `IRQL >= ${levelName(low, arch)}`;
  return `IRQL ${describeSet(levels, arch)}`;
}

const SOURCES: Record<FactSource, string> = {
  stated: 'documentation page',
  remarks: 'remarks of the documentation page',
  page: 'documentation page',
  header: 'annotation in the public header',
  knowledge: 'not stated in the documentation',
  corrected: 'corrected, see the note',
  user: '.irql-lens/facts.json',
  none: 'no source',
};

/** Where a fact comes from: "documentation page of KeSetEvent". */
function describeSource(fact: { readonly source: FactSource; readonly name: string }): string {
  const words = SOURCES[fact.source];
  return fact.source === 'stated' || fact.source === 'remarks' || fact.source === 'page'
    ? `${words} of ${fact.name}`
    : words;
}

function describeTest(subject: string, test: ArgTest): string {
  switch (test.op) {
    case 'equals':
      return `${subject} is ${test.value}`;
    case 'notEquals':
      return `${subject} is not ${test.value}`;
    case 'equalsAny':
      return `${subject} is ${test.values.join(' or ')}`;
    case 'hasFlag':
      return `${subject} has ${test.flag}`;
    case 'lacksFlag':
      return `${subject} does not have ${test.flag}`;
    case 'greaterThan':
      return `${subject} is greater than ${test.value}`;
    case 'lessOrEqual':
      return `${subject} is at most ${test.value}`;
  }
}

/** `executionLevelPassive` -> "execution level passive"; operators become words. */
function describeState(state: string): string {
  return state
    .replace(/!(\w+)/g, 'not $1')
    .replaceAll('&', ' and ')
    .replaceAll('|', ' or ')
    .replace(/([a-z])([A-Z])(?=[a-z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}

function argName(index: number | undefined, args: readonly string[]): string {
  if (index === undefined || index < 0) return 'its argument';
  return args[index] ?? `argument ${index + 1}`;
}

/** A condition in words: "Wait is TRUE", "*Timeout is not 0 and Timeout is pageable". */
export function describeWhen(when: FactWhen, args: readonly string[], arch: Arch): string {
  const parts: string[] = [];
  const name = argName(when.arg, args);
  const subject =
    when.field === undefined ? (when.isDeref === true ? `*${name}` : name) : `${name}->${when.field}`;
  if (when.test !== undefined) parts.push(describeTest(subject, when.test));
  if (when.pageable !== undefined)
    parts.push(
      `the memory of ${when.pageable.map((index) => argName(index, args)).join(' or ')} is pageable`,
    );
  if (when.allocatedFrom !== undefined) parts.push(`${name} was allocated from ${when.allocatedFrom} pool`);
  if (when.majorFunctions !== undefined) parts.push(`the request is ${when.majorFunctions.join(', ')}`);
  if (when.deviceFlag !== undefined) parts.push(`the device has ${when.deviceFlag}`);
  if (when.objectType !== undefined) parts.push(`${name} is a ${when.objectType}`);
  if (when.executionLevel !== undefined) parts.push(`the execution level is ${when.executionLevel}`);
  if (when.executionLevelNot !== undefined)
    parts.push(`the execution level is not ${when.executionLevelNot}`);
  if (when.isPassiveInterrupt !== undefined)
    parts.push(`the interrupt is ${when.isPassiveInterrupt ? '' : 'not '}passive-level`);
  if (when.usesUnicodeFormat === true) parts.push(`${name} contains Unicode formats (%C, %S, %lc, %ls, %wZ)`);
  if (when.entry !== undefined) parts.push(`called at ${describeSet(when.entry, arch)}`);
  if (when.state !== undefined) parts.push(describeState(when.state));
  if (parts.length === 0 && when.note !== undefined) parts.push(when.note);
  return parts.join(' and ');
}

function describeCondition(condition: FactCondition, args: readonly string[], arch: Arch): string {
  return `${describeBound(condition.levels, arch)} when ${describeWhen(condition.when, args, arch)}`;
}

/** One sentence without markdown: "callable at IRQL <= DISPATCH_LEVEL (source: documentation page of KeSetEvent)". */
export function describeFact(fact: DdiFact, arch: Arch): string {
  if (fact.isUserMode) return 'user mode only, has no IRQL';
  if (fact.levels === null) return 'no IRQL is documented';
  return `callable at ${describeBound(fact.levels, arch)} (source: ${describeSource(fact)})`;
}

/** The parts of a fact that a hover lists below the first sentence, plain. */
export function factDetails(fact: DdiFact, arch: Arch): string[] {
  const lines = fact.conditions.map((condition) => describeCondition(condition, fact.args, arch));
  if (fact.aliasOf !== undefined) lines.push(`a macro for ${fact.aliasOf}`);
  if (fact.requiresRegion !== undefined)
    lines.push(`needs ${fact.requiresRegion.map(describeRegion).join(' or ')}`);
  if (fact.requiresApcs === 'apcsEnabled') lines.push('needs APCs enabled');
  if (fact.requiresApcs === 'specialKernelApcsEnabled') lines.push('needs special kernel APCs enabled');
  if (fact.resident === 'targetMemory') lines.push('the memory it touches must be resident above APC_LEVEL');
  for (const { levels, source } of fact.dissent)
    lines.push(
      `${source === 'sdv' ? 'a verifier rule' : SOURCES[source]} says ${describeBound(levels, arch)}`,
    );
  if (fact.note !== undefined) lines.push(fact.note);
  return lines;
}

function describeRegion(region: string): string {
  if (region === 'apcLevel') return 'APC_LEVEL';
  return `a ${region.replace('Region', ' region')}`;
}

/** A fact as markdown: first sentence, then one list item per condition, then the page. */
export function factMarkdown(fact: DdiFact, arch: Arch): string {
  const page = pageAddress(fact);
  const head = page === undefined ? `**${fact.name}**` : `[**${fact.name}**](${page})`;
  const details = factDetails(fact, arch).map((line) => `\n- ${line}`);
  return `${head} is ${describeFact(fact, arch)}${details.join('')}`;
}

function describeExit(exit: ExitLevel, effect: LockEffect, arch: Arch): string {
  const name = (arg: number) => argName(arg, effect.args);
  switch (exit.kind) {
    case 'unchanged':
      return 'leaves the IRQL as it is';
    case 'level':
      return `${effect.op === 'lower' ? 'sets' : 'raises'} the IRQL to ${describeSet(exit.levels, arch)}`;
    case 'arg':
      return `sets the IRQL to ${name(exit.arg)}`;
    case 'savedInArg':
      return `restores the IRQL saved in ${name(exit.arg)}`;
    case 'savedInLock':
      return 'restores the IRQL saved in the lock';
    case 'byArg':
      return `sets the IRQL that ${name(exit.arg)} selects`;
    case 'raisedUntilNextWait':
      return 'stays at raised IRQL until the next wait';
  }
}

const OPS: Partial<Record<LockEffect['op'], string>> = {
  acquire: 'acquires',
  tryAcquire: 'tries to acquire',
  release: 'releases',
  convert: 'converts',
  transfer: 'hands over',
  enter: 'enters',
  leave: 'leaves',
};

/** What a call does, in one sentence without a full stop: "acquires the spin lock SpinLock and raises the IRQL to DISPATCH_LEVEL". */
export function describeEffect(effect: LockEffect, arch: Arch): string {
  const exit = describeExit(effect.exit, effect, arch);
  const verb = OPS[effect.op];
  if (verb === undefined || effect.lockKind === undefined) return exit;
  const lock = effect.lockArg === undefined ? '' : ` ${argName(effect.lockArg, effect.args)}`;
  return `${verb} the ${describeLockKind(effect.lockKind)}${lock} and ${exit}`;
}

const LOCK_KINDS: Readonly<Record<string, string>> = {
  spinlock: 'spin lock',
  queuedSpinlock: 'queued spin lock',
  interruptSpinlock: 'interrupt spin lock',
  exSpinlock: 'reader/writer spin lock',
  cancelSpinlock: 'cancel spin lock',
  vpbSpinlock: 'VPB spin lock',
  ndisSpinlock: 'NDIS spin lock',
  ndisRWLock: 'NDIS reader/writer lock',
  ndisRWLockEx: 'NDIS reader/writer lock',
  wdfSpinlock: 'WDF spin lock',
  wdfWaitlock: 'WDF wait lock',
  wdfInterruptLock: 'WDF interrupt lock',
  wdfObjectPresentationLock: 'WDF presentation lock',
  storportLock: 'StorPort lock',
  fastMutex: 'fast mutex',
  guardedMutex: 'guarded mutex',
  eresource: 'resource (ERESOURCE)',
  pushLock: 'push lock',
  criticalRegion: 'critical region',
  guardedRegion: 'guarded region',
  fpState: 'floating-point state',
};

/** A lock kind in words: `exSpinlock` -> "reader/writer spin lock". Unknown kinds are split at their capitals. */
export function describeLockKind(kind: string): string {
  return (
    LOCK_KINDS[kind] ??
    kind.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
  );
}

const UPPER = {
  always: 'always runs there',
  usual: 'often runs at the upper level',
  merelyAllowed: 'may be called up to the upper level',
} as const;

/** A role in one sentence: "KDEFERRED_ROUTINE is entered at IRQL = DISPATCH_LEVEL and always runs there (source: ...)". */
export function describeRole(role: RoleFact, arch: Arch): string {
  if (role.levels === null) return `the entry IRQL of ${role.type} is not documented`;
  const source = describeSource({ source: role.source, name: role.type });
  return `${role.type} is entered at ${describeBound(role.levels, arch)} and ${UPPER[role.upper]} (source: ${source})`;
}

/**
 * The address of the documentation page on learn.microsoft.com, where it follows from header and name; undefined for
 * undocumented routines, for rows without a header and for kinds whose pages are named otherwise.
 */
export function pageAddress(fact: DdiFact): string | undefined {
  const header = /^([a-z0-9_-]+)\.h$/i.exec(fact.header)?.[1]?.toLowerCase();
  if (!fact.isDocumented || header === undefined || fact.source === 'user') return undefined;
  const prefix = {
    function: 'nf',
    macro: 'nf',
    method: 'nf',
    callback: 'nc',
    ioctl: 'ni',
    interface: undefined,
  }[fact.kind];
  if (prefix === undefined) return undefined;
  const slug = fact.name.toLowerCase().replace('.', '-');
  return `https://learn.microsoft.com/windows-hardware/drivers/ddi/${header}/${prefix}-${header}-${slug}`;
}
