/**
 * The format of facts about kernel routines: the project's own source tables and a workspace's `.irql-lens/facts.json`
 * are both written in it, and both are validated here. It gives problems with their JSON path, never throws, and
 * knows nothing of what a fact is used for. docs/facts.md describes every field for users.
 */
import * as z from 'zod';

/** The version of the format that this program reads and writes. */
const FACTS_FORMAT_VERSION = 1;

const LEVEL_NAMES = [
  'PASSIVE',
  'APC',
  'DISPATCH',
  'DIRQL',
  'SYNCH',
  'CLOCK',
  'IPI',
  'PROFILE',
  'HIGH',
] as const;
const LONG_LEVEL_NAMES = [
  'PASSIVE_LEVEL',
  'APC_LEVEL',
  'DISPATCH_LEVEL',
  'DPC_LEVEL',
  'SYNCH_LEVEL',
  'CLOCK_LEVEL',
  'IPI_LEVEL',
  'PROFILE_LEVEL',
  'HIGH_LEVEL',
] as const;

const name = z.string().min(1).max(256);
const argIndex = z.int().min(0).max(63);
const level = z
  .union([z.enum([...LEVEL_NAMES, ...LONG_LEVEL_NAMES]), z.int().min(0).max(31)])
  .describe('An IRQL by its kernel name (PASSIVE_LEVEL, DISPATCH_LEVEL, DIRQL, ...) or as a number.');
const constant = z.union([z.string().min(1), z.int()]);
const source = z.enum(['stated', 'remarks', 'page', 'header', 'knowledge', 'corrected', 'user', 'none']);
const confidence = z.enum(['high', 'medium', 'low', 'none']);
const region = z.enum(['criticalRegion', 'guardedRegion', 'priorityRegion']);
const needed = z.enum(['criticalRegion', 'guardedRegion', 'priorityRegion', 'apcLevel']);

const when = z
  .strictObject({
    arg: z.int().min(-1).max(63).optional(),
    isDeref: z.literal(true).optional(),
    field: name.optional(),
    equals: constant.optional(),
    notEquals: constant.optional(),
    equalsAny: z.array(constant).min(1).optional(),
    hasFlag: constant.optional(),
    lacksFlag: constant.optional(),
    greaterThan: constant.optional(),
    lessOrEqual: constant.optional(),
    pageable: z.array(argIndex).min(1).optional(),
    allocatedFrom: z.enum(['paged', 'nonpaged']).optional(),
    majorFunctions: z.array(name).min(1).optional(),
    deviceFlag: name.optional(),
    objectType: name.optional(),
    executionLevel: name.optional(),
    executionLevelNot: name.optional(),
    isPassiveInterrupt: z.boolean().optional(),
    usesUnicodeFormat: z.literal(true).optional(),
    entry: level.optional(),
    state: name.optional(),
    note: z.string().optional(),
  })
  .describe('When the row applies; all given parts must hold.');

const bound = { min: level.nullable().optional(), max: level.nullable().optional() };
const condition = z.strictObject({ when, ...bound });
const origin = {
  source: source.optional(),
  confidence: confidence.optional(),
  note: z.string().max(2000).optional(),
};
const dissent = z
  .array(z.strictObject({ min: level, max: level, source: z.union([source, z.literal('sdv')]) }))
  .optional();

const routine = z
  .strictObject({
    name,
    kind: z.enum(['function', 'macro', 'method', 'callback', 'ioctl', 'interface']).optional(),
    header: name.optional(),
    aliasOf: name.optional(),
    argMap: z.array(z.int().min(-1).max(63)).optional(),
    ...bound,
    discrete: z.array(level).min(1).optional(),
    conditions: z.array(condition).optional(),
    argc: argIndex.optional(),
    args: z.array(z.string()).optional(),
    isUndocumented: z.literal(true).optional(),
    isUserMode: z.literal(true).optional(),
    isSameAsCaller: z.literal(true).optional(),
    requiresApcs: z.enum(['specialKernelApcsEnabled', 'apcsEnabled']).optional(),
    requiresRegion: z.array(needed).min(1).optional(),
    resident: z.enum(['targetMemory', 'dataAboveAPC', 'atDispatchOrAbove']).optional(),
    calledBy: z.enum(['system', 'driver', 'peer']).optional(),
    dissent,
    ...origin,
  })
  .describe('The IRQLs at which a routine may be called.');

const exit = z
  .union([
    z.enum(['unchanged', 'savedInLock', 'raisedUntilNextWait']),
    level,
    z.strictObject({ arg: argIndex }),
    z.strictObject({ savedInArg: argIndex }),
    z.strictObject({ byArg: argIndex }),
  ])
  .describe('The IRQL after the call.');
