// Reads a folder of C and C++ sources and builds structures and macro scopes, for the scripts that measure the front end.
import {
  createAtomTable,
  createIncludeResolver,
  createMacroEnvironment,
  readStructure,
  type MacroEnvironment,
} from '../server/src/syntax/frontEnd.ts';
import { isSourcePath } from '../server/src/lsp/world.ts';
import { listTree, readSource } from '../server/src/node/sourceTree.ts';
import type { AtomTable } from '../server/src/syntax/atoms.ts';
import type { FileStructure } from '../server/src/syntax/fileStructure.ts';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** All source files under `folder`, in the order of their paths; `tools/sdv` is left out. */
export function readSources(folder: string): SourceFile[] {
  const { files } = listTree(folder, folder, (name) => /[\\/]tools[\\/]sdv$/i.test(name));
  return files.flatMap(({ path }) => {
    const source = isSourcePath(path) ? readSource(path) : { reason: 'a project file' };
    return 'text' in source ? [{ path, text: source.text }] : [];
  });
}

/** Names for whose sake macros are expanded when no facts are at hand. */
export const lockName = /^(?:Ke|Ex|Ndis|Wdf|Io|Fsrtl|Flt|StorPort)\w*(?:Acquire|Release|Raise|Lower)\w*$/;

/** Structures and macros of all files. */
export function buildEnvironment(
  files: readonly SourceFile[],
  atoms: AtomTable = createAtomTable(),
): { atoms: AtomTable; structures: Map<string, FileStructure>; environment: MacroEnvironment } {
  const structures = new Map(files.map((file) => [file.path, readStructure(file.text, atoms)]));
  const environment = createMacroEnvironment({
    atoms,
    files: structures,
    resolveInclude: createIncludeResolver(structures.keys()),
    defines: {},
    isInteresting: (name) => lockName.test(atoms.text(name)),
  });
  return { atoms, structures, environment };
}
