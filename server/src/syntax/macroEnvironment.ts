/**
 * Macros as a file sees them: its own and those of the headers it includes, directly or not. Decides which are worth expanding.
 * A header that is not there is replaced by a definition of the same name nearby in the same project; several such: the nearest folder's.
 */
import type { Atom, AtomTable } from './atoms.ts';
import { evaluateCondition, type ConditionLookup } from './condition.ts';
import type { FileStructure, IncludeDirective, MacroDefinition, TokenTable } from './fileStructure.ts';
import { configuredValues, type Defines } from './structure.ts';
import { TokenKind } from './tokenTable.ts';
import { word, wordSet } from './vocabulary.ts';

/** What the environment is made of. */
export interface MacroEnvironmentOptions {
  readonly atoms: AtomTable;
  /** all files of the workspace by normalised path */
  readonly files: ReadonlyMap<string, FileStructure>;
  /** The path of an included file, or undefined when it is not in the workspace. */
  resolveInclude(fromPath: string, include: IncludeDirective): string | undefined;
  readonly defines: Defines;
  /** A name for whose sake a macro is expanded: a DDI with an effect, a lock function. */
  isInteresting(name: Atom): boolean;
  /** A macro that stays a call or a name, because facts know it better than its replacement: NT_ASSERT, PAGED_CODE. */
  isOpaque?(name: Atom): boolean;
  /** The project of a file; macros that no include reaches are taken from the same project only. Default: the folder above the file's. */
  projectOf?(path: string): string;
}

/** A macro with the table in which its replacement stands. */
export interface ResolvedMacro {
  readonly definition: MacroDefinition;
  readonly table: TokenTable;
}

/** The macros in force for one file. */
export interface MacroScope extends ConditionLookup {
  /** The macro to expand where this name is used, or undefined when it has to stay. `isCallee`: a `(` follows the name. */
  expansionOf(name: Atom, isCallee: boolean): ResolvedMacro | undefined;
  /** The integer value of an object-like macro (by spelling), if it has one: aliases of DISPATCH_LEVEL, flags, sizes. */
  constant(name: string): number | undefined;
  /** The definition that this file sees, expanded or not. */
  definitionOf(name: Atom): ResolvedMacro | undefined;
}

/** Scopes by file. */
export interface MacroEnvironment {
  forFile(path: string): MacroScope;
}

interface Located extends ResolvedMacro {
  readonly path: string;
}

/** Builds the environment of a workspace. Scopes are made on demand and kept. */
export function createMacroEnvironment(options: MacroEnvironmentOptions): MacroEnvironment {
  const index = indexMacros(options.files);
  const configured = configuredValues(options.defines, options.atoms);
  const includes = new Map<string, readonly string[]>();
  const scopes = new Map<string, MacroScope>();
  return {
    forFile(path) {
      let scope = scopes.get(path);
      if (scope === undefined) {
        scope = new FileScope(options, index, configured, path, includes);
        scopes.set(path, scope);
      }
      return scope;
    },
  };
}

/** A scope without any macro, for snippets and tests. */
export function emptyMacroScope(): MacroScope {
  return {
    expansionOf: () => undefined,
    constant: () => undefined,
    definitionOf: () => undefined,
    isDefined: () => undefined,
    valueOf: () => undefined,
  };
}

function indexMacros(files: ReadonlyMap<string, FileStructure>): Map<Atom, Located[]> {
  const index = new Map<Atom, Located[]>();
  for (const [path, structure] of files) {
    for (const definition of structure.macros) {
      const located: Located = { path, definition, table: structure.directiveTokens };
      const known = index.get(definition.name);
      if (known === undefined) index.set(definition.name, [located]);
      else known.push(located);
    }
  }
  return index;
}

/** Longest chain of macros that name macros. */
const deepestAlias = 32;

class FileScope implements MacroScope {
  readonly #options: MacroEnvironmentOptions;
  readonly #index: ReadonlyMap<Atom, readonly Located[]>;
  readonly #configured: ReadonlyMap<Atom, number | null>;
  readonly #path: string;
  readonly #includes: Map<string, readonly string[]>;
  readonly #resolved = new Map<Atom, Located | null>();
  readonly #worth = new Map<Atom, boolean>();
  readonly #deciding = new Set<Atom>();
  #closure: ReadonlySet<string> | undefined;
  #depth = 0;

