/**
 * What silences a finding, and until where: comments, pragmas of the compiler and of PREfast, in all their forms.
 */
import { expect, it } from 'vitest';
import { checkFile } from '../../server/src/rules/checkProgram.ts';
import type { Severity } from '../../server/src/rules/rule.ts';
import { analyzeFiles } from '../harness/analyzeFiles.ts';

const HEAD = '#include <wdm.h>\n';

/** A function that waits under its lock, with a line in front of the wait. */
function waits(name: string, line: string): string {
  return `VOID ${name}(PKSPIN_LOCK Lock, PKEVENT Event)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
${line}
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
    KeReleaseSpinLock(Lock, irql);
}
`;
}

function check(text: string, severities: Readonly<Record<string, Severity | 'off'>> = {}) {
  const { program, analysis } = analyzeFiles(new Map([['/driver.c', HEAD + text]]));
  const file = program.files.get('/driver.c');
  if (file === undefined) throw new Error('no file');
  const { findings, suppressed } = checkFile(program, analysis, file, { severities });
  return {
    reported: findings.map((finding) => `${finding.function} ${finding.rule}`.trim()),
    reasons: suppressed.map(({ finding, by }) => `${finding.function}: ${by.reason}`),
  };
}

it.each([
  ['a comment', '    // irql-lens-ignore irql-too-high: known', 'known'],
  ['a comment above another', '    // irql-lens-ignore irql-too-high: known\n    // and a remark', 'known'],
  ['a compiler pragma', '#pragma warning(suppress: 28121)', ''],
  ['several numbers', '#pragma warning(suppress: 4100 28121)', ''],
  ['a PREfast pragma with its reason', '#pragma prefast(suppress: 28121, "known")', 'known'],
  ['a pragma operator', '    __pragma(warning(suppress: 28121))', ''],
  ['a standard pragma operator', '    _Pragma("warning(suppress: 28121)")', ''],
])('%s silences the next line', (_, line, reason) => {
  expect(check(waits('Wait', line))).toEqual({ reported: [], reasons: [`Wait: ${reason}`] });
});

it('does not silence another number or another rule', () => {
  expect(check(waits('Wait', '#pragma warning(suppress: 28120)')).reported).toEqual(['Wait irql-too-high']);
});

it('disables until the pop of its own push, or until it is set back', () => {
  const text = [
    '#pragma warning(push)\n#pragma warning(disable: 28121)\n',
    waits('Pushed', ''),
    '#pragma warning(pop)\n',
    waits('Popped', ''),
    '#pragma warning(disable: 28121)\n#pragma warning(push)\n#pragma warning(disable: 4100)\n#pragma warning(pop)\n',
    waits('StillDisabled', ''),
    '#pragma warning(default: 28121)\n',
    waits('SetBack', ''),
    '#pragma prefast(push)\n#pragma prefast(disable: 28121, "all known")\n',
    waits('Prefast', ''),
    '#pragma prefast(pop)\n#pragma warning(push; disable: 28121)\n',
    waits('Together', ''),
  ].join('');
  expect(check(text)).toEqual({
    reported: ['Popped irql-too-high', 'SetBack irql-too-high'],
    reasons: ['Pushed: ', 'StillDisabled: ', 'Prefast: all known', 'Together: '],
  });
});

it('takes nothing from the definition of a macro', () => {
  const text = `#define QUIET \\\n    __pragma(warning(disable: 28121))\n${waits('Wait', '')}`;
  expect(check(text).reported).toEqual(['Wait irql-too-high']);
});

it('reports a comment that silences nothing, but not for a rule that is off', () => {
  const comment = '// irql-lens-ignore irql-too-high: stale\nVOID Nothing(VOID) { }\n';
  expect(check(comment).reported).toEqual(['unused-suppression']);
  expect(check(comment, { 'irql-too-high': 'off' }).reported).toEqual([]);
  expect(check('// irql-lens-ignore\nVOID Nothing(VOID) { }\n').reported).toEqual(['unused-suppression']);
});
