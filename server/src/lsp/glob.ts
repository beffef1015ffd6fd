/**
 * The glob patterns of `exclude`: `*` within a name, `**` across folders, `?` one character. A pattern without a slash
 * matches at any depth, and one that names a folder takes in all below it.
 */

const compiled = new Map<string, RegExp>();

/** Whether a path relative to its folder (forward slashes) matches one of the patterns. */
export function matchesAny(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => compile(pattern).test(path));
}

function compile(pattern: string): RegExp {
  let known = compiled.get(pattern);
  if (known === undefined) {
    const trimmed = pattern
      .replaceAll('\\', '/')
      .replace(/^\.?\//, '')
      .replace(/\/+$/, '');
    const anywhere = trimmed.includes('/') ? '' : '(?:.*/)?';
    const body = trimmed
      .split(/(\*\*\/|\*\*|\*|\?)/)
      .map((part) => {
        if (part === '**/') return '(?:.*/)?';
        if (part === '**') return '.*';
        if (part === '*') return '[^/]*';
        if (part === '?') return '[^/]';
        return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
      })
      .join('');
    known = new RegExp(`^${anywhere}${body}(?:/.*)?$`, 'i');
    compiled.set(pattern, known);
  }
  return known;
}
