/**
 * Information, off by default: calls that need a lower IRQL than the function's role merely may be entered at (a dispatch
 * routine at DISPATCH_LEVEL), although nothing says that it happens. Where it does happen a rule reports it, not this.
 */
import type { FileUnit } from '../analysis/program.ts';
import { describeBound } from '../ddi/words.ts';
import { atLeast, describeSet, intersect, range, without } from '../protocol/irqlLevels.ts';
import { isFeasible } from '../rules/reporting/evidence.ts';
import type { Finding } from '../rules/rule.ts';
import { findSuppression, readSuppressions } from '../rules/suppressions.ts';
import { linesOf, nodeRange, type Snapshot } from './snapshot.ts';

const RULE = 'irql-too-high';

/** The calls of a file, in order, that no suppression covers. */
export function merelyAllowed(snapshot: Snapshot, file: FileUnit): Finding[] {
  const findings = file.functionIds.flatMap((id) => ofFunction(snapshot, file, id));
  const suppressions = findings.length === 0 ? [] : readSuppressions(file);
  if (suppressions.length === 0) return findings;
  const lines = linesOf(file);
  return findings.filter(
    (finding) =>
      findSuppression(suppressions, finding, lines.positionAt(finding.range.start).line) === undefined,
  );
}

function ofFunction({ program, analysis }: Snapshot, file: FileUnit, id: number): Finding[] {
  const entry = analysis.entryOf(id);
  const merely = without(entry.levels, entry.proven);
  if (!entry.isKnown || merely === 0 || file.mode === 'user') return [];
  const { arch } = program.settings;
  const facts = analysis.factsOf(id);
  const role = program.rolesOf(id)[0]?.fact.type ?? 'its role';
  return facts.calls.flatMap((call): Finding[] => {
    const { requirement } = call;
    if (requirement === undefined || !requirement.isCertain) return [];
    let levels = 0;
    for (const state of call.before)
      if (state.isEntryIrql && isFeasible(state, entry)) levels |= intersect(state.entry, merely);
    const above = atLeast(levels >>> 0, requirement.max + 1);
    if (above === 0) return [];
    const message =
      `${call.name} needs ${describeBound(range(requirement.min, requirement.max), arch)}. ${role} may be entered at ` +
      `${describeSet(above, arch)}, although nothing here says that it is. Where it is, look at the IRQL first.`;
    const name = facts.unit.qualifiedName;
    const at = nodeRange(facts.unit.ir(), call.node);
    const place = {
      rule: RULE,
      severity: 'information',
      verdict: 'possible',
      file: file.path,
      range: at,
    } as const;
    return [{ ...place, function: name, message, trace: [], fixes: [] }];
  });
}
