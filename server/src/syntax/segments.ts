/**
 * Code and data segments that pragmas put in force: `#pragma code_seg("PAGE")`, `code_seg(push, "PAGE")`, `code_seg(pop)`,
 * `code_seg()`. Answers which one holds at a token.
 */
import type { Directive } from './directives.ts';
import type { PragmaDirective } from './fileStructure.ts';

/** Segment names by place in the file; '' is the default one. */
export interface Segments {
  codeAt(token: number): string;
  dataAt(token: number): string;
}

interface Change {
  readonly token: number;
  readonly name: string;
}

/** Follows the segment pragmas of a file; `pragmas` and `directives` run in parallel. */
export function readSegments(
  pragmas: readonly { readonly pragma: PragmaDirective; readonly directive: Directive }[],
): Segments {
  const code: Change[] = [];
  const data: Change[] = [];
  const codeStack: string[] = [];
  const dataStack: string[] = [];
  for (const { pragma, directive } of pragmas) {
    if (pragma.name === 'code_seg') apply(pragma.args, directive.token, code, codeStack);
    else if (pragma.name === 'data_seg' || pragma.name === 'bss_seg')
      apply(pragma.args, directive.token, data, dataStack);
  }
  return { codeAt: (token) => nameAt(code, token), dataAt: (token) => nameAt(data, token) };
}

function apply(args: string, token: number, changes: Change[], stack: string[]): void {
  const current = changes.at(-1)?.name ?? '';
  const named = /"([^"]*)"/.exec(args)?.[1];
  if (/^\(\s*push\b/.test(args)) {
    stack.push(current);
    if (named !== undefined) changes.push({ token, name: named });
  } else if (/^\(\s*pop\b/.test(args)) changes.push({ token, name: named ?? stack.pop() ?? '' });
  else changes.push({ token, name: named ?? '' });
}

function nameAt(changes: readonly Change[], token: number): string {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle]!.token < token) low = middle + 1;
    else high = middle;
  }
  return changes[low - 1]?.name ?? '';
}
