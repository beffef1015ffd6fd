/**
 * A function in a pageable section without PAGED_CODE(): a checked build cannot catch a call at DISPATCH_LEVEL. With the fix.
 */
import { isSectionLocked, pagedCodeMarks, pageSectionOf } from './reporting/pagedCode.ts';
import { report } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta, TextEdit } from './rule.ts';
import { NodeKind } from '../syntax/ir.ts';

const meta: RuleMeta = {
  id: 'paged-code-unmarked',
  title: 'A function in a pageable section has no PAGED_CODE',
  code: 'C28170',
  severity: 'information',
  isOnByDefault: false,
  family: 'paged',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { unit } = context.facts;
    const section = pageSectionOf(unit);
    if (section === '' || pagedCodeMarks(context).length > 0 || isSectionLocked(context)) return [];
    const edit = insertMark(context);
    return [
      {
        ...report(context, meta, {
          node: 0,
          verdict: 'definite',
          message:
            `${unit.name} is in the pageable section ${section} but has no PAGED_CODE. With it, a checked build stops at a call ` +
            `at DISPATCH_LEVEL instead of faulting one day. Add PAGED_CODE() as its first statement.`,
          fixes: edit === undefined ? [] : [{ title: 'Add PAGED_CODE()', edits: [edit], isPreferred: true }],
        }),
        range: unit.head.nameRange,
      },
    ];
  },
};

/** In front of the first statement that is no declaration, in its indentation. */
function insertMark(context: FunctionContext): TextEdit | undefined {
  const { unit } = context.facts;
  const ir = unit.ir();
  let node = ir.first[0] ?? -1;
  while (node >= 0 && (ir.kind[node] === NodeKind.Decl || ir.kind[node] === NodeKind.LocalDeclaration))
    node = ir.next[node] ?? -1;
  if (node < 0) return undefined;
  const start = ir.start[node] ?? 0;
  const lineStart = unit.file.text.lastIndexOf('\n', start - 1) + 1;
  const indent = unit.file.text.slice(lineStart, start);
  if (!/^\s*$/.test(indent)) return undefined;
  const lineEnd = unit.file.text[lineStart - 2] === '\r' ? '\r\n' : '\n';
  return {
    file: unit.file.path,
    range: { start, end: start },
    newText: `PAGED_CODE();${lineEnd}${lineEnd}${indent}`,
  };
}
