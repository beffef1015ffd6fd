/**
 * Reads the compact tables of data/tables.generated.ts back into rows of the facts format.
 * A table is text: one line per row, `<shared prefix length><rest of name> <codes><extras as JSON>`, sorted by name.
 * Names are unfolded once; a row is decoded only when somebody asks for it. Encoding is scripts/facts/encodeTables.ts.
 */
import type { EffectRow, RegistrationRow, RoleRow, RoutineRow } from '../protocol/factsFormat.ts';

/** The compact tables as generated. */
export interface CompactTables {
  /** header names, by index */
  readonly headers: readonly string[];
  /** `kind bounds source confidence argc flags` of routines, see `RoutineShape` */
  readonly routineShapes: readonly string[];
  readonly routines: string;
  readonly effects: string;
  readonly roleShapes: readonly string[];
  readonly roles: string;
  /** one line per registering function */
  readonly calls: string;
  /** one line per struct */
  readonly fields: string;
  readonly entryPoints: readonly { readonly entryPoint: string; readonly role: string }[];
}

/** One letter per level in a shape; `-` stands for unknown. */
export const LEVEL_LETTERS = {
  P: 'PASSIVE',
  A: 'APC',
  D: 'DISPATCH',
  I: 'DIRQL',
  S: 'SYNCH',
  C: 'CLOCK',
  X: 'IPI',
  F: 'PROFILE',
  H: 'HIGH',
} as const;

/** One letter per source in a shape. */
export const SOURCE_LETTERS = {
  s: 'stated',
  r: 'remarks',
  p: 'page',
  h: 'header',
  k: 'knowledge',
  c: 'corrected',
  n: 'none',
} as const;

/** One letter per confidence in a shape. */
export const CONFIDENCE_LETTERS = { h: 'high', m: 'medium', l: 'low', n: 'none' } as const;

/** One letter per kind in a shape. */
export const KIND_LETTERS = {
  f: 'function',
  m: 'macro',
  d: 'method',
  c: 'callback',
  i: 'ioctl',
  n: 'interface',
} as const;

/** One letter per upper mark in a role's shape. */
export const UPPER_LETTERS = { a: 'always', u: 'usual', m: 'merelyAllowed' } as const;

function letter<T extends object>(table: T, key: string | undefined): T[keyof T] | undefined {
  return key !== undefined && key in table ? table[key as keyof T] : undefined;
}

/** Unfolds the names of a table: name -> what follows it on its line. */
export function unfoldNames(table: string): Map<string, string> {
  const rows = new Map<string, string>();
  let previous = '';
  let from = 0;
  while (from < table.length) {
    let to = table.indexOf('\n', from);
    if (to < 0) to = table.length;
    const space = table.indexOf(' ', from);
    const shared = parseInt(table.charAt(from), 36);
    previous = previous.slice(0, shared) + table.slice(from + 1, space);
    rows.set(previous, table.slice(space + 1, to));
    from = to + 1;
  }
  return rows;
}

/**
 * Pieces of JSON that occur often in extras; each is written as `~` and one letter. Replaced in this order, so longer
 * pieces stand before what they contain. Adding one changes the tables: run `npm run generate`.
 */
const EXTRA_PIECES = [
  '"transientLevel":"HIGH","needsResidentData":true,"',
  '"conditions":[{"when":{"pageable":[0',
  '"conditions":[{"when":{"arg":',
  '"conditions":[{"when":{"',
  '"headers":["wdm.h","ntddk.h","ntifs.h"]',
  '"dissent":[{"min":"PASSIVE","max":"',
  '"requiresRegion":["criticalRegion"]',
  '"region":"criticalRegion"',
  '"requiresApcs":"specialKernelApcsEnabled"',
  '"resident":"targetMemory"',
  '"calledBy":"driver"',
  '"calledBy":"peer"',
  '"pointerTypes":["PFN_',
  '"pointerTypes":["',
  '"lockUsableOnlyWith":"',
  '"op":"acquire","lockKind":"',
  '"op":"release","lockKind":"',
  '"op":"synchronize","lockKind":"',
  '"source":"page","exit":"unchanged","min":"PASSIVE","max":"',
  '"source":"page","exit":"',
  '"min":"PASSIVE","max":"',
  '"min":"DISPATCH","max":"',
  '","source":"header"}]}',
  '"source":"',
  '"pairsWith":["',
  '{"aliasOf":"RtlU',
  '{"aliasOf":"',
  '},{"when":{"arg":',
  '},{"when":{"',
  '"when":{"',
  '"isDeref":true',
  '"max":"APC"',
  '"max":"DISPATCH"',
  '"max":"',
  '"argc":',
  '"lockArg":0,',
  '"exit":"unchanged"',
  '"dpcVariant":"',
  '"args":["',
  '"equals":"',
  '"argMap":[',
  '"mode":"',
  '"state":"',
  '"flags":["',
  'KeReleaseSpinLock',
  'KeAcquireSpinLock',
  'ExAcquireResource',
  'ExReleaseResource',
] as const;

const PIECE_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Packs the JSON of a row's extras. `~` may not occur in it. */
export function packExtras(json: string): string {
  return EXTRA_PIECES.reduce((text, piece, i) => text.replaceAll(piece, `~${PIECE_LETTERS.charAt(i)}`), json);
}

