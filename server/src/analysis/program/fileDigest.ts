/**
 * What cutting a workspace into independent parts needs of one file: small plain data that crosses threads, so that the file's
 * text and tokens can be let go in between.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import { TokenKind } from '../../syntax/tokenTable.ts';
import type { FileStructure, TokenTable } from '../../syntax/fileStructure.ts';
import { readStructure } from '../../syntax/structure.ts';
import type { DdiFacts } from '../../ddi/ddiFacts.ts';
import type { AnalysisSettings } from '../program.ts';
import { indexFile } from './fileIndex.ts';
import { isHeader, type ProjectMember } from './projects.ts';

/** One file as the partition sees it. Names that are only compared are hashes: equal names have equal ones, not the reverse. */
export interface FileDigest extends ProjectMember {
  /** include directives as written */
  readonly includes: readonly string[];
  /** names of functions that another project could be linked with */
  readonly exported: readonly string[];
  /** names of all functions defined here that the whole project sees */
  readonly shared: Uint32Array;
  /** names of all functions defined here */
  readonly defined: Uint32Array;
  /** identifiers of the text and of its macros, each once */
  readonly mentioned: Uint32Array;
  /** characters of the text */
  readonly size: number;
}

/** What digests are made with; the table only serves to read the texts. */
export interface DigestOptions {
  readonly settings: AnalysisSettings;
  readonly ddi: DdiFacts;
  readonly atoms: AtomTable;
}

/** Makes the digest of a text; `projectDefines` are those of the file's own project. */
export type Digester = (
  path: string,
  text: string,
  projectDefines: Readonly<Record<string, string>>,
) => FileDigest;

/** A digester that keeps the hashes of names. */
export function createDigester({ settings, ddi, atoms }: DigestOptions): Digester {
  const hashes: number[] = [];
  const hashOf = (name: Atom): number => (hashes[name] ??= hashName(atoms.text(name)));
  return (path, text, projectDefines) => {
    const structure = readStructure(text, atoms, { ...projectDefines, ...settings.defines });
    const index = indexFile(text, structure, atoms, (name) => ddi.entryPoint(name) !== undefined);
    const isIncluded = isHeader(path);
    const { functions } = structure;
    const shared = functions.filter(({ isStatic, scope }) => !isStatic || scope !== '' || isIncluded);
    const exported = functions.filter(({ isStatic, scope }) => !isStatic && scope === '' && !isIncluded);
    return {
      path,
      hasEntryPoint: index.hasEntryPoint,
      mode: index.includeMode,
      includes: structure.includes.map((include) => include.path),
      exported: exported.map(({ name }) => atoms.text(name)),
      shared: Uint32Array.from(shared, ({ name }) => hashOf(name)),
      defined: Uint32Array.from(functions, ({ name }) => hashOf(name)),
      mentioned: Uint32Array.from(identifiersOf(structure), hashOf),
      size: text.length,
    };
  };
}

function identifiersOf({ tokens, directiveTokens }: FileStructure): Set<Atom> {
  const names = new Set<Atom>();
  for (const table of [tokens, directiveTokens]) addIdentifiers(names, table);
  return names;
}

function addIdentifiers(names: Set<Atom>, { count, kind, atom }: TokenTable): void {
  for (let t = 0; t < count; t++) if (kind[t] === TokenKind.Identifier) names.add(atom[t] ?? 0);
}

/** FNV-1a over UTF-16 units. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
