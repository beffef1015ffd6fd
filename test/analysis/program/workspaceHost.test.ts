// The host: what an edit changes, and what stays the same object.
import { describe, expect, it } from 'vitest';
import type { FunctionUnit, Program } from '../../../server/src/analysis/program.ts';
import { callsOf, functionOf, hostOf, rolesOf } from './harness.ts';

const fixture = `//- /drv/shared.h
#define LOCK(l) KeAcquireSpinLockAtDpcLevel(l)
typedef struct _EXT { KSPIN_LOCK Lock; } EXT, *PEXT;
DRIVER_DISPATCH Read;
//- /drv/a.c
#include "shared.h"
#include <ntddk.h>
void First(PEXT e) { LOCK(&e->Lock); }
void Second(PEXT e) { Third(); }
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { d->MajorFunction[IRP_MJ_READ] = Read; return 0; }
//- /drv/b.c
#include "shared.h"
#include <ntddk.h>
void Third(void) { }
NTSTATUS Read(PDEVICE_OBJECT d, PIRP i) { return 0; }
//- /other/o.c
#include <ntddk.h>
void Alone(void) { }
`;

function textOf(program: Program, path: string): string {
  return program.files.get(path)?.text ?? '';
}

function edit(program: Program, path: string, from: string, to: string): { path: string; text: string }[] {
  const text = textOf(program, path);
  expect(text).toContain(from);
  return [{ path, text: text.replace(from, to) }];
}

function identities(program: Program): Record<string, { id: number; stamp: number | undefined }> {
  return Object.fromEntries(program.functions.map(({ name, id, stamp }) => [name, { id, stamp }]));
}

/** Names of functions whose stamp differs. */
function restamped(before: Program, after: Program): string[] {
  const old = identities(before);
  return after.functions.filter(({ name, stamp }) => old[name]?.stamp !== stamp).map(({ name }) => name);
}

function expectConsistent(program: Program): void {
  program.functions.forEach((unit, i) => {
    expect(unit.id).toBe(i);
    expect(program.files.get(unit.file.path)).toBe(unit.file);
    expect(unit.file.functionIds).toContain(i);
    expect(textOf(program, unit.file.path).slice(unit.head.nameRange.start, unit.head.nameRange.end)).toBe(
      unit.name,
    );
  });
  const nIds = [...program.files.values()].reduce((sum, file) => sum + file.functionIds.length, 0);
  expect(nIds).toBe(program.functions.length);
}

function calleeText(unit: FunctionUnit): string {
  const ir = unit.ir();
  const call = ir.kind.indexOf(44);
  return unit.file.text.slice(ir.start[call], ir.end[call]);
}

describe('an edit of one body', () => {
  it('changes only that function; others keep id, stamp and parsed body with moved offsets', () => {
    const host = hostOf(fixture);
    const before = host.program;
    expect(calleeText(functionOf(before, 'Second'))).toBe('Third()');
    const after = host.update(edit(before, '/drv/a.c', 'LOCK(&e->Lock);', 'LOCK(&e->Lock); x = 1;'));
    expect(restamped(before, after)).toEqual(['First']);
    expect(after.files.get('/drv/b.c')).toBe(before.files.get('/drv/b.c'));
    expect(identities(after)['Second']).toEqual(identities(before)['Second']);
    expect(calleeText(functionOf(after, 'Second'))).toBe('Third()');
    expectConsistent(after);
    expectConsistent(before);
  });

  it('notices a registration that went away', () => {
    const host = hostOf(fixture);
    const before = host.program;
    expect(rolesOf(before, 'Read')).toEqual([
      'DRIVER_DISPATCH fieldAssignment 0..2 merelyAllowed (DRIVER_OBJECT.MajorFunction[IRP_MJ_READ])',
    ]);
    const stamp = before.resolutionStamp?.('/drv');
    const after = host.update(edit(before, '/drv/a.c', 'd->MajorFunction[IRP_MJ_READ] = Read;', ''));
    expect(rolesOf(after, 'Read')).toEqual([
      'DRIVER_DISPATCH declaration 0..2 merelyAllowed (DRIVER_DISPATCH)',
    ]);
    expect(after.resolutionStamp?.('/drv')).not.toBe(stamp);
    expect(rolesOf(before, 'Read')).toHaveLength(1);
  });

  it('leaves other projects alone', () => {
    const host = hostOf(fixture);
    const stamp = host.program.resolutionStamp?.('/other');
    const after = host.update(edit(host.program, '/drv/a.c', 'void First', 'void Renamed'));
    expect(after.resolutionStamp?.('/other')).toBe(stamp);
  });
});

describe('what an edit means for other projects', () => {
  const libraries = `//- /drv/a.c
#include <ntddk.h>
#include "../lib/lib.h"
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { KeInitializeDpc(0, LibDpc, 0); LibNew(); return 0; }
//- /lib/lib.h
KDEFERRED_ROUTINE LibDpc;
//- /lib/lib.c
#include "lib.h"
VOID LibDpc(PKDPC a, PVOID b, PVOID c, PVOID d) { }
`;

  it('a library gets the roles that a driver gives its functions, and loses them', () => {
    const host = hostOf(libraries);
    const before = host.program;
    expect(rolesOf(before, 'LibDpc')).toEqual([
      'KDEFERRED_ROUTINE registrationCall 2..2 always (KeInitializeDpc argument 2)',
    ]);
    const stamp = before.resolutionStamp?.('/lib');
    const after = host.update(edit(before, '/drv/a.c', 'KeInitializeDpc(0, LibDpc, 0);', ''));
    expect(rolesOf(after, 'LibDpc')).toEqual([
      'KDEFERRED_ROUTINE declaration 2..2 always (KDEFERRED_ROUTINE)',
    ]);
    expect(after.resolutionStamp?.('/lib')).not.toBe(stamp);
  });

  it('a new function of a library is found by the drivers', () => {
    const host = hostOf(libraries);
    const before = host.program;
    expect(callsOf(before, 'DriverEntry').at(-1)).toBe('LibNew -> unknown');
    const stamp = before.resolutionStamp?.('/drv');
    const after = host.update(
      edit(before, '/lib/lib.c', 'VOID LibDpc', 'void LibNew(void) { }\nVOID LibDpc'),
    );
    expect(callsOf(after, 'DriverEntry').at(-1)).toBe('LibNew -> /lib/lib.c:LibNew');
    expect(after.resolutionStamp?.('/drv')).not.toBe(stamp);
  });
});

