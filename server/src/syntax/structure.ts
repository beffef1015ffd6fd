/**
 * The structure pass: everything that one file declares, without looking into bodies. Reads the text once, chooses `#if` branches
 * by the configured defines and the file's own macros, and never fails; what it cannot place is listed.
 */
import type { Atom, AtomTable } from './atoms.ts';
import { evaluateCondition, type ConditionLookup } from './condition.ts';
import { enclosingConditions, GroupShape, readConditionals, type Conditionals } from './conditionals.ts';
import { readDeclarations } from './declarations.ts';
import type { DeclarationLists, DeclarationReader } from './declarationReader.ts';
import { DirectiveKind, readDefine, readInclude, readPragma, type Directive } from './directives.ts';
import type {
  FileStructure,
  IncludeDirective,
  MacroDefinition,
  PragmaDirective,
  TokenTable,
} from './fileStructure.ts';
import { readLiveTokens } from './liveTokens.ts';
import { integerValue } from './numbers.ts';
import { readSegments } from './segments.ts';
import { tokenHasher } from './tokenHash.ts';
import { tokenize, type TokenizedText } from './tokenizer.ts';
import { wordClassesOf } from './wordClasses.ts';

/** Macros that the user's settings define, by name; the value is what `/D name=value` would give, '' for none. */
export type Defines = Readonly<Record<string, string>>;

/** Reads the structure of `text`. `defines` decide `#if` groups; without them only what the file itself says is known. */
export function readStructure(text: string, atoms: AtomTable, defines: Defines = {}): FileStructure {
  const tokenized = tokenize(text, atoms);
  const { tokens, directives, directiveTokens } = tokenized;
  const conditionals = readConditionals(tokens, directives, directiveTokens);
  const conditionsAt = conditionFinder(tokenized, conditionals, atoms);
  const lines = readLines(tokenized, text, atoms, conditionsAt);
  const lookup = fileLookup(lines.macros, directiveTokens, defines, atoms, conditionals, directives);
  const { live, kept, problems } = readLiveTokens(
    { conditionals, directives, directiveTokens },
    tokens,
    lookup,
    atoms,
    text,
  );
  const lists: DeclarationLists = {
    functions: [],
    prototypes: [],
    typedDeclarations: [],
    globals: [],
    structs: [],
    aliases: [],
    problems,
    skipped: [],
  };
  const reader: DeclarationReader = {
    text,
    atoms,
    tokens,
    live,
    classes: wordClassesOf(atoms),
    segments: readSegments(lines.segmentPragmas),
    lists,
    conditionsAt,
    hashTokens: tokenHasher(tokenized),
    depth: 0,
  };
  readDeclarations(reader, 0, live.count, { scope: '' });
  return {
    tokens,
    directiveTokens,
    directives,
    conditionals,
    keptBranches: kept,
    ...lists,
    macros: lines.macros,
    includes: lines.includes,
    pragmas: lines.pragmas,
    suppressions: tokenized.suppressions,
  };
}

interface Lines {
  readonly macros: MacroDefinition[];
  readonly includes: IncludeDirective[];
  readonly pragmas: PragmaDirective[];
  readonly segmentPragmas: { readonly pragma: PragmaDirective; readonly directive: Directive }[];
}

function readLines(
  t: TokenizedText,
  text: string,
  atoms: AtomTable,
  conditionsAt: (token: number) => readonly string[],
): Lines {
  const lines: Lines = { macros: [], includes: [], pragmas: [], segmentPragmas: [] };
  for (const directive of t.directives) {
    if (directive.kind === DirectiveKind.Define) {
      const macro = readDefine(directive, t.directiveTokens, conditionsAt(directive.token));
      if (macro !== undefined) lines.macros.push(macro);
    } else if (directive.kind === DirectiveKind.Include) {
      const include = readInclude(directive, t.directiveTokens, text);
      if (include !== undefined) lines.includes.push(include);
    } else if (directive.kind === DirectiveKind.Pragma) {
      const pragma = readPragma(directive, t.directiveTokens, text, atoms);
      if (pragma === undefined) continue;
      lines.pragmas.push(pragma);
      if (pragma.name.endsWith('_seg')) lines.segmentPragmas.push({ pragma, directive });
    }
  }
  return lines;
}

/** Answers which conditions enclose a token, by the last conditional line before it; remembers the answer per branch. */
function conditionFinder(
  t: TokenizedText,
  conditionals: Conditionals,
  atoms: AtomTable,
): (token: number) => readonly string[] {
  const known = new Map<number, readonly string[]>([[-1, []]]);
  return (token) => {
    let low = 0;
    let high = t.directives.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (t.directives[middle]!.token < token) low = middle + 1;
      else high = middle;
    }
    const branch = low === 0 ? -1 : branchAfter(low - 1, t.directives, conditionals);
    let texts = known.get(branch);
    if (texts === undefined) {
      texts = enclosingConditions(branch, conditionals, t.directives, t.directiveTokens, atoms);
      known.set(branch, texts);
    }
    return texts;
  };
}

/** The branch in which the tokens right after a directive stand. */
function branchAfter(d: number, directives: readonly Directive[], conditionals: Conditionals): number {
  const { kind } = directives[d]!;
  const opens = kind >= DirectiveKind.If && kind <= DirectiveKind.Else && conditionals.group[d]! >= 0;
  return opens ? d : conditionals.parent[d]!;
}

/** What the configuration and the file itself say about macros. Only definitions outside conditions count. */
function fileLookup(
  macros: readonly MacroDefinition[],
  table: TokenTable,
  defines: Defines,
  atoms: AtomTable,
  conditionals: Conditionals,
  directives: readonly Directive[],
): ConditionLookup {
  const configured = configuredValues(defines, atoms);
  const own = new Map<Atom, MacroDefinition | undefined>();
  for (const macro of macros) {
    if (macro.conditions.length === 0) own.set(macro.name, own.has(macro.name) ? undefined : macro);
  }
  for (const { kind, from } of directives)
    if (kind === DirectiveKind.Undef) own.set(table.atom[from]!, undefined);
  const guards = guardNames(conditionals, directives, table);
  let depth = 0;
  const lookup: ConditionLookup = {
    isDefined: (name) => {
      if (configured.has(name)) return true;
      return own.get(name) !== undefined && !guards.has(name) ? true : undefined;
    },
    valueOf: (name) => {
      if (configured.has(name)) return configured.get(name) ?? undefined;
      const macro = own.get(name);
      if (macro === undefined || macro.params !== undefined || depth > 20) return undefined;
      depth++;
      const value = evaluateCondition(table, macro.body.from, macro.body.to, lookup, atoms);
      depth--;
      return value;
    },
  };
  return lookup;
}

/** Names that a guard or default definition tests: the test stands before the definition, so "defined" would be wrong there. */
function guardNames(
  conditionals: Conditionals,
  directives: readonly Directive[],
  table: TokenTable,
): Set<Atom> {
  const names = new Set<Atom>();
  for (let d = 0; d < directives.length; d++) {
    if ((conditionals.shape[d]! & GroupShape.Guard) !== 0) names.add(table.atom[directives[d + 1]!.from]!);
  }
  return names;
}

/** Values of configured defines; null stands for "defined, but no integer". */
export function configuredValues(defines: Defines, atoms: AtomTable): Map<Atom, number | null> {
  const values = new Map<Atom, number | null>();
  for (const [name, text] of Object.entries(defines)) {
    const trimmed = text.trim();
    values.set(atoms.intern(name), trimmed === '' ? 1 : (integerValue(trimmed) ?? null));
  }
  return values;
}
