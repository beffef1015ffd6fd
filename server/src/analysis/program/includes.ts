/**
 * Finds the workspace file that an `#include` means, as a Windows build would: ignoring case, either slash, beside the
 * includer first, then in the project's include folders, then the nearest file whose path ends so. No file is read.
 */
import { fileNameOf, folderOf, resolvePath } from '../../base/paths.ts';
import { commonLength } from './projects.ts';

/** Answers where includes lead; answers hold as long as the set of files is the same. */
export interface IncludeResolver {
  /** Path of the file meant by an include as it is written, or undefined when it is not in the workspace (an SDK header, a missing file). */
  resolve(fromPath: string, include: string, includeFolders: readonly string[]): string | undefined;
}

/** Makes the resolver for a set of normal paths. Linear in their number. */
export function createIncludeResolver(paths: Iterable<string>): IncludeResolver {
  const byKey = new Map<string, string>();
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    byKey.set(path.toLowerCase(), path);
    const name = fileNameOf(path).toLowerCase();
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [path]);
    else same.push(path);
  }
  const cache = new Map<string, string | undefined>();
  const at = (folder: string, include: string): string | undefined =>
    byKey.get(resolvePath(folder, include).toLowerCase());
  return {
    resolve(fromPath, include, includeFolders) {
      const folder = folderOf(fromPath);
      const key = `${folder}\n${include}\n${includeFolders.join('\n')}`;
      if (cache.has(key)) return cache.get(key);
      let found = at(folder, include);
      for (let i = 0; found === undefined && i < includeFolders.length; i++)
        found = at(includeFolders[i] ?? '', include);
      found ??= nearest(
        byName.get(fileNameOf(include.replaceAll('\\', '/')).toLowerCase()) ?? [],
        fromPath,
        include,
      );
      cache.set(key, found);
      return found;
    },
  };
}

/**
 * The candidate that shares most folders with the includer and whose path ends like the include. A file elsewhere in the
 * workspace that merely has the same name is taken only when it is the only one.
 */
function nearest(candidates: readonly string[], fromPath: string, include: string): string | undefined {
  const tail = include
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '.' && part !== '..')
    .join('/')
    .toLowerCase();
  const fitting = candidates.filter((path) => `/${path.toLowerCase()}`.endsWith(`/${tail}`));
  if (fitting.length <= 1) return fitting[0];
  let best: string | undefined;
  let bestShared = -1;
  let isTie = false;
  for (const path of fitting) {
    const shared = commonLength(path, fromPath);
    if (shared > bestShared) {
      best = path;
      bestShared = shared;
      isTie = false;
    } else if (shared === bestShared) isTie = true;
  }
  return isTie ? undefined : best;
}
