// What the structure pass finds in a file: functions, prototypes, roles, types, macros, pragmas, conditions.
import { describe, expect, it } from 'vitest';
import { parseSource, type ParseOptions } from '../harness/parseSource.ts';

function read(text: string, options: ParseOptions = {}) {
  const parsed = parseSource(text, options);
  const name = (atom: number): string => parsed.atoms.text(atom);
  return { ...parsed, name };
}

/** "scope::name(param: type, ...) -> type" of every function. */
function heads(text: string, options: ParseOptions = {}): string[] {
  const { structure, name } = read(text, options);
  return structure.functions.map((fn) => {
    const params = fn.params.map((param) => `${name(param.name)}: ${param.type}`).join(', ');
    return `${fn.scope === '' ? '' : `${fn.scope}::`}${name(fn.name)}(${params}) -> ${fn.returnType}`;
  });
}

describe('function heads', () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['int main(void) { }', ['main() -> int']],
    [
      'NTSTATUS\nFoo(\n  _In_ PDEVICE_OBJECT Device,\n  _Inout_opt_ KIRQL *Irql\n  )\n{ }',
      ['Foo(Device: PDEVICE_OBJECT, Irql: KIRQL *) -> NTSTATUS'],
    ],
    ['static VOID NTAPI Bar(IN PVOID a, OUT ULONG b[4]) {}', ['Bar(a: PVOID, b: ULONG []) -> VOID']],
    ['_Use_decl_annotations_ VOID F(PKDPC Dpc) {}', ['F(Dpc: PKDPC) -> VOID']],
    ['CODE_SEG("PAGE") NTSTATUS F(WDFDEVICE d) {}', ['F(d: WDFDEVICE) -> NTSTATUS']],
    ['NTSTATUS CAdapter::Start(PIRP Irp) {}', ['CAdapter::Start(Irp: PIRP) -> NTSTATUS']],
    [
      'CFoo::CFoo(int a) : m_a(a), m_b{0} { } CFoo::~CFoo() { }',
      ['CFoo::CFoo(a: int) -> ', 'CFoo::~CFoo() -> '],
    ],
    ['STDMETHODIMP_(ULONG) CFoo::AddRef() { }', ['CFoo::AddRef() -> STDMETHODIMP_(ULONG)']],
    [
      'extern "C" { void A(void) { } } namespace N { void B() { } namespace M { void C() { } } }',
      ['A() -> void', 'N::B() -> void', 'N::M::C() -> void'],
    ],
    [
      'class K { public: int f() const { return 1; } private: K(); bool operator==(K &o) { } };',
      ['K::f() -> int', 'K::operator==(o: K &) -> bool'],
    ],
    ['template <class T> T Max(T a, T b) { }', ['Max(a: T, b: T) -> T']],
    ['template <> int Convert<A, B>(A a) { }', ['Convert(a: A) -> int']],
    ['int old(a, b) int a; char *b; { }', ['old(a: int, b: char *) -> int']],
    ['VOID (*Choose(int a))(int) { }', ['Choose(a: int) -> VOID']],
    [
      'void Each(VOID (*Callback)(PVOID), PVOID Context) { }',
      ['Each(Callback: VOID (*) (), Context: PVOID) -> void'],
    ],
    ['WDF_DECLARE_CONTEXT_TYPE(CTX)\nNTSTATUS F(void) { }', ['F() -> NTSTATUS']],
    [
      '_When_(return == 0, _Acquires_lock_(*l)) NTSTATUS F(int l) _Requires_lock_held_(x) { }',
      ['F(l: int) -> NTSTATUS'],
    ],
    ['struct FOO *Find(struct BAR *b) { }', ['Find(b: BAR *) -> FOO *']],
    [
      '#if A\nvoid F(int x) {\n#else\nvoid F(long x) {\n#endif\n g(); }\nvoid G(void) {}',
      ['F(x: int) -> void', 'G() -> void'],
    ],
    [
      '#if A\nvoid F(int x) { }\n#else\nvoid F(long x) { }\n#endif',
      ['F(x: int) -> void', 'F(x: long) -> void'],
    ],
    ['#if 0\nvoid F(int x) { }\n#endif\nvoid G(void) { }', ['G() -> void']],
  ];
  it.each(table)('%s', (text, expected) => {
    expect(heads(text)).toEqual(expected);
  });

  it('records annotations before and after the parameters, on parameters and as text', () => {
    const { structure } = read(
      '_IRQL_requires_max_(DISPATCH_LEVEL)\n__drv_maxIRQL( /* why */ 2 )\nVOID F(_In_ _IRQL_restores_ KIRQL i) _Requires_lock_held_(l->x) { }',
    );
    const fn = structure.functions[0]!;
    expect(fn.annotations.map(({ name, args }) => `${name} ${args ?? '-'}`)).toEqual([
      '_IRQL_requires_max_ DISPATCH_LEVEL',
      '__drv_maxIRQL 2',
      '_Requires_lock_held_ l->x',
    ]);
    expect(fn.params[0]!.annotations.map(({ name }) => name)).toEqual(['_In_', '_IRQL_restores_']);
  });

  it('keeps ranges that point at the text', () => {
    const text = 'static VOID Foo(int a)\r\n{\r\n  g();\r\n}\r\n';
    const fn = read(text).structure.functions[0]!;
    expect(text.slice(fn.nameRange.start, fn.nameRange.end)).toBe('Foo');
    expect(text.slice(fn.bodyRange.start, fn.bodyRange.end)).toBe('{\r\n  g();\r\n}');
    expect(text.slice(fn.start, fn.end)).toBe(text.trimEnd());
    expect(fn.isStatic).toBe(true);
  });
});