const callback = z.union([z.literal('same'), level, z.strictObject({ byArg: argIndex })]);
const effectCase = z.strictObject({
  when,
  exit: exit.optional(),
  ...bound,
  callback: callback.optional(),
  region: region.optional(),
});

const effect = z
  .strictObject({
    name,
    sameAs: name
      .optional()
      .describe('Takes everything from that routine; argMap says how the arguments map.'),
    argMap: z
      .array(z.int().min(-1).max(63))
      .optional()
      .describe('With sameAs: argMap[i] is the index of the own argument that becomes argument i there.'),
    op: z
      .enum([
        'raise',
        'lower',
        'acquire',
        'release',
        'tryAcquire',
        'convert',
        'transfer',
        'query',
        'assert',
        'enter',
        'leave',
        'synchronize',
        'signal',
        'wait',
      ])
      .optional(),
    lockKind: name.optional(),
    lockArg: argIndex.optional(),
    handleArg: argIndex.optional(),
    irqlOutArg: argIndex.optional(),
    irqlInArg: argIndex.optional(),
    levelArg: argIndex.optional(),
    flagsArg: argIndex.optional(),
    timeoutArg: argIndex.optional(),
    waitArg: argIndex.optional(),
    modeArg: argIndex.optional(),
    ownerArg: argIndex.optional(),
    tagArg: argIndex.optional(),
    countArg: argIndex.optional(),
    lockTypeArg: argIndex.optional(),
    priorityArg: argIndex.optional(),
    contextArg: argIndex.optional(),
    currentIrqlArg: argIndex.optional(),
    callbackArg: argIndex.optional(),
    callback: callback.optional(),
    returnsOldIrql: z.literal(true).optional(),
    returnsCurrentIrql: z.literal(true).optional(),
    irqlSavedIn: z.union([z.literal('lock'), z.strictObject({ arg: argIndex })]).optional(),
    exit: exit.optional(),
    exitWhen: z.array(effectCase).optional(),
    effectIf: z.enum(['nonZero', 'ntSuccess', 'storSuccess', 'waitSatisfied']).optional(),
    mode: z
      .union([
        z.enum(['shared', 'exclusive', 'toShared', 'toExclusive']),
        z.strictObject({ byArg: argIndex }),
      ])
      .optional(),
    ...bound,
    discrete: z.array(level).min(1).optional(),
    requiresWhen: z.array(condition).optional(),
    requiresRegion: z.array(needed).min(1).optional(),
    region: region.optional(),
    transientLevel: level.optional(),
    blocks: z.literal(true).optional(),
    isRecursive: z.boolean().optional(),
    isGlobalLock: z.literal(true).optional(),
    pairsWith: z.array(name).optional(),
    pairsAlso: z.array(name).optional(),
    dpcVariant: z.union([name, z.strictObject({ arg: argIndex, flag: name })]).optional(),
    dpcRelease: name.optional(),
    generalVariant: name.optional(),
    unsafeVariant: name.optional(),
    obsolete: name.optional(),
    isReserved: z.literal(true).optional(),
    aliasOf: name.optional(),
    lockUsableOnlyWith: name.optional(),
    needsResidentData: z.literal(true).optional(),
    disables: z.enum(['normalKernelApc', 'allKernelApc']).optional(),
    nests: z.literal(true).optional(),
    isPairedAtSameIrql: z.literal(true).optional(),
    newLevelMustBe: z.enum(['<=current&savedByPair', '>=current']).optional(),
    mayAlsoLower: z.literal(true).optional(),
    isAsync: z.literal(true).optional(),
    context: z.literal('threadedDpc').optional(),
    cancelRoutineIrql: name.optional(),
    isOwnerThreadOnly: z.literal(true).optional(),
    isSameProcessorAsAcquire: z.literal(true).optional(),
    onlyIfObjectType: name.optional(),
    restoresIrqlOf: z.array(name).optional(),
    lockOrder: z.array(name).optional(),
    isPassiveInterruptOnly: z.literal(true).optional(),
    arch: name.optional(),
    argc: argIndex.optional(),
    args: z.array(z.string()).optional(),
    headers: z.array(name).optional(),
    ...origin,
  })
  .describe('What a call does to the IRQL and to locks.')
  .refine((row) => (row.op === undefined) !== (row.sameAs === undefined), {
    error: 'give either "op" or "sameAs"',
  });

