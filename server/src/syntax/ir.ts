/**
 * The flat intermediate representation of one function body: a tree in typed arrays.
 * Nodes are numbers; children hang on `first` and are chained by `next`, in source order.
 * It knows nothing of kernel routines, IRQL or locks.
 */
import type { Atom } from './atoms.ts';

/** Index of a node in a `BodyIr`; -1 stands for "none". */
export type NodeId = number;

/**
 * Node kinds. Children in order are given in brackets; `atom` is the node's name, operator or literal spelling.
 * An optional child that is absent is an `Empty` node wherever a later child follows it.
 */
export const NodeKind = {
  // --- statements ---
  /** `{ ... }` [statement*] */
  Block: 1,
  /** `if` [condition, then, else?] */
  If: 2,
  /** `while` [condition, body] */
  While: 3,
  /** `do body while (condition)` [body, condition] */
  DoWhile: 4,
  /** `for` [init, condition, step, body]; absent parts are Empty; range-for is [decl, range, Empty, body] with flag RangeFor. */
  For: 5,
  /** `switch` [value, body] */
  Switch: 6,
  /** `case a:` or `case a ... b:` [value, last?]; a marker inside the switch body, not a parent of its statements. */
  Case: 7,
  /** `default:` marker */
  Default: 8,
  /** `name:` atom = label; a marker */
  Label: 9,
  /** `goto name` atom = label; atom 0 = computed goto */
  Goto: 10,
  Break: 11,
  Continue: 12,
  /** [value?] */
  Return: 13,
  /** [expression] */
  ExprStmt: 14,
  /** one declared local: atom = name, `aux` = type atom (last type identifier, e.g. KIRQL; see TypeFlags), [initialiser?]; `int a, b` gives two Decl siblings. Constructor syntax `T x(args)` has an initialiser of kind Construct. Array bounds are not kept. */
  Decl: 15,
  /** SEH `__try` [body, handler]; handler is SehExcept or SehFinally */
  SehTry: 16,
  /** `__except` [filter, body] */
  SehExcept: 17,
  /** `__finally` [body] */
  SehFinally: 18,
  /** `__leave` */
  SehLeave: 19,
  /** C++ `try` [body, Catch+] */
  CppTry: 20,
  /** [declaration or Empty, body] */
  Catch: 21,
  /** [value?] */
  Throw: 22,
  /** An aligned `#if` group: atom = condition text of the first branch (normalised white space), [alternative+]; each alternative is a Block whose atom is its own condition text ('' = #else, or the implied empty else). The same condition text takes the same branch throughout a body. */
  Choice: 23,
  Empty: 24,
  /** inline assembler, contents not modelled */
  Asm: 25,
  /** A region that could not be parsed; anything may happen inside. Listed in `BodyIr.recoveries`. [what was understood of it?] */
  Unparsed: 26,
  /** local function prototype, typedef, using, static_assert, local type: no effect; atom = name if any; member functions of a local class are its children [Lambda*] */
  LocalDeclaration: 27,

  // --- expressions ---
  /** identifier; qualified names keep the last part, with the whole spelling in `aux` (Atom) when qualified */
  Name: 40,
  /** integer/floating literal: atom = spelling, `aux` = value when it is an integer that fits int32, else 0 with flag NoValue */
  Number: 41,
  String: 42,
  /** character literal; `aux` = code */
  Char: 43,
  /** [callee, argument*] */
  Call: 44,
  /** `base.field` / `base->field` [base]; atom = field; flag Arrow */
  Member: 45,
  /** [base, index] */
  Index: 46,
  /** prefix operator, atom = operator (`! - + ~ * & ++ --`) [operand] */
  Unary: 47,
  /** `++`/`--` postfix, atom = operator [operand] */
  Postfix: 48,
  /** atom = operator [left, right]; includes && and || */
  Binary: 49,
  /** atom = operator (`=`, `+=`, ...) [target, value] */
  Assign: 50,
  /** `?:` [condition, then, else] */
  Conditional: 51,
  /** [left, right] */
  Comma: 52,
  /** C cast or static_cast & co: atom = last type identifier; `aux` = pointer depth [operand] */
  Cast: 53,
  /** sizeof / alignof / offsetof / __uuidof: operand not kept */
  Sizeof: 54,
  /** `{ ... }` initialiser [element*]; a designated element is a Designated node */
  InitList: 55,
  /** `.field = value` atom = field [value]; `[index] = value` has atom 0 and [index, value] */
  Designated: 56,
  /** C++ lambda [body Block]; captures are not modelled */
  Lambda: 57,
  /** C++ `new T(...)`: atom = type [argument*] */
  New: 58,
  /** [operand] */
  Delete: 59,
  /** `T(args)` / `T{args}` construction of a class-typed temporary or local: atom = type [argument*] */
  Construct: 60,
  /** `this` */
  This: 61,
  /** anything else that has a value nobody tracks (e.g. co_await); children kept where there are any */
  Opaque: 62,
} as const;
export type NodeKind = (typeof NodeKind)[keyof typeof NodeKind];

