/**
 * The one mutable thing of the server: which texts there are (from disk, and from open documents over them), the
 * configuration, and the newest snapshot, which is made when it is asked for. It reads no file and sends no message.
 */
import { extensionOf, pathKey } from '../base/paths.ts';
import type { AnalysisSettings, FileUnit } from '../analysis/program.ts';
import type { FactsFile } from '../protocol/factsFormat.ts';
import type { Snapshot } from '../features/snapshot.ts';
import { createProgramHost, type HostedPrograms } from './hostedPrograms.ts';

/** What decides the analysis besides the texts. */
export interface WorldConfiguration {
  readonly analysis: AnalysisSettings;
  /** rows of `.irql-lens/facts.json`, in order of the workspace's folders */
  readonly facts: readonly FactsFile[];
}

/** The world of one server. */
export interface World {
  /** Sets or removes a text read from disk. An open document of that path goes on to count. */
  readonly setDiskText: (path: string, text: string | undefined) => void;
  /** Sets or removes the text of an open document. */
  readonly setOpenText: (path: string, text: string | undefined) => void;
  readonly configure: (configuration: WorldConfiguration) => void;
  /** The newest snapshot; made now where something changed. Throws what the analysis throws. */
  readonly snapshot: () => Snapshot;
  readonly isDirty: () => boolean;
  /** Counts changes: equal numbers, equal answers. */
  readonly version: () => number;
  /** The file of a path in the newest snapshot; case does not matter on Windows drives. */
  readonly fileOf: (snapshot: Snapshot, path: string) => FileUnit | undefined;
  readonly knows: (path: string) => boolean;
  readonly openPaths: () => readonly string[];
  readonly nFiles: () => number;
  /** Forgets all texts from disk. */
  readonly clearDisk: () => void;
}

/** Whether the analysis reads files of this name. */
export function isSourcePath(path: string): boolean {
  return /^(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inl|inc|ipp|tpp)$/.test(extensionOf(path));
}

/** Whether the file says what belongs to a driver. */
export function isProjectPath(path: string): boolean {
  return /^(?:vcxproj|props)$/.test(extensionOf(path));
}

/** An empty world. */
export function createWorld(initial: WorldConfiguration): World {
  let configuration = initial;
  const disk = new Map<string, string>();
  const open = new Map<string, string>();
  /** pathKey -> the spelling in use */
  const spelling = new Map<string, string>();
  const changed = new Set<string>();
  let host: HostedPrograms = createProgramHost(configuration);
  let snapshot: Snapshot | undefined;
  let version = 0;
  const spell = (path: string): string => {
    const key = pathKey(path);
    const known = spelling.get(key);
    if (known !== undefined) return known;
    spelling.set(key, path);
    return path;
  };
  const set = (texts: Map<string, string>, path: string, text: string | undefined): void => {
    const name = spell(path);
    if (texts.get(name) === text) return;
    if (text === undefined) texts.delete(name);
    else texts.set(name, text);
    if (texts === disk && open.has(name)) return;
    changed.add(name);
    version++;
  };
  const textOf = (name: string): string | undefined => open.get(name) ?? disk.get(name);
  return {
    setDiskText: (path, text) => set(disk, path, text),
    setOpenText: (path, text) => set(open, path, text),
    configure(next) {
      configuration = next;
      host = createProgramHost(next);
      for (const name of [...disk.keys(), ...open.keys()]) changed.add(name);
      snapshot = undefined;
      version++;
    },
    snapshot() {
      if (snapshot !== undefined && changed.size === 0) return snapshot;
      const updatesOf = (names: Iterable<string>) => [...names].map((path) => ({ path, text: textOf(path) }));
      const all = new Set([...disk.keys(), ...open.keys()]);
      try {
        snapshot = host.update(updatesOf(changed));
      } catch {
        // What was kept from before may be at fault: once more from nothing. A second failure is the caller's to tell.
        host = createProgramHost(configuration);
        for (const name of all) changed.add(name);
        snapshot = host.update(updatesOf(changed));
      }
      changed.clear();
      return snapshot;
    },
    isDirty: () => snapshot === undefined || changed.size > 0,
    version: () => version,
    fileOf: (current, path) => current.program.files.get(spell(path)),
    knows: (path) => textOf(spell(path)) !== undefined,
    openPaths: () => [...open.keys()],
    nFiles: () => new Set([...disk.keys(), ...open.keys()]).size,
    clearDisk() {
      for (const name of disk.keys()) if (!open.has(name)) changed.add(name);
      disk.clear();
      version++;
    },
  };
}
