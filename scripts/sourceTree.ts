// Reads a folder of C and C++ sources and builds structures and macro scopes, for the scripts that measure the front end.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  createAtomTable,
  createIncludeResolver,
  createMacroEnvironment,
  decodeSource,
  readStructure,
  type MacroEnvironment,
} from '../server/src/syntax/frontEnd.ts';
import type { AtomTable } from '../server/src/syntax/atoms.ts';
import type { FileStructure } from '../server/src/syntax/fileStructure.ts';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const sourcePattern = /\.(?:c|cpp|h|cxx|hpp|hxx|cc|inl)$/i;

/** All source files under `folder`, sorted; `.git` and `tools/sdv` are left out. */
export function readSources(folder: string): SourceFile[] {
  const files: SourceFile[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const full = path.join(directory, entry.name);
      const isLeftOut = entry.name === '.git' || /[\\/]tools[\\/]sdv$/i.test(full);
      if (entry.isDirectory() && !isLeftOut) visit(full);
      else if (entry.isFile() && sourcePattern.test(entry.name)) {
        const { text } = decodeSource(readFileSync(full));
        files.push({ path: full.replaceAll('\\', '/'), text });
      }
    }
  };
  visit(folder);
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
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
