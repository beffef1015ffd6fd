/**
 * What an edit touches beyond its own file: projects that see the file, macros whose meaning changed, functions whose declarations did.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { FileStructure, MacroDefinition } from '../../syntax/fileStructure.ts';
import { TokenKind } from '../../syntax/tokenTable.ts';
import type { HostedFile, WorkspaceProgram } from './workspaceProgram.ts';

/** An old and a new version of a file. */
export type FileVersions = readonly [old: HostedFile, fresh: HostedFile];

/** Keys of the projects that have looked at the file: its own, and those that include it or link its library. */
export function affectedProjects(path: string, program: WorkspaceProgram): ReadonlySet<string> {
  const own = program.parts.projects.projectsOf(path);
  const keys = new Set(own);
  for (const [key, index] of program.parts.caches.indexes) {
    if (index.outsideHeaders.has(path) || index.libraries.some((library) => own.includes(library)))
      keys.add(key);
  }
  return keys;
}

/** Macros whose replacement changed, came or went, and the macros that name them; undefined when no file's macros changed. */
export function changedMacroUsers(
  versions: readonly FileVersions[],
  program: WorkspaceProgram,
  atoms: AtomTable,
): ReadonlySet<Atom> | undefined {
  const changed = new Set<Atom>();
  let isAny = false;
  for (const [old, fresh] of versions) {
    if (old.index.macroHash === fresh.index.macroHash) continue;
    isAny = true;
    const before = spellMacros(old.structure, atoms);
    const after = spellMacros(fresh.structure, atoms);
    for (const [name, text] of before) if (after.get(name) !== text) changed.add(name);
    for (const name of after.keys()) if (!before.has(name)) changed.add(name);
    // Includes may have changed: whatever the file could see is in doubt.
    if (includesOf(old) !== includesOf(fresh))
      for (const name of allMacros(program, old.path)) changed.add(name);
  }
  if (!isAny) return undefined;
  addUsers(changed, versions, program);
  return changed;
}

function includesOf(file: HostedFile): string {
  return file.structure.includes.map(({ path }) => path).join('\n');
}

function allMacros(program: WorkspaceProgram, path: string): Set<Atom> {
  const names = new Set<Atom>();
  for (const key of affectedProjects(path, program)) {
    for (const file of seenFiles(program, key)) for (const { name } of file.structure.macros) names.add(name);
  }
  return names;
}

function* seenFiles(program: WorkspaceProgram, key: string): Iterable<HostedFile> {
  const index = program.indexOf(key);
  for (const path of [...index.project.files, ...index.outsideHeaders]) {
    const file = program.files.get(path);
    if (file !== undefined) yield file;
  }
}

function spellMacros(structure: FileStructure, atoms: AtomTable): Map<Atom, string> {
  const texts = new Map<Atom, string>();
  for (const macro of structure.macros) {
    texts.set(macro.name, `${texts.get(macro.name) ?? ''}\n${spellMacro(structure, macro, atoms)}`);
  }
  return texts;
}

function spellMacro(
  { directiveTokens: { atom } }: FileStructure,
  macro: MacroDefinition,
  atoms: AtomTable,
): string {
  const words = [macro.conditions.join('|'), macro.params?.join(',') ?? '-'];
  for (let t = macro.body.from; t < macro.body.to; t++) words.push(atoms.text(atom[t] ?? 0));
  return words.join(' ');
}

/** Adds macros whose replacement names a changed one. */
function addUsers(changed: Set<Atom>, versions: readonly FileVersions[], program: WorkspaceProgram): void {
  const keys = new Set(versions.flatMap(([old]) => [...affectedProjects(old.path, program)]));
  closeOverUsers(changed, [...new Set([...keys].flatMap((key) => [...seenFiles(program, key)]))]);
}

function closeOverUsers(changed: Set<Atom>, files: readonly HostedFile[]): void {
  for (let size = -1; size !== changed.size;) {
    size = changed.size;
    for (const { structure } of files) {
      for (const { name, body } of structure.macros) {
        if (!changed.has(name) && namesOne(structure, body.from, body.to, changed)) changed.add(name);
      }
    }
  }
}

function namesOne(
  { directiveTokens }: FileStructure,
  from: number,
  to: number,
  names: ReadonlySet<Atom>,
): boolean {
  for (let t = from; t < to; t++) {
    if (directiveTokens.kind[t] === TokenKind.Identifier && names.has(directiveTokens.atom[t] ?? 0))
      return true;
  }
  return false;
}

/** Names whose prototypes, role declarations or function types differ between the versions. */
export function declaredNamesChanged(versions: readonly FileVersions[]): ReadonlySet<Atom> {
  const changed = new Set<Atom>();
  for (const [old, fresh] of versions) {
    if (old.index.declarationHash === fresh.index.declarationHash) continue;
    const before = spellDeclarations(old);
    const after = spellDeclarations(fresh);
    for (const [name, text] of before) if (after.get(name) !== text) changed.add(name);
    for (const name of after.keys()) if (!before.has(name)) changed.add(name);
    const types = changedAliases(old, fresh);
    for (const { name, typeName } of fresh.structure.typedDeclarations)
      if (types.has(typeName)) changed.add(name);
  }
  return changed;
}

/** What files that came, went or changed mean for functions of other files: names of macros and of declarations. */
export function compareLayouts(
  before: ReadonlyMap<string, HostedFile>,
  now: ReadonlyMap<string, HostedFile>,
): { readonly macros: ReadonlySet<Atom>; readonly declared: ReadonlySet<Atom> } {
  const macros = new Set<Atom>();
  const declared = new Set<Atom>();
  if (before.size === 0) return { macros, declared };
  const add = ({ structure }: HostedFile): void => {
    for (const { name } of structure.macros) macros.add(name);
    for (const { name } of [...structure.prototypes, ...structure.typedDeclarations]) declared.add(name);
  };
  for (const [path, file] of now) {
    const old = before.get(path);
    if (old?.structure === file.structure) continue;
    add(file);
    if (old !== undefined) add(old);
  }
  for (const [path, old] of before) if (!now.has(path)) add(old);
  if (macros.size > 0) closeOverUsers(macros, [...now.values()]);
  return { macros, declared };
}

function spellDeclarations({ structure, text }: HostedFile): Map<Atom, string> {
  const texts = new Map<Atom, string>();
  for (const { name, start, end } of [...structure.prototypes, ...structure.typedDeclarations]) {
    texts.set(name, `${texts.get(name) ?? ''}\n${text.slice(start, end)}`);
  }
  return texts;
}

function changedAliases(old: HostedFile, fresh: HostedFile): Set<Atom> {
  const spell = ({ structure, text }: HostedFile): Map<Atom, string> =>
    new Map(structure.aliases.map(({ name, start, end }) => [name, text.slice(start, end)]));
  const before = spell(old);
  const after = spell(fresh);
  const changed = new Set<Atom>();
  for (const [name, text] of after) if (before.get(name) !== text) changed.add(name);
  return changed;
}
