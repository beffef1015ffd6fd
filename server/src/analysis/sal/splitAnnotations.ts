/**
 * Splits the text inside `_When_(...)`, `_At_(...)`, `_Group_(...)` into arguments and into the annotations they hold.
 * It knows brackets and strings only, no names.
 */

/** One annotation inside another, or one of a list: name, and the text between its parentheses. */
export interface NestedAnnotation {
  readonly name: string;
  readonly args?: string;
}

/** The position after the bracket that closes the one at `open`, or the text's end when none does. */
function skipBrackets(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === '"' || c === "'") {
      for (i++; i < text.length && text[i] !== c; i++) if (text[i] === '\\') i++;
    } else if (c === '(' || c === '[' || c === '{') depth++;
    else if (c === ')' || c === ']' || c === '}') {
      depth--;
      if (depth <= 0) return i + 1;
    }
  }
  return text.length;
}

/** The comma-separated parts of a text, brackets and strings respected, trimmed; an empty text has none. */
export function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '(' || c === '[' || c === '{' || c === '"' || c === "'") i = skipQuoteOrBrackets(text, i) - 1;
    else if (c === ',') {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  const last = text.slice(from).trim();
  return last === '' && parts.length === 0 ? [] : [...parts, last];
}

function skipQuoteOrBrackets(text: string, at: number): number {
  const c = text[at];
  if (c !== '"' && c !== "'") return skipBrackets(text, at);
  let i = at + 1;
  for (; i < text.length && text[i] !== c; i++) if (text[i] === '\\') i++;
  return i + 1;
}

/**
 * The annotations that follow each other in a text, separated by white space (or by stray commas, `+` and `&&`, which
 * some macros leave). Undefined when something else stands between them.
 */
export function splitAnnotations(text: string): NestedAnnotation[] | undefined {
  const found: NestedAnnotation[] = [];
  const name = /[\s,;+]*([A-Za-z_]\w*)\s*/y;
  let at = 0;
  const end = text.replace(/[\s,;]+$/, '').length;
  while (at < end) {
    name.lastIndex = at;
    const match = name.exec(text);
    if (match?.[1] === undefined) return undefined;
    at = name.lastIndex;
    if (text[at] !== '(') {
      found.push({ name: match[1] });
      continue;
    }
    const close = skipBrackets(text, at);
    found.push({
      name: match[1],
      args: text.slice(at + 1, text[close - 1] === ')' ? close - 1 : close).trim(),
    });
    at = close;
  }
  return found;
}
