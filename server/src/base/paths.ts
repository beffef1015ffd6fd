/**
 * File names of any host as one normal form: forward slashes, no `.` or `..`, drive letters in lower case.
 * It touches no file system; whether two spellings name one file on disk is decided by `pathKey` alone.
 */

const DRIVE = /^[a-zA-Z]:(?=\/|$)/;
const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]+:\/\//;

/**
 * The normal form of a path or URI: `C:\\x\\..\\y.c`, `c:/y.c` and `file:///c%3A/y.c` all give `c:/y.c`;
 * `\\\\server\\share\\x` and `file://server/share/x` give `//server/share/x`. URIs of other schemes keep their scheme.
 */
export function normalizePath(input: string): string {
  if (/^file:\/\//i.test(input)) return cleanPath(pathOfFileUri(input));
  const scheme = SCHEME.exec(input)?.[0];
  if (scheme !== undefined)
    return scheme + cleanSegments(input.slice(scheme.length).replaceAll('\\', '/'), false);
  return cleanPath(input.replaceAll('\\', '/').replace(/^\/\/[?.]\/(?:UNC\/)?/i, dropDevicePrefix));
}

/** `\\?\C:\x` is `C:\x`; `\\?\UNC\server\x` is `\\server\x`. */
function dropDevicePrefix(prefix: string): string {
  return prefix.length > 4 ? '//' : '';
}

function pathOfFileUri(uri: string): string {
  const rest = uri.slice('file://'.length).replace(/[?#].*$/, '');
  const slash = rest.indexOf('/');
  const host = slash < 0 ? rest : rest.slice(0, slash);
  const path = decodePercent(slash < 0 ? '' : rest.slice(slash)).replaceAll('\\', '/');
  if (host !== '' && host.toLowerCase() !== 'localhost') return `//${decodePercent(host)}${path}`;
  return /^\/[a-zA-Z]:(?:\/|$)/.test(path) ? path.slice(1) : path;
}

/** A stray `%` is kept as it is: a file may be named so. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function cleanPath(path: string): string {
  const drive = DRIVE.exec(path)?.[0];
  if (drive !== undefined) return `${drive.toLowerCase()}/${cleanSegments(path.slice(drive.length), true)}`;
  if (path.startsWith('//')) return `//${cleanSegments(path, true)}`;
  if (path.startsWith('/')) return `/${cleanSegments(path, true)}`;
  return cleanSegments(path, false);
}

function cleanSegments(path: string, isRooted: boolean): string {
  const clean: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') clean.push(segment);
    else if (clean.length > 0 && clean.at(-1) !== '..') clean.pop();
    else if (!isRooted) clean.push('..');
  }
  return clean.join('/');
}

/** What to compare when asking whether two normal paths name one file: on Windows drives and shares case does not matter. */
export function pathKey(path: string): string {
  return DRIVE.test(path) || path.startsWith('//') ? path.toLowerCase() : path;
}

/** The folder of a normal path; '' for a bare name, `/` or `c:/` stay as they are. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '';
  if (slash === 0) return '/';
  return slash === 2 && DRIVE.test(path) ? path.slice(0, 3) : path.slice(0, slash);
}

/** The last part of a normal path. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The extension in lower case without its dot, '' when there is none. */
export function extensionOf(path: string): string {
  const name = fileNameOf(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** `path` as seen from `folder`, normalised; an absolute `path` stays itself. */
export function resolvePath(folder: string, path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const isAbsolute = slashed.startsWith('/') || DRIVE.test(slashed) || SCHEME.test(slashed);
  if (isAbsolute || folder === '') return normalizePath(slashed);
  return normalizePath(folder.endsWith('/') ? folder + slashed : `${folder}/${slashed}`);
}

/** Whether the normal path lies in the folder or below it. */
export function isInside(path: string, folder: string): boolean {
  if (folder === '') return true;
  const key = pathKey(path);
  const root = pathKey(folder);
  return key === root || key.startsWith(root.endsWith('/') ? root : `${root}/`);
}
