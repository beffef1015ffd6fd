/**
 * Names of the workspace that may be functions, function types, or macros that hide a function's name. Bit maps by atom that
 * only grow: a name too many costs a look at a body, a name too few would lose a registration.
 */
import type { Atom } from '../../syntax/atoms.ts';
import type { FileStructure } from '../../syntax/fileStructure.ts';
import { TokenKind } from '../../syntax/tokenTable.ts';
import { word } from '../../syntax/vocabulary.ts';
import type { FileIndex } from './fileIndex.ts';
import type { FunctionNames } from './functionUses.ts';

const FUNCTION = 1;
const TYPE = 2;
const MACRO = 4;

/** The growing table of one host. */
export class FunctionNameTable implements FunctionNames {
  #bits = new Uint8Array(1 << 16);

  isFunction(name: Atom): boolean {
    return ((this.#bits[name] ?? 0) & FUNCTION) !== 0;
  }

  isFunctionType(name: Atom): boolean {
    return ((this.#bits[name] ?? 0) & TYPE) !== 0;
  }

  isSuspectMacro(name: Atom): boolean {
    return ((this.#bits[name] ?? 0) & MACRO) !== 0;
  }

  /** Adds the names of a file; returns the function names that are new. */
  addFile(structure: FileStructure, index: FileIndex): Atom[] {
    const added: Atom[] = [];
    for (const name of index.functions.keys()) if (this.#add(name, FUNCTION)) added.push(name);
    for (const { name, isFunctionType, isFunctionPointer } of structure.aliases) {
      if (isFunctionType || isFunctionPointer) this.#add(name, TYPE);
    }
    return added;
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
