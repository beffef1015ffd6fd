/**
 * Canonical access paths as strings: a root (`p0`, `g:Name`, `l:name`, `this`, `h:cancel`, `r:<call>`, `?<node>`) and steps
 * `*`, `.field`, `[index]`, `~accessor` (a one-argument getter), and at the very end `#irql` / `#lock` (what a lock or queue
 * handle has saved). A leading `&` is an address. It knows no syntax.
 */

/** Paths longer than this many characters are given up: they come from recursion over lists. */
const MAX_PATH = 240;

/** The object that `path` points to: `&X` gives `X`, anything else gets a step `*`. */
export function derefPath(path: string): string {
  if (path === '') return '';
  return path.startsWith('&') ? path.slice(1) : limit(`${path}*`);
}

/** The address of the object at `path`. */
export function addressPath(path: string): string {
  if (path === '') return '';
  return path.endsWith('*') ? path.slice(0, -1) : `&${path}`;
}

/** The field of the struct object at `path`. */
export function fieldPath(path: string, field: string): string {
  return path === '' ? '' : limit(`${path}.${field}`);
}

/** The element of the array at `path`; `index` is a number, a path or ''. */
export function indexPath(path: string, index: string): string {
  if (path === '') return '';
  return limit(`${path.startsWith('&') ? path.slice(1) : path}[${index}]`);
}

function limit(path: string): string {
  return path.length > MAX_PATH ? '' : path;
}

/** What stands before the first step: `p0`, `g:Name`, ... */
export function rootOf(path: string): string {
  const start = path.startsWith('&') ? 1 : 0;
  for (let i = start; i < path.length; i++) {
    if (isStep(path.charCodeAt(i))) return path.slice(start, i);
  }
  return path.slice(start);
}

/** `* . [ ~ #` */
function isStep(code: number): boolean {
  return code === 42 || code === 46 || code === 91 || code === 126 || code === 35;
}

/** The index of a parameter root, or -1. */
export function parameterOf(path: string): number {
  const root = rootOf(path);
  if (root.charCodeAt(0) !== 112 || root.length < 2) return -1;
  const index = Number(root.slice(1));
  return Number.isInteger(index) ? index : -1;
}

/** Whether a caller can name the path: its root is a parameter, a global, `this` or a hidden lock. */
export function isVisibleOutside(path: string): boolean {
  const root = rootOf(path);
  if (path.includes('[l:') || path.includes('[r:')) return false;
  return root.startsWith('g:') || root.startsWith('h:') || root === 'this' || parameterOf(path) >= 0;
}

/** Whether the path lies in memory that others can reach: behind a pointer or global, not a plain local. */
export function isMemory(path: string): boolean {
  return path.startsWith('g:') || path.startsWith('this') || path.includes('*');
}

/**
 * Puts a caller's argument in place of the root: ("p0*.Lock", "&l:ext") gives "l:ext.Lock". '' when the result has no name.
 */
export function replaceRoot(path: string, root: string, argument: string): string {
  const isAddress = path.startsWith('&');
  const rest = path.slice((isAddress ? 1 : 0) + root.length);
  let replaced: string;
  if (argument === '') return '';
  if (!argument.startsWith('&')) replaced = argument + rest;
  else if (rest.startsWith('*')) replaced = argument.slice(1) + rest.slice(1);
  else if (rest === '') replaced = argument;
  else if (rest.startsWith('[')) replaced = argument.slice(1) + rest;
  else return '';
  if (!isAddress) return limit(replaced);
  return replaced.startsWith('&') ? '' : addressPath(replaced);
}

/** Characters that may stand before a path inside another path or key. */
const BEFORE = '&[({';
/** Characters that may follow a path inside another path or key. */
const AFTER = '*.[]~#)}';

/** Whether `path` (or an expression key) speaks of the object at `location` or of something reached through it. */
export function mentions(path: string, location: string): boolean {
  for (let at = path.indexOf(location); at >= 0; at = path.indexOf(location, at + 1)) {
    const end = at + location.length;
    const isStart = at === 0 || BEFORE.includes(path.charAt(at - 1));
    if (isStart && (end === path.length || AFTER.includes(path.charAt(end)))) return true;
  }
  return false;
}
