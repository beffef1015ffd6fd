/**
 * Gives functions their ids and records from snapshot to snapshot. A function that keeps its name in its file keeps its id; one
 * that keeps its tokens keeps its record too. Ids stay dense: the last function moves into the place of one that went away.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { FunctionDefinition } from '../../syntax/fileStructure.ts';
import { TokenKind } from '../../syntax/tokenTable.ts';
import type { FunctionId } from '../program.ts';
import { HostedFunction, type FunctionRecord, type UnitSource } from './functionUnit.ts';
import { typeAtomOf } from './typeRef.ts';
import type { HostedFile } from './workspaceProgram.ts';

/** Names of macros that changed; `unchanged` when none did, `unknown` when nobody compared. */
export type ChangedMacros = ReadonlySet<Atom> | 'unchanged' | 'unknown';

/** One host's ids. A round is `begin`, any number of `place`, `release` and `renew`, `finish`. */
export interface FunctionIds {
  begin(functions: readonly HostedFunction[]): void;
  /** Gives ids and units to the functions of a file that was read again, matching them with the old ones. */
  place(file: HostedFile, old: HostedFile | undefined, macros: ChangedMacros): HostedFile;
  release(file: HostedFile): void;
  /** New records for functions in `paths` that use a changed macro, new units for those with a changed declaration; forgets uses where a new function name is mentioned or a parameter's type became or ceased to be a function's. */
  renew(
    files: Map<string, HostedFile>,
    paths: ReadonlySet<string>,
    macros: ReadonlySet<Atom> | undefined,
    declared: ReadonlySet<Atom>,
    newNames: readonly Atom[],
    types: ReadonlySet<Atom>,
  ): void;
  finish(files: Map<string, HostedFile>): HostedFunction[];
  haveIdsChanged(path: string): boolean;
  /** functions of the file that got a new record in this round, each with the record it had */
  changedRecords(path: string): readonly ChangedRecord[];
  haveOthersMoved(): boolean;
}

/** A function whose tokens changed, or that is new. */
export interface ChangedRecord {
  readonly id: FunctionId;
  readonly before: FunctionRecord | undefined;
}

/** Makes the ids of a host. */
export function createFunctionIds(atoms: AtomTable, source: UnitSource): FunctionIds {
  return new Ids(atoms, source);
}

class Ids implements FunctionIds {
  readonly #atoms: AtomTable;
  readonly #source: UnitSource;
  #functions: (HostedFunction | undefined)[] = [];
  #free: FunctionId[] = [];
  #idsChanged = new Set<string>();
  #changed = new Map<string, ChangedRecord[]>();
  #hasMoved = false;
  #nextStamp = 1;

  constructor(atoms: AtomTable, source: UnitSource) {
    this.#atoms = atoms;
    this.#source = source;
  }

  haveIdsChanged(path: string): boolean {
    return this.#idsChanged.has(path);
  }

  changedRecords(path: string): readonly ChangedRecord[] {
    return this.#changed.get(path) ?? [];
  }

  haveOthersMoved(): boolean {
    return this.#hasMoved;
  }

  begin(functions: readonly HostedFunction[]): void {
    this.#functions = functions.slice();
    this.#free = [];
    this.#idsChanged = new Set();
    this.#changed = new Map();
    this.#hasMoved = false;
  }

  release(file: HostedFile): void {
    for (const id of file.functionIds) this.#drop(id);
  }