/** Bits of `BodyIr.flags`. */
export const NodeFlag = {
  /** the node came out of a macro expansion; its offsets are those of the use site */
  FromMacro: 1,
  /** Member: `->` instead of `.` */
  Arrow: 2,
  /** the statement's text was split by an `#if` group and only the first live branch was read */
  SplitByIf: 4,
  /** For: C++ range-for */
  RangeFor: 8,
  /** Number: value not representable in `aux` */
  NoValue: 16,
  /** Decl: declared `static` */
  Static: 32,
  /** Decl: declares a pointer or reference */
  Pointer: 64,
  /** Decl: declares an array */
  Array: 128,
} as const;

/** A place where the body parser resynchronised. */
export interface Recovery {
  /** offset of the first skipped character */
  readonly offset: number;
  /** short reason, e.g. "expected ')' before ';'" */
  readonly reason: string;
}

/**
 * One function body. All arrays have `nodeCount` used entries. Node 0 is the body's Block.
 * Offsets are UTF-16 offsets into the file's text, ends exclusive.
 */
export interface BodyIr {
  readonly nodeCount: number;
  readonly kind: Uint8Array;
  readonly flags: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** first child or -1 */
  readonly first: Int32Array;
  /** next sibling or -1 */
  readonly next: Int32Array;
  readonly atom: Int32Array;
  /** see NodeKind; 0 where unused */
  readonly aux: Int32Array;
  /** for nodes with flag FromMacro: the atom of the outermost macro used; parallel to the others, 0 elsewhere */
  readonly macro: Int32Array;
  readonly recoveries: readonly Recovery[];
  /** false when nothing could be parsed at all; `recoveries[0]` says why */
  readonly isParsed: boolean;
}

/** The n-th child (0-based) of `node`, or -1. */
export function childAt(ir: BodyIr, node: NodeId, n: number): NodeId {
  let child = ir.first[node] ?? -1;
  for (let i = 0; i < n && child >= 0; i++) child = ir.next[child] ?? -1;
  return child;
}

/** The children of `node` in source order. */
export function childrenOf(ir: BodyIr, node: NodeId): NodeId[] {
  const children: NodeId[] = [];
  for (let child = ir.first[node] ?? -1; child >= 0; child = ir.next[child] ?? -1) children.push(child);
  return children;
}

/** The atom of the callee's plain name of a Call node (`Foo(...)`, `ns::Foo(...)`), or -1 for calls through expressions. */
export function calleeAtom(ir: BodyIr, call: NodeId): Atom {
  const callee = ir.first[call] ?? -1;
  return callee >= 0 && ir.kind[callee] === NodeKind.Name ? (ir.atom[callee] ?? -1) : -1;
}

/** The parent of each node, -1 for the root. Linear in the nodes. */
export function parentsOf(ir: BodyIr): Int32Array {
  const parents = new Int32Array(ir.nodeCount).fill(-1);
  for (let node = 0; node < ir.nodeCount; node++) {
    for (let child = ir.first[node] ?? -1; child >= 0; child = ir.next[child] ?? -1) parents[child] = node;
  }
  return parents;
}
