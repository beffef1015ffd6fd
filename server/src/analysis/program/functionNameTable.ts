/**
 * Names of the workspace that may be functions, function types, or macros that hide a function's name. Functions and macros only
 * grow: a name too many costs a look at a body, a name too few would lose a registration. Types are counted, they change answers.
 */
import type { Atom } from '../../syntax/atoms.ts';
import type { FileStructure } from '../../syntax/fileStructure.ts';
import { TokenKind } from '../../syntax/tokenTable.ts';
import { word } from '../../syntax/vocabulary.ts';
import type { FileIndex } from './fileIndex.ts';
import type { FunctionNames } from './functionUses.ts';

const FUNCTION = 1;
const MACRO = 2;

/** The growing table of one host. */
export class FunctionNameTable implements FunctionNames {
  #bits = new Uint8Array(1 << 16);
  readonly #types = new Map<Atom, number>();

  isFunction(name: Atom): boolean {
    return ((this.#bits[name] ?? 0) & FUNCTION) !== 0;
  }

  isFunctionType(name: Atom): boolean {
    return this.#types.has(name);
  }

  isSuspectMacro(name: Atom): boolean {
    return ((this.#bits[name] ?? 0) & MACRO) !== 0;
  }

  /** Adds the names of a file; returns the function names that are new. */
  addFile(index: FileIndex): Atom[] {
    const added: Atom[] = [];
    for (const name of index.functions.keys()) if (this.#add(name, FUNCTION)) added.push(name);
    return added;
  }

  /** Counts the function types of a file that was read in place of another; returns the names that came or went altogether. */
  replaceTypes(old: FileStructure | undefined, fresh: FileStructure | undefined): Atom[] {
    const before = functionTypes(old);
    const after = functionTypes(fresh);
    for (const name of after) this.#types.set(name, (this.#types.get(name) ?? 0) + 1);
    for (const name of before) {
      const count = (this.#types.get(name) ?? 0) - 1;
      if (count > 0) this.#types.set(name, count);
      else this.#types.delete(name);
    }
    const isNew = (name: Atom): boolean => !before.has(name) && this.#types.get(name) === 1;
    return [...[...after].filter(isNew), ...[...before].filter((name) => !this.#types.has(name))];
  }

  /** Marks macros whose replacement names a function without calling it, directly or through such a macro. */
  findSuspectMacros(structures: readonly FileStructure[]): void {
    for (let round = 0, isChanged = true; isChanged && round < 4; round++) {
      isChanged = false;
      for (const { macros, directiveTokens } of structures) {
        for (const { name, body } of macros) {
          if (!this.isSuspectMacro(name) && this.#namesFunction(directiveTokens, body.from, body.to)) {
            isChanged = this.#add(name, MACRO) || isChanged;
          }
        }
      }
    }
  }

  #namesFunction(table: FileStructure['tokens'], from: number, to: number): boolean {
    for (let t = from; t < to; t++) {
      if (table.kind[t] !== TokenKind.Identifier) continue;
      const name = table.atom[t] ?? 0;
      if (this.isSuspectMacro(name)) return true;
      if (this.isFunction(name) && (t + 1 >= to || table.atom[t + 1] !== word['('])) return true;
    }
    return false;
  }

  #add(name: Atom, bit: number): boolean {
    if (name >= this.#bits.length) {
      const grown = new Uint8Array(Math.max(name + 1, this.#bits.length * 2));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    const before = this.#bits[name] ?? 0;
    this.#bits[name] = before | bit;
    return (before & bit) === 0;
  }
}

function functionTypes(structure: FileStructure | undefined): Set<Atom> {
  const types = structure?.aliases.filter((alias) => alias.isFunctionType || alias.isFunctionPointer) ?? [];
  return new Set(types.map(({ name }) => name));
}
