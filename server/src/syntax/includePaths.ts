/**
 * Paths in `#include` lines: backslashes, `..`, any letter case, as on Windows. Works on strings; reads no disk.
 */

/** Forward slashes, no `.` and no `a/..` parts; a drive letter or leading slash stays. */
export function normalizePath(path: string): string {
  const isAbsolute = /^[\\/]/.test(path);
  const parts: string[] = [];
  for (const part of path.split(/[\\/]+/)) {
    if (part === '' || part === '.') continue;
    const canRise = parts.length > 0 && parts.at(-1) !== '..' && !/^[A-Za-z]:$/.test(parts.at(-1)!);
    if (part === '..' && canRise) parts.pop();
    else if (part !== '..' || !isAbsolute) parts.push(part);
  }
  return (isAbsolute ? '/' : '') + parts.join('/');
}

/** Finds included files among the known ones. */
export interface IncludeResolver {
  (fromPath: string, include: { readonly path: string }): string | undefined;
}

/**
 * Makes a resolver over the paths of a workspace. Looks beside the including file first, then for a file whose path ends with the
 * written one (the nearest by shared folders, since include directories of the build are not known). Letter case does not matter.
 */
export function createIncludeResolver(paths: Iterable<string>): IncludeResolver {
  const byPath = new Map<string, string>();
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const key = normalizePath(path).toLowerCase();
    byPath.set(key, path);
    const name = key.slice(key.lastIndexOf('/') + 1);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [path]);
    else same.push(path);
  }
  return (fromPath, include) => {
    const from = normalizePath(fromPath);
    const folder = from.slice(0, from.lastIndexOf('/') + 1);
    const beside = byPath.get(normalizePath(folder + include.path).toLowerCase());
    return beside ?? nearestWithTail(byName, from, include.path);
  };
}

function nearestWithTail(
  byName: ReadonlyMap<string, readonly string[]>,
  from: string,
  written: string,
): string | undefined {
  const tail = normalizePath(written)
    .toLowerCase()
    .replace(/^(?:\.\.\/)+/, '');
  const name = tail.slice(tail.lastIndexOf('/') + 1);
  let best: string | undefined;
  let most = 0;
  for (const path of byName.get(name) ?? []) {
    const key = normalizePath(path).toLowerCase();
    if (key !== tail && !key.endsWith(`/${tail}`)) continue;
    const shared = sharedFolders(key, from.toLowerCase());
    // A header of another driver that shares no folder is not the one meant.
    if (shared <= most) continue;
    most = shared;
    best = path;
  }
  return best;
}

function sharedFolders(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  let n = 0;
  while (n < left.length - 1 && n < right.length - 1 && left[n] === right[n]) n++;
  return n;
}
