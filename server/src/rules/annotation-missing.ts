/**
 * A function whose IRQL contract the inference proves and whose head does not say it. A hint with the fix that writes it;
 * callbacks get theirs from their role type and are left out.
 */
import { suggestAnnotation } from '../analysis/summary/suggestAnnotation.ts';
import { report } from './reporting/report.ts';
import type { Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'annotation-missing',
  title: 'A function lacks the IRQL annotation that its body proves',
  code: 'C28167',
  severity: 'hint',
  isOnByDefault: false,
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { unit } = context.facts;
    const text = suggestAnnotation(context.program, context.analysis, unit.id);
    if (text === undefined) return [];
    const fix = writeOnHead(context, text);
    return [
      {
        ...report(context, meta, {
          node: 0,
          verdict: 'definite',
          message:
            `${unit.name} has no IRQL annotation, and its body proves one: ${text.replaceAll('\n', ' ')}. Without it, a caller ` +
            `at the wrong level is found only by reading this body. Write it on the head and on the declaration.`,
          fixes: fix === undefined ? [] : [fix],
        }),
        range: unit.head.nameRange,
      },
    ];
  },
};

/** Puts the lines in front of the head, in its indentation. */
function writeOnHead(context: FunctionContext, text: string): Fix | undefined {
  const { file, head } = context.facts.unit;
  const lineStart = file.text.lastIndexOf('\n', head.start - 1) + 1;
  const indent = file.text.slice(lineStart, head.start);
  if (indent.trim() !== '') return undefined;
  const lineEnd = file.text[lineStart - 2] === '\r' ? '\r\n' : '\n';
  const newText = text
    .split('\n')
    .map((line) => `${line}${lineEnd}${indent}`)
    .join('');
  return {
    title: `Annotate: ${text.replaceAll('\n', ' ')}`,
    edits: [{ file: file.path, range: { start: head.start, end: head.start }, newText }],
    isPreferred: true,
  };
}