  place(file: HostedFile, old: HostedFile | undefined, macros: ChangedMacros): HostedFile {
    const isSameFile =
      old !== undefined &&
      old.structure === file.structure &&
      old.project === file.project &&
      old.mode === file.mode;
    if (isSameFile && macros !== 'unknown') return old;
    const { functions } = file.structure;
    const matched = matchFunctions(functions, old);
    const left = new Set(old?.functionIds ?? []);
    for (const match of matched) if (match !== undefined) left.delete(match.id);
    const spare = [...left];
    const ids: FunctionId[] = [];
    const records: FunctionRecord[] = [];
    const changed: ChangedRecord[] = [];
    functions.forEach((head, i) => {
      const match = matched[i];
      let id = match?.id;
      if (id === undefined) {
        id = spare.shift() ?? this.#functions.push(undefined) - 1;
        this.#idsChanged.add(file.path);
      }
      const isKept = match?.record !== undefined && !usesMacro(file, head, macros);
      const record = isKept ? match.record : this.#newRecord();
      if (!isKept) changed.push({ id, before: match?.old });
      ids.push(id);
      records.push(record);
    });
    for (const id of spare) this.#drop(id);
    if (spare.length > 0) this.#idsChanged.add(file.path);
    this.#changed.set(file.path, changed);
    const placed: HostedFile = { ...file, functionIds: ids, records };
    functions.forEach((head, i) => this.#set(ids[i] ?? -1, placed, head, records[i] ?? this.#newRecord()));
    return placed;
  }

  renew(
    files: Map<string, HostedFile>,
    paths: ReadonlySet<string>,
    macros: ReadonlySet<Atom> | undefined,
    declared: ReadonlySet<Atom>,
    newNames: readonly Atom[],
    types: ReadonlySet<Atom>,
  ): void {
    if (macros === undefined && declared.size + newNames.length + types.size === 0) return;
    const names = new Set(newNames);
    for (const path of paths) {
      const file = files.get(path);
      if (file === undefined) continue;
      const records = file.records.slice();
      file.structure.functions.forEach((head, i) => {
        const record = records[i];
        if (record === undefined) return;
        if (names.size > 0 && mentions(file, head, names)) record.uses = undefined;
        if (types.size > 0 && head.params.some((param) => types.has(typeAtomOf(param, this.#atoms))))
          record.uses = undefined;
        const isRenewed = declared.has(head.name) || (macros !== undefined && mentions(file, head, macros));
        if (isRenewed) records[i] = this.#newRecord();
      });
      if (records.every((record, i) => record === file.records[i])) continue;
      const renewed: HostedFile = { ...file, records };
      files.set(path, renewed);
      this.#setAll(renewed);
    }
  }

  finish(files: Map<string, HostedFile>): HostedFunction[] {
    const moved = new Set<string>();
    for (const hole of this.#free.sort((a, b) => a - b)) {
      while (this.#functions.length > 0 && this.#functions.at(-1) === undefined) this.#functions.pop();
      if (hole >= this.#functions.length) break;
      const last = this.#functions.pop();
      if (last !== undefined) this.#move(last, hole, files, moved);
    }
    for (const path of moved) {
      const file = files.get(path);
      if (file !== undefined) this.#setAll(file);
    }
    return this.#functions.filter((unit) => unit !== undefined);
  }

  #move(unit: HostedFunction, id: FunctionId, files: Map<string, HostedFile>, moved: Set<string>): void {
    const file = files.get(unit.file.path);
    if (file === undefined) return;
    const functionIds = file.functionIds.map((each) => (each === unit.id ? id : each));
    files.set(file.path, { ...file, functionIds });
    this.#functions[id] = new HostedFunction(id, unit.name, unit.file, unit.head, unit.record, this.#source);
    this.#hasMoved = true;
    moved.add(file.path);
  }

  #setAll(file: HostedFile): void {
    file.structure.functions.forEach((head, i) => {
      const record = file.records[i];
      if (record !== undefined) this.#set(file.functionIds[i] ?? -1, file, head, record);
    });
  }

  #set(id: FunctionId, file: HostedFile, head: FunctionDefinition, record: FunctionRecord): void {
    this.#functions[id] = new HostedFunction(
      id,
      this.#atoms.text(head.name),
      file,
      head,
      record,
      this.#source,
    );
  }

  #drop(id: FunctionId): void {
    this.#functions[id] = undefined;
    this.#free.push(id);
  }

  #newRecord(): FunctionRecord {
    return { stamp: this.#nextStamp++, parsed: undefined, uses: undefined };
  }
}

interface Match {
  readonly id: FunctionId;
  /** the old record when the tokens are the same */
  readonly record: FunctionRecord | undefined;
  readonly old: FunctionRecord | undefined;
}

/** Pairs each function with an old one of the same name: one with the same tokens where there is one, else in order. */
function matchFunctions(
  functions: readonly FunctionDefinition[],
  old: HostedFile | undefined,
): (Match | undefined)[] {
  const matches = new Array<Match | undefined>(functions.length).fill(undefined);
  if (old === undefined) return matches;
  const waiting = new Map<string, number[]>();
  old.structure.functions.forEach((head, i) => {
    const key = `${head.scope}:${String(head.name)}`;
    const places = waiting.get(key);
    if (places === undefined) waiting.set(key, [i]);
    else places.push(i);
  });
  const take = (i: number, isExact: boolean): void => {
    const head = functions[i];
    const places = head === undefined ? undefined : waiting.get(`${head.scope}:${String(head.name)}`);
    if (head === undefined || places === undefined || matches[i] !== undefined) return;
    const at = isExact
      ? places.findIndex((place) => old.structure.functions[place]?.hash === head.hash)
      : places.length - 1;
    const place = places[at];
    if (place === undefined) return;
    places.splice(at, 1);
    const record = old.records[place];
    matches[i] = { id: old.functionIds[place] ?? -1, record: isExact ? record : undefined, old: record };
  };
  for (let i = 0; i < functions.length; i++) take(i, true);
  for (let i = 0; i < functions.length; i++) take(i, false);
  return matches;
}

function usesMacro(file: HostedFile, head: FunctionDefinition, macros: ChangedMacros): boolean {
  if (macros === 'unchanged') return false;
  return macros === 'unknown' || mentions(file, head, macros);
}

/** Whether the body mentions one of the names. */
function mentions(
  { structure: { tokens } }: HostedFile,
  { bodyTokens }: FunctionDefinition,
  names: ReadonlySet<Atom>,
): boolean {
  for (let t = bodyTokens.from; t < bodyTokens.to; t++) {
    if (tokens.kind[t] === TokenKind.Identifier && names.has(tokens.atom[t] ?? 0)) return true;
  }
  return false;
}