describe('code segments', () => {
  const table: readonly (readonly [string, string])[] = [
    ['#pragma code_seg("PAGE")\nvoid F(void) {}', 'PAGE'],
    ['#pragma code_seg("PAGE")\n#pragma code_seg()\nvoid F(void) {}', ''],
    ['#pragma code_seg(push, "INIT")\n#pragma code_seg(pop)\nvoid F(void) {}', ''],
    ['CODE_SEG("PAGE") void F(void) {}', 'PAGE'],
    ['PAGED_CODE_SEG\nvoid F(void) {}', 'PAGE'],
    ['__declspec(code_seg("PAGESER")) void F(void) {}', 'PAGESER'],
  ];
  it.each(table)('%s', (text, expected) => {
    expect(read(text).structure.functions[0]!.codeSegment).toBe(expected);
  });
});

describe('declarations', () => {
  it('tells role declarations, globals and prototypes apart', () => {
    const { structure, name } = read(
      'DRIVER_DISPATCH Create, Close;\nstatic KSPIN_LOCK g_Lock;\nextern ULONG g_Count;\nPVOID g_Pool = NULL;\nint g_n, *g_p;\nNTSTATUS F(int a);\n__drv_dispatchType(IRP_MJ_READ) DRIVER_DISPATCH Read;',
    );
    expect(structure.typedDeclarations.map((d) => `${name(d.typeName)} ${name(d.name)}`)).toEqual([
      'DRIVER_DISPATCH Create',
      'DRIVER_DISPATCH Close',
      'KSPIN_LOCK g_Lock',
      'ULONG g_Count',
      'DRIVER_DISPATCH Read',
    ]);
    expect(structure.globals.map((g) => `${name(g.name)}${g.isPointer ? '*' : ''}`)).toEqual([
      'g_Pool',
      'g_n',
      'g_p*',
    ]);
    expect(structure.prototypes.map((p) => name(p.name))).toEqual(['F']);
  });

  it('reads structs with nested and anonymous parts, names and pointer names', () => {
    const { structure, name } = read(
      'typedef struct _EXT { KSPIN_LOCK Lock; union { ULONG a; PVOID b; }; struct { int c; } in; PDRIVER_DISPATCH *Table[4]; VOID (*Fn)(int); ULONG Bits : 3; } EXT, *PEXT;',
    );
    const ext = structure.structs.find((s) => name(s.tag) === '_EXT')!;
    expect(ext.names.map(name)).toEqual(['EXT']);
    expect(ext.pointerNames.map(name)).toEqual(['PEXT']);
    expect(
      ext.fields.map(
        (f) =>
          `${name(f.name)}:${name(f.typeName)}${'*'.repeat(f.pointerDepth)}${f.isArray ? '[]' : ''}${f.isFunctionPointer ? '()' : ''}`,
      ),
    ).toEqual([
      'Lock:KSPIN_LOCK',
      'a:ULONG',
      'b:PVOID',
      'c:int',
      'in:',
      'Table:PDRIVER_DISPATCH*[]',
      'Fn:()',
      'Bits:ULONG',
    ]);
  });

  it('reads aliases: pointers, function types and function pointer types', () => {
    const { structure, name } = read(
      'typedef FOO *PFOO;\ntypedef ULONG X;\ntypedef _Function_class_(F) _IRQL_requires_(PASSIVE_LEVEL) NTSTATUS CALLBACK_FN(_In_ PVOID c);\ntypedef VOID (NTAPI *PFN)(int a);\nusing U = KIRQL;',
    );
    expect(
      structure.aliases.map(
        (a) =>
          `${name(a.name)}=${name(a.target)}${'*'.repeat(a.pointerDepth)}${a.isFunctionType ? ' fn' : ''}${a.isFunctionPointer ? ' pfn' : ''}/${a.params.length}`,
      ),
    ).toEqual(['PFOO=FOO*/0', 'X=ULONG/0', 'CALLBACK_FN=NTSTATUS fn/1', 'PFN=VOID pfn/1', 'U=KIRQL/0']);
    expect(structure.aliases[2]!.annotations.map(({ name: n }) => n)).toEqual([
      '_Function_class_',
      '_IRQL_requires_',
    ]);
  });

  it('reads macros, includes, pragmas and suppressions', () => {
    const { structure, name } = read(
      '#include <ntddk.h>\n#include "..\\inc\\a.h"\n#define N 3\n#define F(a, ...) g(a, \\\n  __VA_ARGS__)\n#pragma alloc_text(PAGE, Foo) // why\n// irql-lens-ignore irql-too-high: known\n/* irql-lens-ignore x */',
    );
    expect(structure.includes.map(({ path, isAngled }) => `${path} ${String(isAngled)}`)).toEqual([
      'ntddk.h true',
      '..\\inc\\a.h false',
    ]);
    expect(
      structure.macros.map(
        (m) => `${name(m.name)} ${m.params?.map(name).join() ?? '-'} ${m.body.to - m.body.from}`,
      ),
    ).toEqual(['N - 1', 'F a,__VA_ARGS__ 6']);
    expect(structure.pragmas.map((p) => `${p.name} ${p.args}`)).toEqual(['alloc_text (PAGE, Foo)']);
    expect(structure.suppressions.map(({ text }) => text)).toEqual(['irql-too-high: known', 'x']);
  });

  it('lists the conditions around a function, but not its include guard', () => {
    const { structure } = read(
      '#ifndef A_H\n#define A_H\n#if DBG\n#ifdef X\nvoid F(void){}\n#else\nvoid G(void){}\n#endif\n#endif\n#endif',
    );
    expect(structure.functions.map(({ conditions }) => conditions)).toEqual([
      ['DBG', 'defined(X)'],
      ['DBG', '!defined(X)'],
    ]);
  });

  it('lists a brace block that fits nothing instead of losing it', () => {
    const { structure } = read('SOMETHING { a(); b(); }\nvoid F(void) { }');
    expect(structure.skipped.map(({ reason }) => reason)).toEqual(['a brace block without a function head']);
    expect(structure.functions).toHaveLength(1);
  });
});

describe('unbalanced braces', () => {
  it('finds the functions behind one that lacks its closing brace', () => {
    expect(heads('void A(void)\n{\n  if (x) {\n    f();\n}\n\nvoid B(void)\n{\n  g();\n}\n')).toEqual([
      'A() -> void',
      'B() -> void',
    ]);
    expect(heads('void A(void)\n{\n  f();\n\nvoid B(void)\n{\n  g();\n}\n')).toEqual([
      'A() -> void',
      'B() -> void',
    ]);
  });
  it('ignores a brace too many', () => {
    expect(heads('void A(void)\n{\n  }\n  f();\n}\n\nvoid B(void)\n{\n}\n')).toEqual([
      'A() -> void',
      'B() -> void',
    ]);
  });
  it('says that it had to guess', () => {
    expect(read('void A(void)\n{\n  (\n}\n').structure.problems.map(({ reason }) => reason)).toEqual([
      "'(' is never closed",
    ]);
  });
});