describe('an edit of a header', () => {
  it('restamps the users of a changed macro and no others', () => {
    const host = hostOf(fixture);
    const before = host.program;
    callsOf(before, 'First');
    const after = host.update(
      edit(before, '/drv/shared.h', 'KeAcquireSpinLockAtDpcLevel(l)', 'KeReleaseSpinLockFromDpcLevel(l)'),
    );
    expect(restamped(before, after)).toEqual(['First']);
    expect(callsOf(after, 'First')).toEqual(['KeReleaseSpinLockFromDpcLevel -> ddi']);
    expect(callsOf(before, 'Second')).toEqual(['Third -> /drv/b.c:Third']);
  });

  it('restamps functions whose declaration changed', () => {
    const host = hostOf(fixture);
    const before = host.program;
    const after = host.update(
      edit(before, '/drv/shared.h', 'DRIVER_DISPATCH Read;', 'KDEFERRED_ROUTINE Read;'),
    );
    expect(restamped(before, after)).toEqual(['Read']);
    expect(rolesOf(after, 'Read')).toContain('KDEFERRED_ROUTINE declaration 2..2 always (KDEFERRED_ROUTINE)');
  });

  it('sees a field that changed its type', () => {
    const host = hostOf(fixture);
    expect(host.program.types.fieldType('/drv', 'EXT', 'Lock')).toBe('KSPIN_LOCK');
    const after = host.update(edit(host.program, '/drv/shared.h', 'KSPIN_LOCK Lock', 'FAST_MUTEX Lock'));
    expect(after.types.fieldType('/drv', 'EXT', 'Lock')).toBe('FAST_MUTEX');
  });
});

describe('functions that come and go', () => {
  it('keeps ids dense and calls right', () => {
    const host = hostOf(fixture);
    const before = host.program;
    const without = host.update(edit(before, '/drv/a.c', 'void First(PEXT e) { LOCK(&e->Lock); }', ''));
    expectConsistent(without);
    expect(without.functions).toHaveLength(before.functions.length - 1);
    const again = host.update([{ path: '/drv/a.c', text: textOf(before, '/drv/a.c') }]);
    expectConsistent(again);
    expect(callsOf(again, 'Second')).toEqual(['Third -> /drv/b.c:Third']);
    expect(rolesOf(again, 'Read')).toHaveLength(1);
  });

  it('forgets removed files and finds new ones', () => {
    const host = hostOf(fixture);
    const gone = host.update([{ path: '/drv/b.c', text: undefined }]);
    expectConsistent(gone);
    expect(callsOf(gone, 'Second')).toEqual(['Third -> unknown']);
    const back = host.update([{ path: '/drv/c.c', text: 'void Third(void) { }' }]);
    expectConsistent(back);
    expect(callsOf(back, 'Second')).toEqual(['Third -> /drv/c.c:Third']);
  });

  it('keeps the stamps of functions that a new file does not touch', () => {
    const host = hostOf(fixture);
    const before = host.program;
    const after = host.update([{ path: '/drv/new.c', text: '#define UNRELATED 1\nvoid New(void) { }' }]);
    expect(restamped(before, after)).toEqual(['New']);
    expectConsistent(after);
  });
});

it('changes nothing for the same text or an unknown removal', () => {
  const host = hostOf(fixture);
  const before = host.program;
  expect(host.update([])).toBe(before);
  expect(host.update([{ path: '/drv/a.c', text: textOf(before, '/drv/a.c') }])).toBe(before);
  expect(host.update([{ path: '/drv/none.c', text: undefined }])).toBe(before);
});

it('takes one Windows file under every spelling of its path', () => {
  const host = hostOf(`//- c:/drv/a.c
void A(void) { B(); }
//- c:/drv/b.c
void B(void) { }
`);
  const text = 'void A(void) { C(); }';
  for (const path of ['C:\\Drv\\A.c', 'file:///c%3A/DRV/a.c']) {
    const program = host.update([{ path, text: text.replace('C()', path.length > 12 ? 'D()' : 'C()') }]);
    expect([...program.files.keys()]).toEqual(['c:/drv/a.c', 'c:/drv/b.c']);
  }
  expect(callsOf(host.program, 'A')).toEqual(['D -> unknown']);
});

it('survives broken, empty and looping input', () => {
  const host = hostOf(`//- /drv/a.h
#include "b.h"
//- /drv/b.h
#include "a.h"
//- /drv/a.c
#include "a.h"
#include "missing.h"
typedef LOOP LOOP;
typedef struct _X X;
void F(void) { { { (
`);
  expect(() => host.update([{ path: '/drv/a.c', text: '' }])).not.toThrow();
  const program = host.update([{ path: '/drv/a.c', text: '}}}} void G(LOOP *x) { x->y(); }' }]);
  for (const unit of program.functions)
    expect(() => [unit.annotations, program.rolesOf(unit.id)]).not.toThrow();
});
