/** Checks that remember silence say what checks from scratch say, whatever was edited; and they do remember. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analyzeProgram } from '../../server/src/analysis/analyze.ts';
import type { ProgramAnalysis } from '../../server/src/analysis/facts.ts';
import type { Program } from '../../server/src/analysis/program.ts';
import { createWorkspaceHost } from '../../server/src/analysis/program/workspaceHost.ts';
import { loadFacts } from '../../server/src/ddi/loadFacts.ts';
import { checkFile, DEFAULT_RULE_SETTINGS } from '../../server/src/rules/checkProgram.ts';
import { createQuietFunctions, type QuietFunctions } from '../../server/src/rules/quietFunctions.ts';
import type { Finding } from '../../server/src/rules/rule.ts';

const ddi = loadFacts({ arch: 'x64' });
const settings = { arch: 'x64', defines: {}, ignoreIrqlAnnotations: false } as const;
const newHost = () => createWorkspaceHost({ settings, ddi });

/** Files as lists of places; each place holds one of its variants. */
const FILES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '/d/d.h': [
    ['#include <ntddk.h>', '#pragma once\n#include <ntddk.h>'],
    ['typedef struct _EXT { KSPIN_LOCK Lock; KIRQL Old; LONG Count; FAST_MUTEX Mutex; } EXT, *PEXT;'],
    [
      '#define TAKE(e) KeAcquireSpinLockAtDpcLevel(&(e)->Lock)',
      '#define TAKE(e) KeAcquireSpinLock(&(e)->Lock, &(e)->Old)',
    ],
    ['void Inner(PEXT e);', '_IRQL_requires_max_(APC_LEVEL) void Inner(PEXT e);', ''],
    ['KDEFERRED_ROUTINE Dpc;', ''],
  ],
  '/d/a.c': [
    ['#include "d.h"'],
    ['void Take(PEXT e) {'],
    ['TAKE(e);', 'KeAcquireSpinLock(&e->Lock, &e->Old);', 'e->Count++;', '/* nothing */'],
    ['}\nvoid Give(PEXT e) {'],
    ['KeReleaseSpinLock(&e->Lock, e->Old);', 'KeReleaseSpinLockFromDpcLevel(&e->Lock);', ''],
    ['}\nvoid Both(PEXT e) { Take(e);'],
    [
      'Inner(e);',
      'if (e->Count) return;',
      '',
      'KeWaitForSingleObject(e, Executive, KernelMode, FALSE, NULL);',
    ],
    ['Give(e); }'],
    ['void Quiet(PEXT e) { e->Count = 1; Inner(e); }', 'void Quiet(PEXT e) { TAKE(e); }'],
  ],
  '/d/b.c': [
    ['#include "d.h"'],
    ['', '#pragma alloc_text(PAGE, Inner)', '// irql-lens-ignore irql-too-high: known'],
    ['void Inner(PEXT e) {'],
    ['PAGED_CODE();', 'ExAcquireFastMutex(&e->Mutex);', 'e->Count--;'],
    ['', 'ExReleaseFastMutex(&e->Mutex);'],
    ['}\nvoid Dpc(PKDPC d, PVOID c, PVOID a, PVOID b) {'],
    ['Both((PEXT)c);', 'Inner((PEXT)c);', 'Quiet((PEXT)c);', 'Dpc(d, c, a, b);'],
    ['}'],
    ['void Start(PKDPC d) { KeInitializeDpc(d, Dpc, 0); }', 'void Start(PKDPC d) { Dpc(d, 0, 0, 0); }', ''],
  ],
};

const PLACES = Object.entries(FILES).flatMap(([path, places]) =>
  places.flatMap((variants, place) => (variants.length > 1 ? [{ path, place, count: variants.length }] : [])),
);

function textsOf(choice: ReadonlyMap<string, number>): { path: string; text: string }[] {
  return Object.entries(FILES).map(([path, places]) => ({
    path,
    text: `${places.map((variants, place) => variants[choice.get(`${path}:${place}`) ?? 0]).join('\n')}\n`,
  }));
}

function plain(findings: readonly Finding[]): unknown[] {
  return findings.map(({ trace, ...finding }) => ({
    ...finding,
    trace: trace.map(({ file, range, message, irql }) => ({ file, range, message, irql })),
  }));
}

function check(
  program: Program,
  analysis: ProgramAnalysis,
  quiet: (path: string) => QuietFunctions | undefined,
): unknown[] {
  return [...program.files.values()].flatMap((file) =>
    plain(checkFile(program, analysis, file, DEFAULT_RULE_SETTINGS, [], quiet(file.path)).findings),
  );
}

it('says after any edits what a fresh check says', () => {
  const edit = fc.tuple(fc.constantFrom(...PLACES), fc.nat(3));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
      const host = newHost();
      const choice = new Map<string, number>();
      const memories = new Map(Object.keys(FILES).map((path) => [path, createQuietFunctions()]));
      let analysis = analyzeProgram(host.update(textsOf(choice)));
      check(host.program, analysis, (path) => memories.get(path));
      for (const [{ path, place, count }, variant] of edits) {
        choice.set(`${path}:${place}`, variant % count);
        const program = host.update(textsOf(choice));
        analysis = analyzeProgram(program, analysis);
        const fresh = newHost().update(textsOf(choice));
        const expected = check(fresh, analyzeProgram(fresh), () => undefined);
        expect(check(program, analysis, (file) => memories.get(file))).toEqual(expected);
      }
    }),
    { numRuns: 60, seed: 11 },
  );
});

it('checks only the edited function and those that see another summary of it', () => {
  const body = (statement: string): string =>
    `void Leaf(PULONG p) { ${statement} }\nvoid Caller(PULONG p) { Leaf(p); }\n` +
    Array.from({ length: 20 }, (_, i) => `void Other${i}(PULONG p) { *p = ${i}; }\n`).join('');
  const host = newHost();
  const quiet = createQuietFunctions();
  let analysis: ProgramAnalysis | undefined;
  const checkedAfter = (statement: string): string[] => {
    const program = host.update([{ path: '/d/a.c', text: body(statement) }]);
    analysis = analyzeProgram(program, analysis);
    const file = program.files.get('/d/a.c');
    const names: string[] = [];
    if (file === undefined) return names;
    quiet.check(program, analysis, file, (id, observed) => {
      observed.summaryOf(id);
      observed.entryOf(id);
      for (const { callee } of observed.factsOf(id).calls)
        if (callee.kind === 'functions') for (const target of callee.ids) observed.summaryOf(target);
      names.push(program.functions[id]?.name ?? '');
      return [];
    });
    return names;
  };
  expect(checkedAfter('*p = 1;')).toHaveLength(22);
  expect(checkedAfter('*p = 1;')).toEqual([]);
  expect(checkedAfter('*p = 2;')).toEqual(['Leaf']);
  expect(checkedAfter('*p = 2; KeWaitForSingleObject(p, Executive, KernelMode, FALSE, NULL);')).toEqual([
    'Leaf',
    'Caller',
  ]);
});
