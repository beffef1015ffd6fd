// The host after any edits answers as a new host on the same texts would, and equal stamps mean equal answers.
import { expect, it } from 'vitest';
import type { Program } from '../../../server/src/analysis/program.ts';
import { createProgram, createWorkspaceHost } from '../../../server/src/analysis/program/workspaceHost.ts';
import { Rng } from '../../../server/src/base/rng.ts';
import { loadFacts } from '../../../server/src/ddi/loadFacts.ts';
import { NodeKind } from '../../../server/src/syntax/ir.ts';
import { parseFixture } from '../../harness/fixture.ts';
import { describeCallee, settings } from './harness.ts';

const fixture = `//- /drv/drv.h
#include "../lib/lib.h"
#define LOCK(l) KeAcquireSpinLockAtDpcLevel(l)
#define REGISTER(f) KeInitializeDpc(0, f, 0)
typedef VOID (*PFN_STEP)(PVOID);
typedef struct _EXT { KSPIN_LOCK Lock; PFN_STEP Step; } EXT, *PEXT;
DRIVER_DISPATCH Read;
_IRQL_requires_max_(APC_LEVEL) VOID Helper(PEXT e);
//- /drv/a.c
#include <ntddk.h>
#include "drv.h"
VOID Helper(PEXT e)
{ LOCK(&e->Lock); e->Step(e); }
static VOID StepOne(PVOID x) { LibCall(StepTwo); }
static VOID StepTwo(PVOID x) { Other(); }
static EXT g_Ext = { 0, StepOne };
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
{
  d->MajorFunction[IRP_MJ_READ] = Read;
  REGISTER(Dpc);
  g_Ext.Step = StepTwo;
  return 0;
}
//- /drv/b.c
#include <ntddk.h>
#include "drv.h"
NTSTATUS Read(PDEVICE_OBJECT d, PIRP i) { Helper(0); return 0; }
VOID Dpc(PKDPC a, PVOID b, PVOID c, PVOID d) { LibOther(); }
VOID Other(VOID) { Dpc(0, 0, 0, 0); }
//- /lib/lib.h
typedef VOID (*PFN_LIB)(PVOID);
VOID LibCall(PFN_LIB f);
//- /lib/lib.c
#include "lib.h"
static VOID Inner(PFN_LIB f) { ExInitializeWorkItem(0, f, 0); f(0); }
VOID LibCall(PFN_LIB f) { Inner(f); }
VOID LibOther(VOID) { Helper(0); }
//- /other/o.c
#include <ntddk.h>
VOID Other(VOID) { }
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { Other(); LibOther(); return 0; }
`;

const ddi = loadFacts({ arch: 'x64' });

/** All answers about every function, by place and name. */
function answersOf(program: Program): Record<string, string[]> {
  const answers: Record<string, string[]> = {};
  for (const unit of program.functions.toSorted((a, b) => a.head.start - b.head.start)) {
    const ir = unit.ir();
    const lines = [`unknown callers: ${String(program.hasUnknownCallers(unit.id))}`, unit.file.mode ?? ''];
    for (const { annotation, from } of unit.annotations)
      lines.push(`${from} ${annotation.name} ${annotation.args ?? ''}`);
    for (const role of program.rolesOf(unit.id)) {
      const text = role.file.text.slice(role.range.start, role.range.end);
      lines.push(
        `${role.fact.type} ${role.how} ${role.via} ${String(role.min)}..${String(role.max)} at ${text}`,
      );
    }
    for (let node = 0; node < ir.nodeCount; node++) {
      if (ir.kind[node] !== NodeKind.Call) continue;
      const text = unit.file.text.slice(ir.start[node], ir.end[node]);
      lines.push(`${text} -> ${describeCallee(program, program.resolveCall(unit, node))}`);
    }
    const key = `${unit.file.path}:${unit.qualifiedName}`;
    answers[key] = [...(answers[key] ?? []), ...lines];
  }
  return answers;
}

function changeText(text: string, rng: Rng): string {
  const lines = text.split('\n');
  const at = rng.uint32() % lines.length;
  const other = rng.uint32() % lines.length;
  switch (rng.uint32() % 5) {
    case 0:
      return lines.toSpliced(at, 1).join('\n');
    case 1:
      return lines.toSpliced(other, 0, lines[at] ?? '').join('\n');
    case 2:
      return lines.with(at, lines[other] ?? '').join('\n');
    case 3:
      return lines.toSpliced(at, 0, '// comment', '').join('\n');
    default: {
      const words = ['Helper', 'Other', 'StepOne', 'LibCall', 'Read', 'Dpc'];
      const pick = (): string => words[rng.uint32() % words.length] ?? '';
      return text.replace(pick(), pick());
    }
  }
}

it.each(Array.from({ length: 12 }, (_, i) => i + 13))('random edits, seed %i', (seed) => {
  const rng = new Rng(seed);
  const original = parseFixture(fixture).files;
  const texts = new Map(original);
  const host = createWorkspaceHost({ settings, ddi, maxNodes: seed % 2 === 0 ? 50 : 10_000 });
  let program = host.update([...texts].map(([path, text]) => ({ path, text })));
  let answers = answersOf(program);
  for (let step = 0; step < 40; step++) {
    const paths = [...original.keys()];
    const path = paths[rng.uint32() % paths.length] ?? '';
    const old = texts.get(path);
    const choice = rng.uint32() % 12;
    const text =
      old === undefined || choice === 0
        ? original.get(path)
        : choice === 1
          ? undefined
          : changeText(old, rng);
    if (text === undefined) texts.delete(path);
    else texts.set(path, text);
    const before = program;
    const beforeAnswers = answers;
    program = host.update([{ path, text }]);
    answers = answersOf(program);
    expect(answers, `step ${String(step)}`).toEqual(answersOf(createProgram(texts, { settings, ddi })));
    expectStampsRight(before, beforeAnswers, program, answers);
  }
});

/** A function whose stamp and whose project's stamp are the same has the same calls and annotations. */
function expectStampsRight(
  before: Program,
  old: Record<string, string[]>,
  now: Program,
  fresh: Record<string, string[]>,
): void {
  const byStamp = new Map(before.functions.map((unit) => [unit.stamp, unit]));
  for (const unit of now.functions) {
    const was = byStamp.get(unit.stamp);
    const { project } = unit.file;
    if (was === undefined || was.file.project !== project) continue;
    if (before.resolutionStamp?.(project) !== now.resolutionStamp?.(project)) continue;
    const key = `${unit.file.path}:${unit.qualifiedName}`;
    const isUnique = (program: Program): boolean =>
      program.functions.filter(({ file, qualifiedName }) => `${file.path}:${qualifiedName}` === key)
        .length === 1;
    if (isUnique(before) && isUnique(now)) expect(fresh[key]).toEqual(old[key]);
  }
}
