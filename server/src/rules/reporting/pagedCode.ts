/**
 * What makes a function pageable: its section (`#pragma alloc_text(PAGE, f)`, `#pragma code_seg("PAGE")`,
 * `__declspec(code_seg("PAGE"))`) and its PAGED_CODE marks. Source: documentation of PAGED_CODE (wdm.h).
 */
import type { CallFact } from '../../analysis/facts.ts';
import type { FunctionUnit } from '../../analysis/program.ts';
import type { PragmaDirective } from '../../syntax/fileStructure.ts';
import type { FunctionContext } from '../rule.ts';

const PAGE_SECTION = /^PAGE/;

/** The pageable section that the function is put in, or ''. INIT is discardable, not pageable. */
export function pageSectionOf(unit: FunctionUnit): string {
  if (PAGE_SECTION.test(unit.head.codeSegment)) return unit.head.codeSegment;
  const { pragmas } = unit.file.structure;
  if (pragmas.length === 0) return '';
  let sections = pageSections.get(pragmas);
  if (sections === undefined) {
    sections = readPageSections(pragmas);
    pageSections.set(pragmas, sections);
  }
  return sections.get(unit.name) ?? '';
}

/** By the pragmas of a file, because many rules ask for each of its functions. */
const pageSections = new WeakMap<readonly PragmaDirective[], ReadonlyMap<string, string>>();

function readPageSections(pragmas: readonly PragmaDirective[]): Map<string, string> {
  const sections = new Map<string, string>();
  for (const pragma of pragmas) {
    if (pragma.name !== 'alloc_text') continue;
    const [section = '', ...names] = pragma.args.replace(/[()"\s]/g, '').split(',');
    if (!PAGE_SECTION.test(section)) continue;
    for (const name of names) if (!sections.has(name)) sections.set(name, section);
  }
  return sections;
}

/** The PAGED_CODE() marks of the body; PAGED_CODE_LOCKED() says that the section is locked and is no mark. */
export function pagedCodeMarks(context: FunctionContext): readonly CallFact[] {
  return context.facts.calls.filter((call) => call.name === 'PAGED_CODE');
}

/** Whether the author says that the section is locked in memory while this runs. */
export function isSectionLocked(context: FunctionContext): boolean {
  return context.facts.calls.some(
    (call) => call.name === 'PAGED_CODE_LOCKED' || call.name === '_Analysis_assume_section_locked_',
  );
}