  constructor(
    options: MacroEnvironmentOptions,
    index: ReadonlyMap<Atom, readonly Located[]>,
    configured: ReadonlyMap<Atom, number | null>,
    path: string,
    includes: Map<string, readonly string[]>,
  ) {
    this.#options = options;
    this.#index = index;
    this.#configured = configured;
    this.#path = path;
    this.#includes = includes;
  }

  definitionOf(name: Atom): Located | undefined {
    const known = this.#resolved.get(name);
    if (known !== undefined) return known ?? undefined;
    const candidates = this.#index.get(name);
    const found = candidates === undefined ? undefined : this.#choose(candidates);
    this.#resolved.set(name, found ?? null);
    return found;
  }

  isDefined(name: Atom): boolean | undefined {
    if (this.#configured.has(name)) return true;
    const macro = this.definitionOf(name);
    // A name that only a guard or default defines may or may not be defined where it is tested.
    return macro !== undefined && macro.definition.conditions.length === 0 && this.#isReached(macro)
      ? true
      : undefined;
  }

  valueOf(name: Atom): number | undefined {
    const configured = this.#configured.get(name);
    if (configured !== undefined) return configured ?? undefined;
    const macro = this.definitionOf(name);
    if (macro === undefined || macro.definition.params !== undefined || this.#depth >= deepestAlias)
      return undefined;
    const { body } = macro.definition;
    this.#depth++;
    const value = evaluateCondition(macro.table, body.from, body.to, this, this.#options.atoms);
    this.#depth--;
    return value;
  }

  constant(name: string): number | undefined {
    const atom = this.#options.atoms.find(name);
    return atom < 0 ? undefined : this.valueOf(atom);
  }

  expansionOf(name: Atom, isCallee: boolean): ResolvedMacro | undefined {
    if (!this.#index.has(name)) return undefined;
    const macro = this.definitionOf(name);
    if (macro === undefined || this.#options.isOpaque?.(name) === true) return undefined;
    if (isCallee && isAlias(macro)) return macro;
    return this.#isWorthExpanding(name, macro) ? macro : undefined;
  }

  #isReached(macro: Located): boolean {
    return this.#reachable().has(macro.path);
  }

  #choose(candidates: readonly Located[]): Located | undefined {
    const reachable = this.#reachable();
    const included = candidates.filter((candidate) => reachable.has(candidate.path));
    const own = included.filter((candidate) => candidate.path === this.#path);
    if (own.length > 0) return preferred(own);
    if (included.length > 0) return preferred(included);
    return nearest(
      candidates.filter(({ path }) => isHeader(path) && this.#isSameProject(path)),
      this.#path,
    );
  }

  #isSameProject(path: string): boolean {
    const { projectOf } = this.#options;
    if (projectOf !== undefined)
      return projectOf.call(this.#options, path) === projectOf.call(this.#options, this.#path);
    return path.startsWith(folderOf(folderOf(this.#path)));
  }

  #reachable(): ReadonlySet<string> {
    if (this.#closure !== undefined) return this.#closure;
    const closure = new Set([this.#path]);
    // A Set may grow while it is walked: new members are visited too.
    for (const path of closure) for (const next of this.#includesOf(path)) closure.add(next);
    this.#closure = closure;
    return closure;
  }

  #includesOf(path: string): readonly string[] {
    let paths = this.#includes.get(path);
    if (paths === undefined) {
      const structure = this.#options.files.get(path);
      const resolved =
        structure?.includes.map((include) => this.#options.resolveInclude(path, include)) ?? [];
      paths = resolved.filter((found) => found !== undefined);
      this.#includes.set(path, paths);
    }
    return paths;
  }

  #isWorthExpanding(name: Atom, macro: Located): boolean {
    const known = this.#worth.get(name);
    if (known !== undefined) return known;
    this.#worth.set(name, false);
    this.#deciding.add(name);
    const isWorth = this.#depth < deepestAlias && this.#hasEffect(macro);
    this.#deciding.delete(name);
    this.#worth.set(name, isWorth);
    return isWorth;
  }

  #hasEffect({ definition, table }: Located): boolean {
    const { from, to } = definition.body;
    let depth = 0;
    for (let i = from; i < to; i++) {
      const atom = table.atom[i]!;
      if (isOpening(atom)) depth++;
      else if (isClosing(atom) && --depth < 0) return true;
      if (atom < effectWords.length && effectWords[atom] === 1) return true;
      if (
        table.kind[i] === TokenKind.Identifier &&
        this.#isEffectName(atom, i + 1 < to ? table.atom[i + 1]! : 0)
      )
        return true;
    }
    return depth !== 0;
  }

  #isEffectName(name: Atom, following: Atom): boolean {
    if (this.#options.isInteresting(name)) return true;
    // `#define f(x) f((x) + 1)`: inside itself the name is the function.
    if (this.#deciding.has(name)) return following === word['('];
    const macro = this.#options.isOpaque?.(name) === true ? undefined : this.definitionOf(name);
    if (macro !== undefined) {
      this.#depth++;
      const isWorth = this.#isWorthExpanding(name, macro);
      this.#depth--;
      return isWorth;
    }
    return following === word['('] && !(name < valueWords.length && valueWords[name] === 1);
  }
}

const effectWords = wordSet(
  'if',
  'else',
  'while',
  'do',
  'for',
  'switch',
  'case',
  'default',
  'goto',
  'break',
  'continue',
  'return',
  '__try',
  '__except',
  '__finally',
  '__leave',
  'try',
  'except',
  'finally',
  'leave',
  'catch',
  'throw',
  'co_return',
  '=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '<<=',
  '>>=',
  '&=',
  '^=',
  '|=',
  '++',
  '--',
  '##',
);
/** Words before `(` that make no call. */
const valueWords = wordSet(
  'sizeof',
  'alignof',
  '_Alignof',
  '__alignof',
  'TYPE_ALIGNMENT',
  'offsetof',
  'FIELD_OFFSET',
  'UFIELD_OFFSET',
  '__builtin_offsetof',
  '__uuidof',
  'typeid',
  'defined',
  '__declspec',
  '_declspec',
  '__attribute__',
  '__pragma',
  '_Pragma',
  'decltype',
  'alignas',
  'static_assert',
  '_Static_assert',
  'C_ASSERT',
  'typeof',
  '__typeof__',
  'const',
  'volatile',
  'void',
  'char',
  'short',
  'int',
  'long',
  'unsigned',
  'signed',
  'float',
  'double',
  'struct',
  'union',
  'and',
  'or',
  'not',
);

function isOpening(atom: Atom): boolean {
  return atom === word['('] || atom === word['{'] || atom === word['['];
}

function isClosing(atom: Atom): boolean {
  return atom === word[')'] || atom === word['}'] || atom === word[']'];
}

/** An object-like macro that stands for exactly one name. */
function isAlias({ definition, table }: ResolvedMacro): boolean {
  const { from, to } = definition.body;
  return definition.params === undefined && to - from === 1 && table.kind[from] === TokenKind.Identifier;
}

/** Of several definitions in reach: the first with a replacement (variants for other configurations are often empty). */
function preferred(candidates: readonly Located[]): Located | undefined {
  return candidates.find(({ definition }) => definition.body.to > definition.body.from) ?? candidates[0];
}

function nearest(candidates: readonly Located[], path: string): Located | undefined {
  let best: Located | undefined;
  let longest = -1;
  for (const candidate of candidates) {
    const shared = sharedFolders(candidate.path, path);
    if (shared <= longest) continue;
    longest = shared;
    best = candidate;
  }
  return best;
}

/** A macro in another source file is that file's own. */
function isHeader(path: string): boolean {
  return /\.(?:h|hh|hpp|hxx|inl|inc)$/i.test(path);
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function sharedFolders(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  let n = 0;
  while (n < left.length - 1 && left[n] === right[n]) n++;
  return n;
}
