/**
 * What one file contributes to names: its functions and declarations by name, type-accessor macros, hashes that tell which
 * declarations changed. Derived from the file's structure alone; nothing is resolved across files here.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { FileStructure, FunctionPrototype, TypedDeclaration } from '../../syntax/fileStructure.ts';
import { TokenKind } from '../../syntax/tokenTable.ts';
import type { FileMode } from '../program.ts';
import { fileNameOf } from '../../base/paths.ts';

/** One file's names. Numbers in the maps are indexes into the lists of the file's structure. */
export interface FileIndex {
  readonly functions: ReadonlyMap<Atom, readonly number[]>;
  readonly prototypes: ReadonlyMap<Atom, readonly number[]>;
  readonly typedDeclarations: ReadonlyMap<Atom, readonly number[]>;
  readonly globals: ReadonlyMap<Atom, number>;
  /** context accessor -> the context type, of `WDF_DECLARE_CONTEXT_TYPE*` */
  readonly accessors: ReadonlyMap<Atom, Atom>;
  /** trace functions that a WPP configuration block in a comment declares */
  readonly traceFunctions: readonly Atom[];
  /** hash of everything outside function bodies, offsets not counted */
  readonly declarationHash: number;
  /** hash of macros and includes */
  readonly macroHash: number;
  readonly hasEntryPoint: boolean;
  /** what the includes alone say */
  readonly includeMode: FileMode;
}

const KERNEL_HEADERS = new Set([
  'ntddk.h',
  'wdm.h',
  'ntifs.h',
  'ndis.h',
  'fltkernel.h',
  'storport.h',
  'fwpsk.h',
  'fwpmk.h',
  'wsk.h',
  'portcls.h',
  'strmini.h',
  'hidport.h',
  'usbdlib.h',
  'dispmprt.h',
  'netcx.h',
  'acxdevice.h',
  'netadaptercx.h',
  'bdasup.h',
  'ataport.h',
  'minitape.h',
  'stdunk.h',
]);
const USER_HEADERS = new Set([
  'windows.h',
  'atlbase.h',
  'atlcom.h',
  'wudfddi.h',
  'winsock2.h',
  'winsvc.h',
  'tchar.h',
  'wrl.h',
  'setupapi.h',
  'cfgmgr32.h',
  'shlobj.h',
  'commctrl.h',
  'afxwin.h',
  'unknwn.h',
  'fltuser.h',
  'wdtfinterface.h',
  'winuser.h',
]);
/** Headers of the C library that programs include and drivers may. */
const MOSTLY_USER_HEADERS = new Set(['stdio.h', 'iostream']);

/** Indexes a file. `isEntryPoint` says whether a function of that name is an entry point of a driver. Linear in its tokens. */
export function indexFile(
  text: string,
  structure: FileStructure,
  atoms: AtomTable,
  isEntryPoint: (name: string) => boolean,
): FileIndex {
  return {
    functions: groupByName(structure.functions),
    prototypes: groupByName<FunctionPrototype>(structure.prototypes),
    typedDeclarations: groupByName<TypedDeclaration>(structure.typedDeclarations),
    globals: new Map(structure.globals.map(({ name }, i) => [name, i])),
    accessors: readAccessors(structure, atoms),
    traceFunctions: readTraceFunctions(text, atoms),
    declarationHash: hashDeclarations(structure),
    macroHash: hashMacros(structure),
    hasEntryPoint: structure.functions.some(
      ({ name, scope }) => scope === '' && isEntryPoint(atoms.text(name)),
    ),
    includeMode: modeOf(structure),
  };
}

function groupByName<T extends { readonly name: Atom }>(items: readonly T[]): Map<Atom, number[]> {
  const groups = new Map<Atom, number[]>();
  items.forEach(({ name }, i) => {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [i]);
    else group.push(i);
  });
  return groups;
}

function modeOf(structure: FileStructure): FileMode {
  let mode: FileMode = 'unknown';
  for (const { path } of structure.includes) {
    const name = fileNameOf(path.replaceAll('\\', '/')).toLowerCase();
    if (USER_HEADERS.has(name)) return 'user';
    if (KERNEL_HEADERS.has(name)) mode = 'kernel';
    else if (mode === 'unknown' && MOSTLY_USER_HEADERS.has(name)) mode = 'user';
  }
  return mode;
}

const DECLARE_CONTEXT = [
  'WDF_DECLARE_CONTEXT_TYPE',
  'WDF_DECLARE_CONTEXT_TYPE_WITH_NAME',
  'WDF_DECLARE_TYPE_AND_GLOBALS',
];

/** `WDF_DECLARE_CONTEXT_TYPE(T)` declares `WdfObjectGet_T`; the other form names the accessor. */
function readAccessors({ tokens }: FileStructure, atoms: AtomTable): Map<Atom, Atom> {
  const accessors = new Map<Atom, Atom>();
  const [plain = -1, named = -1] = DECLARE_CONTEXT.map((name) => atoms.find(name));
  if (plain < 0 && named < 0) return accessors;
  const { atom } = tokens;
  for (let i = 0; i + 2 < tokens.count; i++) {
    const name = atom[i] ?? 0;
    if ((name !== plain && name !== named) || tokens.kind[i] !== TokenKind.Identifier) continue;
    const type = atom[i + 2] ?? 0;
    if (name === plain) accessors.set(atoms.intern(`WdfObjectGet_${atoms.text(type)}`), type);
    else if (i + 4 < tokens.count) accessors.set(atom[i + 4] ?? 0, type);
  }
  return accessors;
}

/** `// FUNC Trace{FLAG=ALL}(LEVEL, MSG, ...);` between `begin_wpp config` and `end_wpp`. */
function readTraceFunctions(text: string, atoms: AtomTable): Atom[] {
  const names: Atom[] = [];
  for (let at = text.indexOf('begin_wpp config'); at >= 0; at = text.indexOf('begin_wpp config', at + 1)) {
    const end = text.indexOf('end_wpp', at);
    const block = text.slice(at, end < 0 ? undefined : end);
    for (const [, name = ''] of block.matchAll(/^[ \t/*]*FUNC\s+([A-Za-z_]\w*)/gm))
      names.push(atoms.intern(name));
  }
  return names;
}

function mix(hash: number, value: number): number {
  const h = Math.imul(hash ^ value, 0x01000193);
  return h ^ (h >>> 15);
}

function hashDeclarations({ tokens, functions }: FileStructure): number {
  let hash = functions.length;
  let next = 0;
  for (let i = 0; i < tokens.count; i++) {
    while (next < functions.length && (functions[next]?.bodyTokens.to ?? 0) <= i) next++;
    const body = functions[next]?.bodyTokens;
    if (body !== undefined && i >= body.from && i < body.to) i = body.to - 1;
    else if (tokens.kind[i] !== TokenKind.Directive) hash = mix(hash, tokens.atom[i] ?? 0);
  }
  return hash;
}

function hashMacros({ directives, directiveTokens }: FileStructure): number {
  let hash = directives.length;
  for (const { kind, from, to } of directives) {
    hash = mix(hash, kind);
    for (let i = from; i < to; i++) hash = mix(hash, directiveTokens.atom[i] ?? 0);
  }
  return hash;
}