const role = z
  .strictObject({
    type: name,
    pointerTypes: z.array(name).optional(),
    isPointerType: z.literal(true).optional(),
    ...bound,
    discrete: z.array(level).min(1).optional(),
    upper: z.enum(['always', 'usual', 'merelyAllowed']).optional(),
    conditions: z.array(condition).optional(),
    flags: z
      .array(
        z.enum([
          'mayBePassiveIfExecutionLevelPassive',
          'synchronizationScopeDependent',
          'automaticSerializationDependent',
          'passiveIfPassiveInterrupt',
          'mayBePassiveIfThreadedDpc',
          'criticalRegionIfPassive',
          'arbitraryThread',
          'notGuaranteedDispatch',
          'majorFunctionDependent',
          'sameIrqlAsCaller',
          'sameIrqlAsNotifier',
        ]),
      )
      .optional(),
    holdsLocks: z.array(name).optional(),
    mayAcquire: z.array(name).optional(),
    mustRestoreIrql: z.boolean().optional(),
    calledBy: z.enum(['system', 'driver', 'peer']).optional(),
    isUserMode: z.literal(true).optional(),
    isUndocumented: z.literal(true).optional(),
    header: name.optional(),
    argc: argIndex.optional(),
    dissent,
    ...origin,
  })
  .describe('A callback role: a function type that fixes the IRQL at entry.');

const entry = { entryMin: level.optional(), entryMax: level.optional(), header: name.optional() };
const registration = z
  .union([
    z.strictObject({
      function: name,
      callbackArg: z.int().min(-1).max(63),
      objectArg: argIndex.optional(),
      via: name.optional(),
      argName: name.optional(),
      role: name,
      when: when.optional(),
      isUnregister: z.literal(true).optional(),
      calledThrough: name.optional(),
      ...entry,
      source: source.optional(),
    }),
    z.strictObject({
      struct: name,
      structPointers: z.array(name).optional(),
      field: name,
      index: name.optional(),
      position: argIndex.optional(),
      role: name,
      isQueryInterface: z.literal(true).optional(),
      registrar: name.optional(),
      ...entry,
      source: source.optional(),
    }),
    z.strictObject({ entryPoint: name, role: name, source: source.optional() }),
  ])
  .describe('A call, a struct field or a function name that gives a function its role.');

/** The schema of a facts file. */
export const factsFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(FACTS_FORMAT_VERSION),
    routines: z.array(routine).optional(),
    effects: z.array(effect).optional(),
    roles: z.array(role).optional(),
    registrations: z.array(registration).optional(),
  })
  .describe('Facts about kernel routines and in-house wrappers, for IRQL Lens.');

/** A facts file after validation. */
export type FactsFile = z.infer<typeof factsFileSchema>;
/** One row about the IRQLs at which a routine may be called. */
export type RoutineRow = z.infer<typeof routine>;
/** One row about what a call does to IRQL and locks. */
export type EffectRow = z.infer<typeof effect>;
/** One callback role. */
export type RoleRow = z.infer<typeof role>;
/** One registration: by call, by struct field, or by the function's own name. */
export type RegistrationRow = z.infer<typeof registration>;
/** A condition as written in a row. */
export type WhenRow = z.infer<typeof when>;
/** A narrowing of levels as written in a row. */
export type ConditionRow = z.infer<typeof condition>;
/** A level as written in a row. */
export type LevelRow = z.infer<typeof level>;
/** A case of an effect as written in a row. */
export type EffectCaseRow = z.infer<typeof effectCase>;

/** A mistake in a facts file. */
export interface FactsProblem {
  /** JSON pointer of the place, e.g. `/effects/0/lockArg`; empty for the whole file */
  readonly path: string;
  readonly message: string;
}

/** What a facts file gives: its facts, or what is wrong with it. */
export type FactsResult =
  | { readonly ok: true; readonly facts: FactsFile }
  | { readonly ok: false; readonly problems: readonly FactsProblem[] };

/** Flattens union errors: the alternative that got furthest is the one the user meant. */
function flatten(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): FactsProblem[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map((one) => one.path.length));
    const strangers = (issues: readonly z.core.$ZodIssue[]) =>
      issues.filter((one) => one.code === 'unrecognized_keys').length;
    const ranked = [...issue.errors].sort(
      (a, b) => strangers(a) - strangers(b) || depth(b) - depth(a) || a.length - b.length,
    );
    const best = ranked[0] ?? [];
    if (best.length > 0 && depth(best) > 0) return best.flatMap((one) => flatten(one, path));
    return [{ path: pointer(path), message: best[0]?.message ?? issue.message }];
  }
  return [{ path: pointer(path), message: issue.message }];
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part)}`).join('');
}

/** Validates a value that was read from JSON. */
export function checkFacts(value: unknown): FactsResult {
  const result = factsFileSchema.safeParse(value);
  if (result.success) return { ok: true, facts: result.data };
  return { ok: false, problems: result.error.issues.flatMap((issue) => flatten(issue, [])) };
}

/** Reads the text of a facts file (comments are not allowed; a byte order mark is). */
export function parseFactsFile(text: string): FactsResult {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [{ path: '', message: `not valid JSON: ${reason}` }] };
  }
  return checkFacts(value);
}

/** The JSON Schema of a facts file, for editors. */
export function factsJsonSchema(): unknown {
  return z.toJSONSchema(factsFileSchema, { target: 'draft-7' });
}
