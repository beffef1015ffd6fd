/**
 * Interned identifiers: one number per distinct spelling, shared by all files of a workspace.
 * Comparing names is comparing numbers; the table only grows and never frees.
 */

/** The number of an interned spelling; 0 is the empty string. */
export type Atom = number;

/** A two-way table between spellings and atoms. */
export interface AtomTable {
  /** The atom of `text`, created when new. */
  intern(text: string): Atom;
  /** The atom of `text`, or -1 when it was never interned; does not grow the table. */
  find(text: string): Atom;
  /** The spelling of `atom`. */
  text(atom: Atom): string;
  /** How many atoms exist; valid atoms are 0..size-1. */
  readonly size: number;
}

/** Makes an empty atom table (atom 0 is the empty string). */
export function createAtomTable(): AtomTable {
  const texts: string[] = [''];
  const atoms = new Map<string, Atom>([['', 0]]);
  return {
    intern(text) {
      const known = atoms.get(text);
      if (known !== undefined) return known;
      const atom = texts.length;
      texts.push(text);
      atoms.set(text, atom);
      return atom;
    },
    find: (text) => atoms.get(text) ?? -1,
    text: (atom) => texts[atom] ?? '',
    get size() {
      return texts.length;
    },
  };
}
