// Parses a piece of C or C++ for tests: one file, optionally with headers, no driver around it.
import {
  createAtomTable,
  createIncludeResolver,
  createMacroEnvironment,
  parseBody,
  readStructure,
} from '../../server/src/syntax/frontEnd.ts';
import type { AtomTable } from '../../server/src/syntax/atoms.ts';
import type { FileStructure } from '../../server/src/syntax/fileStructure.ts';
import type { BodyIr } from '../../server/src/syntax/ir.ts';
import type { MacroScope } from '../../server/src/syntax/macroEnvironment.ts';

export interface ParseOptions {
  readonly defines?: Readonly<Record<string, string>>;
  /** further files by name */
  readonly files?: Readonly<Record<string, string>>;
  readonly isOpaque?: (name: string) => boolean;
  readonly isInteresting?: (name: string) => boolean;
}

export interface ParsedSource {
  readonly atoms: AtomTable;
  readonly text: string;
  readonly structure: FileStructure;
  readonly scope: MacroScope;
  readonly bodies: readonly { readonly name: string; readonly ir: BodyIr }[];
}

/** Reads `text` as `/driver/driver.c` and parses all its bodies. */
export function parseSource(text: string, options: ParseOptions = {}): ParsedSource {
  const atoms = createAtomTable();
  const { defines = {}, isOpaque, isInteresting } = options;
  const files = new Map<string, FileStructure>();
  const main = '/driver/driver.c';
  const structure = readStructure(text, atoms, defines);
  files.set(main, structure);
  for (const [name, content] of Object.entries(options.files ?? {}))
    files.set(`/driver/${name}`, readStructure(content, atoms, defines));
  const environment = createMacroEnvironment({
    atoms,
    files,
    resolveInclude: createIncludeResolver(files.keys()),
    defines,
    isInteresting: (name) =>
      isInteresting?.(atoms.text(name)) ?? /^(Ke|Ex)(Acquire|Release|Raise|Lower)/.test(atoms.text(name)),
    isOpaque: (name) => isOpaque?.(atoms.text(name)) ?? false,
  });
  const scope = environment.forFile(main);
  const bodies = structure.functions.map((fn) => ({
    name: atoms.text(fn.name),
    ir: parseBody(text, structure, fn, scope, atoms),
  }));
  return { atoms, text, structure, scope, bodies };
}