/** The JSON that `packExtras` was given. */
function unpackExtras(packed: string): string {
  return packed.replace(/~(.)/g, (_, code: string) => EXTRA_PIECES[PIECE_LETTERS.indexOf(code)] ?? '');
}

function extrasOf(text: string): object {
  return text === '' ? {} : (JSON.parse(unpackExtras(text)) as object);
}

function index36(text: string, from: number): number {
  return parseInt(text.slice(from, from + 2), 36);
}

function headerOf(tables: CompactTables, line: string): string | undefined {
  const header = tables.headers[index36(line, 2)];
  return header === '' ? undefined : header;
}

/** Decodes one line of the routine table. */
export function decodeRoutine(tables: CompactTables, name: string, line: string): RoutineRow {
  const shape = tables.routineShapes[index36(line, 0)] ?? '';
  const header = headerOf(tables, line);
  const min = letter(LEVEL_LETTERS, shape[1]);
  const max = letter(LEVEL_LETTERS, shape[2]);
  const argc = shape[5] === '-' ? undefined : parseInt(shape[5] ?? '0', 36);
  return {
    name,
    kind: letter(KIND_LETTERS, shape[0]),
    header,
    min: min ?? null,
    max: max ?? null,
    source: letter(SOURCE_LETTERS, shape[3]),
    confidence: letter(CONFIDENCE_LETTERS, shape[4]),
    argc,
    isUndocumented: shape.includes('u', 6) ? true : undefined,
    isUserMode: shape.includes('U', 6) ? true : undefined,
    ...extrasOf(line.slice(4)),
  };
}

/** Decodes one line of the role table. */
export function decodeRole(tables: CompactTables, type: string, line: string): RoleRow {
  const shape = tables.roleShapes[index36(line, 0)] ?? '';
  const header = headerOf(tables, line);
  const argc = shape[4] === '-' ? undefined : parseInt(shape[4] ?? '0', 36);
  const has = (flag: string) => (shape.includes(flag, 6) ? true : undefined);
  return {
    type,
    pointerTypes: has('p') === true ? [`P${type}`] : undefined,
    isPointerType: has('P'),
    min: letter(LEVEL_LETTERS, shape[0]) ?? null,
    max: letter(LEVEL_LETTERS, shape[1]) ?? null,
    source: letter(SOURCE_LETTERS, shape[2]),
    confidence: letter(CONFIDENCE_LETTERS, shape[3]),
    upper: letter(UPPER_LETTERS, shape[5]),
    mustRestoreIrql: has('r'),
    isUndocumented: has('u'),
    isUserMode: has('U'),
    header,
    argc,
    ...extrasOf(line.slice(4)),
  };
}

/** Whether a role has a flag: `p` = its pointer type is P + type, `x` = it has other pointer types, without decoding it. */
export function hasRoleFlag(tables: CompactTables, line: string, flag: 'p' | 'x'): boolean {
  return tables.roleShapes[index36(line, 0)]?.includes(flag, 6) === true;
}

/** Decodes one line of the effect table. */
export function decodeEffect(name: string, line: string): EffectRow {
  return { name, ...(extrasOf(line) as Omit<EffectRow, 'name'>) };
}

type CallRow = Extract<RegistrationRow, { function: string }>;
type FieldRow = Extract<RegistrationRow, { struct: string }>;

/** A role by its place in the sorted list of role types, or by name when it is none of them. */
function roleOf(code: string, roles: readonly string[]): string {
  return /^\d/.test(code) ? (roles[parseInt(code.slice(1), 36)] ?? '') : code;
}

/**
 * Decodes the registrations made by calling one function: `argument:role:source:argument name:extras` each, tabs between.
 * `roles` are the role types in the order of their table.
 */
export function decodeCalls(name: string, line: string, roles: readonly string[]): CallRow[] {
  return line.split('\t').map((part) => {
    const [callbackArg = '-1', role = '', code = '', argName = ''] = part.split(':', 4);
    const extras = part.split(':').slice(4).join(':');
    return {
      function: name,
      callbackArg: Number(callbackArg),
      role: roleOf(role, roles),
      source: letter(SOURCE_LETTERS, code),
      argName: argName === '' ? undefined : argName,
      ...extrasOf(extras),
    };
  });
}

/** The pointer types named at the head of a struct's line, without decoding the rest. */
export function structPointersOf(line: string): string[] {
  const head = line.slice(0, line.indexOf('\t'));
  return head === '' ? [] : head.split(',');
}

/** Decodes the fields of one struct: `pointers \t field:role:source:extras ...`. */
export function decodeFields(struct: string, line: string, roles: readonly string[]): FieldRow[] {
  const structPointers = structPointersOf(line);
  return line
    .split('\t')
    .slice(1)
    .map((part) => {
      const [field = '', role = '', code = ''] = part.split(':', 3);
      const extras = part.split(':').slice(3).join(':');
      return {
        struct,
        structPointers,
        field,
        role: roleOf(role, roles),
        source: letter(SOURCE_LETTERS, code[0]),
        isQueryInterface: code[1] === 'q' ? true : undefined,
        ...extrasOf(extras),
      };
    });
}
