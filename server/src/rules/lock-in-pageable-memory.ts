/**
 * A lock, event, DPC or timer in memory that can be paged out: a struct that contains one is allocated from paged pool, or
 * a global of such a type lies in a pageable data section. The kernel touches these objects at DISPATCH_LEVEL.
 */
import type { CallFact } from '../analysis/facts.ts';
import type { NodeId } from '../syntax/ir.ts';
import { replaceNode, textOf } from './fixes/editCall.ts';
import { embeddedFields } from './reporting/structFields.ts';
import { isWrittenHere, report } from './reporting/report.ts';
import type { Finding, Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-in-pageable-memory',
  title: 'A lock or dispatcher object lies in pageable memory',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: 'Driver Verifier 0xC4/0xDF, 0xE1; 0xA IRQL_NOT_LESS_OR_EQUAL',
  family: 'paged',
};

/** Objects that the documentation demands in resident memory. */
const RESIDENT_TYPES: ReadonlySet<string> = new Set([
  'KSPIN_LOCK',
  'EX_SPIN_LOCK',
  'NDIS_SPIN_LOCK',
  'KDPC',
  'KTIMER',
  'KEVENT',
  'KSEMAPHORE',
  'KMUTEX',
  'KMUTANT',
  'FAST_MUTEX',
  'KGUARDED_MUTEX',
  'ERESOURCE',
  'WORK_QUEUE_ITEM',
  'IO_REMOVE_LOCK',
]);

const ALLOCATES = /^(ExAllocatePool(WithTag|WithQuotaTag|WithTagPriority|Zero|2|3|Uninitialized)?)$/;

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) =>
      ALLOCATES.test(call.name) ? checkAllocation(context, call) : [],
    );
  },
};

function checkAllocation(context: FunctionContext, call: CallFact): Finding[] {
  const [pool] = call.args;
  if (pool === undefined || !isPaged(pool.text)) return [];
  const { program, facts } = context;
  const { project } = facts.unit.file;
  const size = call.args.map(
    ({ node }) => /sizeof\s*\(\s*(?:struct\s+)?(\w+)\s*\)/.exec(textOf(context, node))?.[1],
  );
  const type = size.find((name) => name !== undefined);
  const struct = type === undefined ? undefined : (program.types.structOf(project, type) ?? type);
  if (struct === undefined) return [];
  const fields: { path: string; typeName: string }[] = [
    { path: '', typeName: struct },
    ...embeddedFields(program, project, struct),
  ];
  const resident = fields.find(({ typeName }) => RESIDENT_TYPES.has(typeName));
  if (resident === undefined) return [];
  const what =
    resident.path === ''
      ? `a ${resident.typeName}`
      : `${struct}, whose ${resident.path} is a ${resident.typeName}`;
  const fix = useResidentPool(context, pool.node);
  return [
    report(context, meta, {
      node: call.node,
      verdict: 'definite',
      fixes: fix === undefined ? [] : [fix],
      message:
        `${call.name} takes paged pool for ${what}. The kernel uses it at DISPATCH_LEVEL, where a page that is not in memory is ` +
        `bug check 0xA. Allocate it from non-paged pool.`,
    }),
  ];
}

/** PagedPool becomes NonPagedPoolNx, POOL_FLAG_PAGED becomes POOL_FLAG_NON_PAGED; other kinds of pool are the author's to choose. */
function useResidentPool(context: FunctionContext, pool: NodeId): Fix | undefined {
  const resident = { PagedPool: 'NonPagedPoolNx', POOL_FLAG_PAGED: 'POOL_FLAG_NON_PAGED' }[
    textOf(context, pool)
  ];
  if (resident === undefined || !isWrittenHere(context, pool)) return undefined;
  return { title: `Use ${resident}`, edits: [replaceNode(context, pool, resident)], isPreferred: true };
}

function isPaged(text: string): boolean {
  const words = text.match(/\w+/g) ?? [];
  return words.some((word) => /^(PagedPool\w*|POOL_FLAG_PAGED)$/.test(word));
}
