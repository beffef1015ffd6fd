// Struct and variable types by name, and the type of an expression.
import { expect, it } from 'vitest';
import { NodeKind } from '../../../server/src/syntax/ir.ts';
import { functionOf, programOf } from './harness.ts';

const fixture = `//- /drv/ext.h
typedef struct _LOCKS { KSPIN_LOCK Queue; _Guarded_by_(Queue) ULONG Count; } LOCKS;
typedef struct _EXT {
  LOCKS Locks;
  union { FAST_MUTEX Mutex; ERESOURCE Resource; } u;
  struct { KSPIN_LOCK Inner; };
  struct _EXT *Next;
  LOCKS Array[4];
} EXT, *PEXT;
typedef EXT MY_EXT;
typedef MY_EXT *PMY_EXT;
PEXT GetExt(PDEVICE_OBJECT d);
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(EXT, ExtOf)
//- /drv/a.c
#include "ext.h"
EXT g_Ext;
class CThing { public: KSPIN_LOCK m_Lock; void Run(PMY_EXT my, PVOID p); };
void CThing::Run(PMY_EXT my, PVOID p) {
  PEXT local;
  Use(my->Locks);
  Use(&local->Next->Locks.Queue);
  Use(g_Ext.Mutex);
  Use(((PEXT)p)->Inner);
  Use(ExtOf(p)->Locks.Queue);
  Use(GetExt(p)->Array[2].Count);
  Use(CONTAINING_RECORD(p, EXT, Locks)->Resource);
  Use(this->m_Lock);
  Use(m_Lock);
  Use(Unheard(p)->Lock);
}
`;

it('follows expressions to their types', () => {
  const program = programOf(fixture);
  const unit = functionOf(program, 'CThing::Run');
  const ir = unit.ir();
  const types: string[] = [];
  for (let node = 0; node < ir.nodeCount; node++) {
    const callee = ir.first[node] ?? -1;
    if (ir.kind[node] !== NodeKind.Call || program.atoms.text(ir.atom[callee] ?? 0) !== 'Use') continue;
    types.push(program.types.typeOfExpression?.(unit, ir.next[callee] ?? -1) ?? '?');
  }
  expect(types).toEqual([
    'LOCKS',
    'KSPIN_LOCK',
    'FAST_MUTEX',
    'KSPIN_LOCK',
    'KSPIN_LOCK',
    'ULONG',
    'ERESOURCE',
    'KSPIN_LOCK',
    'KSPIN_LOCK',
    '?',
  ]);
});

it('names structs canonically and keeps annotations of fields', () => {
  const { types } = programOf(fixture);
  for (const name of ['EXT', 'PEXT', '_EXT', 'MY_EXT', 'PMY_EXT'])
    expect(types.structOf('/drv', name)).toBe('EXT');
  expect(types.structOf('/drv', 'KSPIN_LOCK')).toBeUndefined();
  expect(types.structOf('/drv', 'never heard of')).toBeUndefined();
  expect(
    types.fieldAnnotations('/drv', 'LOCKS', 'Count').map(({ name, args }) => `${name} ${args ?? ''}`),
  ).toEqual(['_Guarded_by_ Queue']);
});

it('keeps structs of the same name in two drivers apart', () => {
  const { types } = programOf(`//- /one/a.c
typedef struct _EXT { KSPIN_LOCK Lock; } EXT;
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { return 0; }
//- /two/a.c
typedef struct _EXT { FAST_MUTEX Lock; } EXT;
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { return 0; }
`);
  expect(types.fieldType('/one', 'EXT', 'Lock')).toBe('KSPIN_LOCK');
  expect(types.fieldType('/two', 'EXT', 'Lock')).toBe('FAST_MUTEX');
});
