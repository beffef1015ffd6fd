/**
 * An immutable map with few entries, in two arrays: states are made by the hundred thousand, and copying arrays is much
 * cheaper than copying a Map. Look-ups are linear. Entries keep the order in which their keys first came.
 */
import type { Value } from '../facts.ts';

/** Values by key; every change gives a new map, or the same one when nothing changes. */
export class ValueMap implements ReadonlyMap<string, Value> {
  static readonly empty = new ValueMap([], []);

  readonly #keys: readonly string[];
  readonly #values: readonly Value[];

  constructor(keys: readonly string[], values: readonly Value[]) {
    this.#keys = keys;
    this.#values = values;
  }

  /** A map with the entries of any other. */
  static from(entries: Iterable<readonly [string, Value]>): ValueMap {
    if (entries instanceof ValueMap) return entries;
    const map = new Map(entries);
    return new ValueMap([...map.keys()], [...map.values()]);
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): Value | undefined {
    const index = this.#keys.indexOf(key);
    return index < 0 ? undefined : this.#values[index];
  }

  has(key: string): boolean {
    return this.#keys.includes(key);
  }

  /** The map with `key` bound to `value`. */
  with(key: string, value: Value): ValueMap {
    const index = this.#keys.indexOf(key);
    if (index >= 0) return new ValueMap(this.#keys, this.#values.with(index, value));
    return new ValueMap([...this.#keys, key], [...this.#values, value]);
  }

  /** The map with each entry replaced by what `change` gives; undefined drops it. The same map when nothing changes. */
  map(change: (key: string, value: Value) => Value | undefined): ValueMap {
    const keys = this.#keys;
    const values = this.#values;
    let newKeys: string[] | undefined;
    let newValues: Value[] = [];
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? '';
      const value = values[i];
      if (value === undefined) continue;
      const changed = change(key, value);
      if (newKeys === undefined) {
        if (changed === value) continue;
        newKeys = keys.slice(0, i);
        newValues = values.slice(0, i);
      }
      if (changed === undefined) continue;
      newKeys.push(key);
      newValues.push(changed);
    }
    return newKeys === undefined ? this : new ValueMap(newKeys, newValues);
  }

  forEach(visit: (value: Value, key: string, map: ReadonlyMap<string, Value>) => void): void {
    this.#keys.forEach((key, i) => {
      const value = this.#values[i];
      if (value !== undefined) visit(value, key, this);
    });
  }

  keys(): MapIterator<string> {
    return new Map(this.entries()).keys();
  }

  values(): MapIterator<Value> {
    return new Map(this.entries()).values();
  }

  entries(): MapIterator<[string, Value]> {
    const entries: [string, Value][] = [];
    this.forEach((value, key) => entries.push([key, value]));
    return new Map(entries).entries();
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }
}
