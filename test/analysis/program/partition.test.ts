// A part of a workspace answers as the whole would, and parts are as small as that allows.
import { expect, it } from 'vitest';
import type { Program } from '../../../server/src/analysis/program.ts';
import { createDigester } from '../../../server/src/analysis/program/fileDigest.ts';
import { createIncludeResolver } from '../../../server/src/analysis/program/includes.ts';
import { createPartHost, cutIntoParts, type Part } from '../../../server/src/analysis/program/partition.ts';
import { projectsAmong, readProjectFile } from '../../../server/src/analysis/program/projectFile.ts';
import { createProgram } from '../../../server/src/analysis/program/workspaceHost.ts';
import { loadFacts } from '../../../server/src/ddi/loadFacts.ts';
import { createAtomTable } from '../../../server/src/syntax/atoms.ts';
import { parseFixture } from '../../harness/fixture.ts';
import { callsOf, rolesOf, settings } from './harness.ts';

const ddi = loadFacts({ arch: 'x64' });

function partsOf(files: ReadonlyMap<string, string>): readonly Part[] {
  const digest = createDigester({ settings, ddi, atoms: createAtomTable() });
  const sources = [...files].filter(([path]) => !path.endsWith('.vcxproj'));
  const projects = [...files].filter(([path]) => path.endsWith('.vcxproj'));
  return cutIntoParts(
    sources.map(([path, text]) => digest(path, text, {})),
    projectsAmong(new Map(projects.map(([path, text]) => [path, readProjectFile(path, text)]))),
  );
}

function programsOf(files: ReadonlyMap<string, string>): Program[] {
  const includes = createIncludeResolver(files.keys());
  return partsOf(files).map((part) =>
    createPartHost(part, includes, { settings, ddi }).update(
      part.files.map((path) => ({ path, text: files.get(path) })),
    ),
  );
}

type Answer = [string, { calls: string[]; roles: string[] }];

function answersOf(program: Program): Answer[] {
  return program.functions.map(({ qualifiedName: name, file: { path, mode, project } }) => [
    `${path} ${name}`,
    { project, mode, calls: callsOf(program, name, path), roles: rolesOf(program, name, path) },
  ]);
}

const byName = ([a]: Answer, [b]: Answer): number => (a < b ? -1 : 1);

const ENTRY = 'NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)';
const DRIVERS = `//- /a/a.c
#include <ntddk.h>
#include "../inc/shared.h"
${ENTRY} { SharedHelper(d); OnlyHere(); Twice(); return 0; }
//- /a/own.c
#include <ntddk.h>
VOID Own(VOID) { Everywhere(); }
VOID Everywhere(VOID) { }
//- /b/b.c
#include <ntddk.h>
${ENTRY} { d->DriverUnload = Unload; Everywhere(); return 0; }
VOID Unload(PDRIVER_OBJECT d) { Everywhere(); }
VOID Everywhere(VOID) { }
//- /inc/shared.h
VOID SharedHelper(PVOID p);
inline VOID Inlined(VOID) { Twice(); }
//- /inc/shared.c
#include "shared.h"
VOID SharedHelper(PVOID p) { Inlined(); }
//- /only/only.c
#include <ntddk.h>
VOID OnlyHere(VOID) { Twice(); }
//- /twice1/t.c
VOID Twice(VOID) { }
//- /twice2/t.c
VOID Twice(VOID) { }
//- /c/c.c
#include <ntddk.h>
${ENTRY} { Twice(); return 0; }
//- /proj/p.vcxproj
<Project><PropertyGroup><ConfigurationType>Driver</ConfigurationType></PropertyGroup>
<ItemGroup><ClCompile Include="src\\p.c" /><ClCompile Include="..\\only\\only.c" /></ItemGroup></Project>
//- /proj/src/p.c
#include <ntddk.h>
${ENTRY} { Local(); return 0; }
VOID Local(VOID) { OnlyHere(); }
`;

it('joins what shares headers, files or the only function of a name, and nothing else', () => {
  const parts = partsOf(parseFixture(DRIVERS).files).map(({ files }) => files.join(' '));
  expect(parts).toEqual([
    '/a/a.c /a/own.c /inc/shared.h /inc/shared.c',
    '/b/b.c',
    '/only/only.c /proj/src/p.c',
    '/twice1/t.c',
    '/twice2/t.c',
    '/c/c.c',
  ]);
});

it('answers in each part as in the whole', () => {
  const { files } = parseFixture(DRIVERS);
  const whole = answersOf(createProgram(files, { settings, ddi })).sort(byName);
  const parts = programsOf(files).flatMap(answersOf).sort(byName);
  expect(parts).toEqual(whole);
  expect(whole.some(([, { calls }]) => calls.includes('Everywhere -> /b/b.c:Everywhere'))).toBe(true);
});

it('knows that a name is ambiguous although one of its functions is elsewhere', () => {
  const { files } = parseFixture(`//- /a/a.c
#include <ntddk.h>
#include "../lib1/one.h"
${ENTRY} { Other(); return 0; }
//- /lib1/one.h
VOID One(VOID);
//- /lib1/one.c
VOID One(VOID) { }
VOID Other(VOID) { }
//- /lib2/two.c
VOID Other(VOID) { }
//- /lib1/sub/three.c
VOID Third(VOID) { Other(); }
`);
  const whole = answersOf(createProgram(files, { settings, ddi })).sort(byName);
  expect(programsOf(files).flatMap(answersOf).sort(byName)).toEqual(whole);
});
