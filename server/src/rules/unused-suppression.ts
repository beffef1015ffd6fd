/**
 * A suppression comment that silences nothing: the mistake was mended, or the rule's name is misspelled.
 * Pragmas are other tools' business too and are never reported.
 */
import type { FileUnit } from '../analysis/program.ts';
import type { Suppression } from './suppressions.ts';
import type { Finding, RuleMeta, SuppressionRule } from './rule.ts';

const meta: RuleMeta = {
  id: 'unused-suppression',
  title: 'A suppression comment silences nothing',
  severity: 'information',
  isOnByDefault: true,
  family: 'other',
};

export const rule: SuppressionRule = {
  meta,
  scope: 'suppressions',
  check: ({ file, unused, ruleIds }) => unused.map((entry) => describe(file, entry, ruleIds)),
};

function describe(file: FileUnit, suppression: Suppression, ruleIds: readonly string[]): Finding {
  const unknown = suppression.names.filter((name) => !ruleIds.includes(name) && !/^C?\d+$/.test(name));
  const what =
    suppression.names.length === 0
      ? 'This comment names no rule, and silences nothing.'
      : unknown.length > 0
        ? `There is no rule ${unknown.join(', ')}.`
        : `Nothing is reported here for ${suppression.names.join(', ')} any more.`;
  return {
    rule: meta.id,
    severity: meta.severity,
    verdict: 'definite',
    file: file.path,
    range: suppression.range,
    function: '',
    message: `${what} Remove the comment.`,
    trace: [],
    fixes: [
      {
        title: 'Remove the suppression',
        edits: [{ file: file.path, range: suppression.range, newText: '' }],
        isPreferred: true,
      },
    ],
  };
}
