// Statements and expressions: source of a body against the dump of its IR (see harness/dumpIr.ts).
import { describe, expect, it } from 'vitest';
import { dumpIr } from '../harness/dumpIr.ts';
import { parseSource } from '../harness/parseSource.ts';

type Case = readonly [source: string, dump: string, recoveries?: readonly string[]];

/** Parses the statements in a function and compares the children of its block. */
function check([source, dump, recoveries = []]: Case): void {
  const { atoms, bodies } = parseSource(`void F(void) { ${source} }`);
  expect(bodies).toHaveLength(1);
  const { ir } = bodies[0]!;
  expect(dumpIr(ir, atoms)).toBe(dump === '' ? 'Block' : `(Block ${dump})`);
  expect(ir.recoveries.map(({ reason }) => reason)).toEqual(recoveries);
}

const cases: readonly Case[] = [
  [
    'if (a < 1) f(); else if (b) g(); else h();',
    '(If (Binary < (Name a) (Number 1)) (ExprStmt (Call (Name f))) (If (Name b) (ExprStmt (Call (Name g))) (ExprStmt (Call (Name h)))))',
  ],
  ['while (x--) { continue; }', '(While (Postfix -- (Name x)) (Block Continue))'],
  ['do { f(); } while (0);', '(DoWhile (Block (ExprStmt (Call (Name f)))) (Number 0))'],
  [
    'for (int i = 0, j = 1; i < n; i++) f(i);',
    '(For (Block (Decl i :int (Number 0)) (Decl j :int (Number 1))) (Binary < (Name i) (Name n)) (Postfix ++ (Name i)) (ExprStmt (Call (Name f) (Name i))))',
  ],
  ['for (;;) break;', '(For Empty Empty Empty Break)'],
  [
    'for (auto &x : list) f(x);',
    '(For (Decl x :auto*) (Name list) Empty (ExprStmt (Call (Name f) (Name x))))',
  ],
  [
    'switch (x) { case 1: case 2 ... 4: f(); break; default: g(); }',
    '(Switch (Name x) (Block (Case (Number 1)) (Case (Number 2) (Number 4)) (ExprStmt (Call (Name f))) Break Default (ExprStmt (Call (Name g)))))',
  ],
  [
    'if (x) goto Exit; return; Exit: f();',
    '(If (Name x) (Goto Exit)) Return (Label Exit) (ExprStmt (Call (Name f)))',
  ],
  [
    '__try { f(); __leave; } __finally { g(); }',
    '(SehTry (Block (ExprStmt (Call (Name f))) SehLeave) (SehFinally (Block (ExprStmt (Call (Name g))))))',
  ],
  [
    '__try { f(); } __except (EXCEPTION_EXECUTE_HANDLER) { status = GetExceptionCode(); }',
    '(SehTry (Block (ExprStmt (Call (Name f)))) (SehExcept (Name EXCEPTION_EXECUTE_HANDLER) (Block (ExprStmt (Assign = (Name status) (Call (Name GetExceptionCode)))))))',
  ],
  [
    'try { f(); leave; } finally { g(); }',
    '(SehTry (Block (ExprStmt (Call (Name f))) SehLeave) (SehFinally (Block (ExprStmt (Call (Name g))))))',
  ],
  [
    'try { f(); } except (1) { g(); }',
    '(SehTry (Block (ExprStmt (Call (Name f)))) (SehExcept (Number 1) (Block (ExprStmt (Call (Name g))))))',
  ],
  [
    'try { f(); } catch (const E& e) { g(e); } catch (...) { throw; }',
    '(CppTry (Block (ExprStmt (Call (Name f)))) (Catch (Decl e :E*) (Block (ExprStmt (Call (Name g) (Name e))))) (Catch Empty (Block Throw)))',
  ],
  [
    'KIRQL old; KeAcquireSpinLock(&ext->Lock, &old);',
    '(Decl old :KIRQL) (ExprStmt (Call (Name KeAcquireSpinLock) (Unary & (Member ->Lock (Name ext))) (Unary & (Name old))))',
  ],
  ['static PVOID p = (PVOID)&x, q[3];', '(Decl p :PVOID (Cast PVOID (Unary & (Name x)))) (Decl q :PVOID[])'],
  [
    'unsigned long flags = 0x10UL | (ULONG)-1;',
    '(Decl flags :long (Binary | (Number 0x10UL) (Cast ULONG (Unary - (Number 1)))))',
  ],
  ['A * b; a = b * c;', '(Decl b :A*) (ExprStmt (Assign = (Name a) (Binary * (Name b) (Name c))))'],
  [
    'T& r = *p; CAutoLock lock(&m_lock); CAutoLock other{m};',
    '(Decl r :T* (Unary * (Name p))) (Decl lock :CAutoLock (Construct CAutoLock (Unary & (Name m_lock)))) (Decl other :CAutoLock (InitList (Name m)))',
  ],
  [
    'NTSTATUS (*fn)(PVOID) = Callback; fn(ctx);',
    '(Decl fn :NTSTATUS* (Name Callback)) (ExprStmt (Call (Name fn) (Name ctx)))',
  ],
  [
    'struct { int a; } s = { .a = 1, .b = { 2 } };',
    '(LocalDeclaration struct) (Decl s :struct (InitList (Designated a (Number 1)) (Designated b (InitList (Number 2)))))',
  ],
  [
    'x = (a) - b; y = (ULONG)-1; z = (foo)(bar); w = (PFOO)(bar);',
    '(ExprStmt (Assign = (Name x) (Binary - (Name a) (Name b)))) (ExprStmt (Assign = (Name y) (Cast ULONG (Unary - (Number 1))))) (ExprStmt (Assign = (Name z) (Call (Name foo) (Name bar)))) (ExprStmt (Assign = (Name w) (Cast PFOO (Name bar))))',
  ],
  [
    'x = a ? b : c ? d : e;',
    '(ExprStmt (Assign = (Name x) (Conditional (Name a) (Name b) (Conditional (Name c) (Name d) (Name e)))))',
  ],
  [
    'p->Lock.Owner[3]->f(1, 2)++;',
    '(ExprStmt (Postfix ++ (Call (Member ->f (Index (Member Owner (Member ->Lock (Name p))) (Number 3))) (Number 1) (Number 2))))',
  ],
  [
    'x = sizeof(struct foo) + sizeof x; y = FIELD_OFFSET(T, f);',
    '(ExprStmt (Assign = (Name x) (Binary + (Sizeof sizeof) (Sizeof sizeof)))) (ExprStmt (Assign = (Name y) (Sizeof FIELD_OFFSET)))',
  ],
  [
    'auto l = [&](int a) { return a; }; l(1);',
    '(Decl l :auto (Lambda (Block (Return (Name a))))) (ExprStmt (Call (Name l) (Number 1)))',
  ],
  [
    'x = static_cast<PFOO*>(y); z = new (NonPagedPool) CFoo(1); delete z;',
    '(ExprStmt (Assign = (Name x) (Cast PFOO (Name y)))) (ExprStmt (Assign = (Name z) (New CFoo (Name NonPagedPool) (Number 1)))) (ExprStmt (Delete (Name z)))',
  ],
  ['PAGED_CODE()\n f();', '(ExprStmt (Call (Name PAGED_CODE))) (ExprStmt (Call (Name f)))'],
  [
    'TraceEvents(LEVEL, FLAG, "%!FUNC! " PREFIX "%d", 1);',
    '(ExprStmt (Call (Name TraceEvents) (Name LEVEL) (Name FLAG) (String "%!FUNC! ") (Number 1)))',
  ],
  [
    '_Analysis_assume_(x != NULL); _Analysis_assume_lock_held_(l);',
    '(ExprStmt (Call (Name _Analysis_assume_) (Binary != (Name x) (Name NULL)))) (ExprStmt (Call (Name _Analysis_assume_lock_held_) (Name l)))',
  ],
  [
    'struct L { void g() { h(); } } l; l.g();',
    '(LocalDeclaration L (Lambda (Block (ExprStmt (Call (Name h)))))) (Decl l :L) (ExprStmt (Call (Member g (Name l))))',
  ],
  [
    'NTSTATUS Local(PVOID a); typedef int T; Local(b);',
    '(LocalDeclaration Local) LocalDeclaration (ExprStmt (Call (Name Local) (Name b)))',
  ],
  [
    'if (KeGetCurrentIrql() >= DISPATCH_LEVEL && !NT_SUCCESS(s)) return STATUS_X;',
    '(If (Binary && (Binary >= (Call (Name KeGetCurrentIrql)) (Name DISPATCH_LEVEL)) (Unary ! (Call (Name NT_SUCCESS) (Name s)))) (Return (Name STATUS_X)))',
  ],
  [
    'std::vector<int> v; ns::f<int>(v); ::g();',
    '(Decl v :vector) (ExprStmt (Call (Name f) (Name v))) (ExprStmt (Call (Name g)))',
  ],
  ['__asm { mov eax, 1 } __asm int 3\n f();', 'Asm Asm (ExprStmt (Call (Name f)))'],
  [
    'f(); ) x; g();',
    '(ExprStmt (Call (Name f))) (Unparsed (ExprStmt Opaque)) (ExprStmt (Call (Name g)))',
    ["expected an expression before ')'"],
  ],
  [
    'x = ; g();',
    '(Unparsed (ExprStmt (Assign = (Name x) Opaque))) (ExprStmt (Call (Name g)))',
    ["expected an expression before ';'"],
  ],
  [
    'c = \'a\'; d = \'\\n\'; e = L"s" "t";',
    "(ExprStmt (Assign = (Name c) (Char 'a'))) (ExprStmt (Assign = (Name d) (Char '\\n'))) (ExprStmt (Assign = (Name e) (String L\"s\")))",
  ],
  ['a = b, c = d;', '(ExprStmt (Comma (Assign = (Name a) (Name b)) (Assign = (Name c) (Name d))))'],
  ['x = y = z;', '(ExprStmt (Assign = (Name x) (Assign = (Name y) (Name z))))'],
  ['*p++ = !q;', '(ExprStmt (Assign = (Unary * (Postfix ++ (Name p))) (Unary ! (Name q))))'],
  ['lbl: if (a) lbl2: f();', '(Label lbl) (If (Name a) (Block (Label lbl2) (ExprStmt (Call (Name f)))))'],
  [
    'x = ({ f(); 1; });',
    '(ExprStmt (Assign = (Name x) (Lambda (Block (ExprStmt (Call (Name f))) (ExprStmt (Number 1))))))',
  ],
  [
    'BOOLEAN delete = FALSE; delete = TRUE;',
    '(Decl delete :BOOLEAN (Name FALSE)) (ExprStmt (Assign = (Name delete) (Name TRUE)))',
  ],
  ['::operator delete(p);', '(ExprStmt (Call (Name operator) (Name p)))'],
  [
    'LIST_OF(2) seq; TYPE DECLSPEC_ALIGN(16) x = {0};',
    '(Decl seq :LIST_OF) (Decl x :TYPE (InitList (Number 0)))',
  ],
  [
    'if (m_A && B[i].Count != 0) f();',
    '(If (Binary && (Name m_A) (Binary != (Member Count (Index (Name B) (Name i))) (Number 0))) (ExprStmt (Call (Name f))))',
  ],
  [
    'fn = (_Fn)(void*)GetIt(x);',
    '(ExprStmt (Assign = (Name fn) (Cast _Fn (Cast void (Call (Name GetIt) (Name x))))))',
  ],
  [
    'if constexpr (has<T>) f(); g(T{.a = 1});',
    '(If (Name has) (ExprStmt (Call (Name f)))) (ExprStmt (Call (Name g) (Construct T (Designated a (Number 1)))))',
  ],
  [
    'try { f(); } CATCH_RETURN();',
    '(CppTry (Block (ExprStmt (Call (Name f)))) (Catch Empty (ExprStmt (Call (Name CATCH_RETURN)))))',
  ],
];

describe('bodies', () => {
  it.each(cases.map((one) => [one[0], one] as const))('%s', (_source, one) => {
    check(one);
  });
});
