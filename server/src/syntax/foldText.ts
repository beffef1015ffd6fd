/** Source text on one line: comments, continuations and runs of white space become single spaces. */

/** Folds a piece of source; strings inside keep their own blanks. */
export function foldText(source: string): string {
  if (!/[/\\\n\r\t]| {2}/.test(source)) return source.trim();
  return source
    .replace(/"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*|\\\s*\n|\s+/g, (part) =>
      part.startsWith('"') ? part : ' ',
    )
    .replace(/ {2,}/g, ' ')
    .trim();
}
