/**
 * What a call refers to: functions of the workspace, a documented routine, a role called through a pointer, or nothing known.
 * A kernel routine with a known effect is believed over a body of the same name; any other body of the project over a fact.
 */
import type { DdiFacts, RoleFact } from '../../ddi/ddiFacts.ts';
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import { calleeAtom, childAt, NodeKind } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';
import type { Callee, DeclaredFunction, FunctionId, FunctionUnit } from '../program.ts';
import { argumentsOf, heldByLocal, type IndexContext } from './bodyIndex.ts';
import type { ProjectLink } from './linkProject.ts';
import { isNeutralMethod, isNeutralName, isPlainType } from './neutralNames.ts';
import { typeRefOf } from './typeRef.ts';
import type { ProjectTypes } from './types.ts';

/** What resolving asks of the snapshot; everything is as the caller's project sees it. */
export interface ResolveSource {
  readonly atoms: AtomTable;
  readonly ddi: DdiFacts;
  readonly types: ProjectTypes;
  readonly isUserMode: boolean;
  readonly link: () => ProjectLink;
  function(id: FunctionId): FunctionUnit;
  /** functions that the plain name means in that file, nearest first tier only */
  functionsNamed(name: Atom): readonly FunctionId[];
  /** the annotated declaration of a function without a body */
  declared(name: Atom): DeclaredFunction | undefined;
  /** methods of that name whatever their class, in the project */
  methodsNamed(name: Atom): readonly FunctionId[];
  context(): IndexContext;
  /** role of a function type or pointer type, aliases of the workspace followed */
  roleOfType(type: Atom): RoleFact | undefined;
  /** a context accessor or a WPP trace function */
  isDeclaredByMacro(name: Atom): boolean;
  /** whether parentheses stand around the node in the text: `(T)(x)` */
  isParenthesized(node: NodeId): boolean;
  /** a macro of the workspace that was left unexpanded because it does nothing of interest */
  isHarmlessMacro(name: Atom): boolean;
}

/** Resolves the callee of a Call (or Construct) node of `caller`. */
export function resolveCallee(caller: FunctionUnit, ir: BodyIr, call: NodeId, source: ResolveSource): Callee {
  const { atoms } = source;
  const nArgs = argumentsOf(ir, call).length;
  if (ir.kind[call] !== NodeKind.Call) return constructed(ir.atom[call] ?? 0, nArgs, source);
  const callee = stripParentheses(ir, ir.first[call] ?? -1, atoms);
  if (callee < 0) return { kind: 'unknown', name: '' };
  switch (ir.kind[callee]) {
    case NodeKind.Name:
      return named(caller, ir, callee, nArgs, source);
    case NodeKind.Member:
      return throughMember(ir, callee, nArgs, source);
    case NodeKind.Index:
      return throughIndex(ir, callee, source);
    case NodeKind.Lambda:
      return { kind: 'unknown', name: 'lambda' };
    case NodeKind.Call: {
      const inner = calleeAtom(ir, callee);
      return { kind: 'unknown', name: inner < 0 ? '' : `${atoms.text(inner)}()` };
    }
    default:
      return { kind: 'unknown', name: '' };
  }
}

/** `(*p)(...)` and `((T)p)(...)` call what `p` does. */
function stripParentheses(ir: BodyIr, node: NodeId, atoms: AtomTable): NodeId {
  let at = node;
  while (
    at >= 0 &&
    (ir.kind[at] === NodeKind.Cast ||
      (ir.kind[at] === NodeKind.Unary && atoms.text(ir.atom[at] ?? 0) === '*'))
  ) {
    at = ir.first[at] ?? -1;
  }
  return at;
}

function named(caller: FunctionUnit, ir: BodyIr, node: NodeId, nArgs: number, source: ResolveSource): Callee {
  const name = ir.atom[node] ?? 0;
  const context = source.context();
  const type = context.locals.typeOf(name);
  if (type !== undefined) return throughVariable(caller, ir, name, type, source, context);
  const { atoms, ddi } = source;
  const text = atoms.text(name);
  const qualified = ir.aux[node] ?? 0;
  const owner = qualified === 0 ? '' : classOf(atoms.text(qualified));
  const effect = owner === '' && !source.isUserMode ? ddi.effect(text) : undefined;
  if (effect !== undefined) return factCallee(text, source);
  const candidates = visibleFrom(caller, owner, source.functionsNamed(name), source);
  if (candidates.length > 0) return functionsCallee(candidates, nArgs, source);
  const { globals } = source.link();
  const held = globals.get(name);
  if (held !== undefined && held.size > 0) return pointerCallee([...held]);
  if (owner === '' || owner === 'std') {
    const found = factCallee(text, source, name);
    const declared = found.kind === 'unknown' && !source.isUserMode ? source.declared(name) : undefined;
    if (declared !== undefined) return { kind: 'declared', name: text, declared };
    const isCast =
      found.kind === 'unknown' && nArgs === 1 && (isTypeName(name, source) || source.isParenthesized(node));
    return isCast ? { kind: 'neutral', name: text } : found;
  }
  return { kind: 'unknown', name: atoms.text(qualified) };
}

/** `(T)(x)` and `T(x)` of a type that the parser could not know are conversions. */
function isTypeName(name: Atom, { types, atoms }: ResolveSource): boolean {
  // The public headers name pointer types so: PULONG, PUNKNOWN. Macros of the workspace are known by now.
  if (/^P[A-Z][A-Z0-9_]+$/.test(atoms.text(name))) return true;
  return types.alias(name) !== undefined || types.struct(name) !== undefined;
}

/** "NS::Class::Method" gives "Class"; "::Foo" gives "". */
function classOf(qualified: string): string {
  return qualified.split('::').at(-2) ?? '';
}

/**
 * In a method, methods of its own class and bases come before free functions; elsewhere a plain name never means a method.
 * A qualified name means functions of that scope only.
 */
function visibleFrom(
  caller: FunctionUnit,
  owner: string,
  ids: readonly FunctionId[],
  source: ResolveSource,
): readonly FunctionId[] {
  const scopeOf = (id: FunctionId): string => source.function(id).head.scope.split('::').at(-1) ?? '';
  if (owner !== '') {
    const scopes = basesOf(owner, source);
    for (const scope of scopes) {
      const found = ids.filter((id) => scopeOf(id) === scope);
      if (found.length > 0) return found;
    }
    return ids.filter(
      (id) => scopeOf(id) === '' && source.types.struct(source.atoms.intern(owner)) === undefined,
    );
  }
  if (ids.every((id) => scopeOf(id) === '')) return ids;
  const self = caller.head.scope.split('::').at(-1) ?? '';
  for (const scope of self === '' ? [] : basesOf(self, source)) {
    const found = ids.filter((id) => scopeOf(id) === scope);
    if (found.length > 0) return found;
  }
  return ids.filter(
    (id) => scopeOf(id) === '' || source.types.struct(source.atoms.intern(scopeOf(id))) === undefined,
  );
}

function basesOf(name: string, { types, atoms }: ResolveSource): string[] {
  return types.withBases(atoms.intern(name)).map((each) => atoms.text(each));
}

function functionsCallee(ids: readonly FunctionId[], nArgs: number, source: ResolveSource): Callee {
  const fitting = ids.filter((id) => takesArguments(source.function(id), nArgs));
  const chosen = fitting.length > 0 ? fitting : ids;
  return { kind: 'functions', ids: chosen, isExact: chosen.length === 1 };
}

function takesArguments({ head }: FunctionUnit, nArgs: number): boolean {
  const { params } = head;
  const isVoid = params.length === 1 && params[0]?.type === 'void' && params[0].name === 0;
  const nParams = isVoid ? 0 : params.length;
  return nParams === nArgs || params.some(({ type }) => type.includes('...'));
}

/** A fact, a harmless name, or nothing known. */
function factCallee(name: string, source: ResolveSource, atom = -1): Callee {
  const { ddi } = source;
  if (atom >= 0 && source.isDeclaredByMacro(atom)) return { kind: 'neutral', name };
  if (source.isUserMode)
    return isNeutralName(name) || ddi.lookup(name) !== undefined
      ? { kind: 'neutral', name }
      : { kind: 'unknown', name };
  const fact = ddi.lookup(name);
  const effect = ddi.effect(name);
  if (effect !== undefined || (fact !== undefined && fact.kind !== 'callback' && !fact.isUserMode)) {
    return {
      kind: 'ddi',
      name,
      ...(fact === undefined ? {} : { fact }),
      ...(effect === undefined ? {} : { effect }),
    };
  }
  const isNeutral = isNeutralName(name) || isPlainType(name) || /^WdfObjectGet_/.test(name);
  if (isNeutral || (atom >= 0 && source.isHarmlessMacro(atom))) return { kind: 'neutral', name };
  return { kind: 'unknown', name };
}

function pointerCallee(ids: readonly FunctionId[]): Callee {
  return { kind: 'functions', ids, isExact: ids.length === 1 };
}

/** A call through a local or parameter: what the body puts into it, what callers pass, else the role of its type. */
function throughVariable(
  caller: FunctionUnit,
  ir: BodyIr,
  name: Atom,
  type: Atom,
  source: ResolveSource,
  context: IndexContext,
): Callee {
  const ids = new Set<FunctionId>();
  let isOpen = false;
  for (const held of heldByLocal(ir, name, context)) {
    if (held.kind === 'function') for (const id of source.functionsNamed(held.name)) ids.add(id);
    else {
      const passed = source.link().parameters.get(`${String(caller.id)}:${String(held.index)}`);
      if (passed === undefined) isOpen = true;
      for (const id of passed ?? []) ids.add(id);
    }
  }
  if (ids.size > 0 && !isOpen) return pointerCallee([...ids]);
  return throughType(type, source.atoms.text(name), source);
}

function throughType(type: Atom, name: string, source: ResolveSource): Callee {
  const role = source.isUserMode ? undefined : source.roleOfType(type);
  return role === undefined ? { kind: 'unknown', name } : { kind: 'role', role };
}

/** `object->Method(...)`, `Ops->Foo(...)`, `Table.Foo(...)`. */
function throughMember(ir: BodyIr, member: NodeId, nArgs: number, source: ResolveSource): Callee {
  const { atoms, types } = source;
  const field = ir.atom[member] ?? 0;
  const text = atoms.text(field);
  const ref = typeRefOf(ir, ir.first[member] ?? -1, source.context().locals, atoms);
  const type = ref === undefined ? undefined : types.resolve(ref);
  const struct = type === undefined ? undefined : types.struct(type);
  const methods = methodsOf(type, field, source);
  if (methods.length > 0) return functionsCallee(methods, nArgs, source);
  if (type !== undefined) {
    const name = types.structName(type) ?? atoms.intern(atoms.text(type).replace(/^_/, ''));
    const stored = source.link().fields.get(`${atoms.text(name)}.${text}`);
    if (stored !== undefined && stored.size > 0) return pointerCallee([...stored]);
  }
  const fieldType = struct === undefined ? undefined : types.field(struct, field)?.typeName;
  const role = fieldType === undefined ? undefined : throughType(fieldType, text, source);
  if (role?.kind === 'role') return role;
  const known: Callee =
    struct === undefined ? knownMethod(type, text, source) : { kind: 'unknown', name: text };
  return known.kind === 'unknown' && isNeutralMethod(text) ? { kind: 'neutral', name: text } : known;
}

/** Methods that a call on an object of that type may reach: the nearest in the bases, and overrides in derived classes. */
function methodsOf(type: Atom | undefined, method: Atom, source: ResolveSource): readonly FunctionId[] {
  const { atoms, types } = source;
  const all = source.methodsNamed(method);
  if (all.length === 0 || type === undefined) return [];
  const scopeOf = (id: FunctionId): string => source.function(id).head.scope.split('::').at(-1) ?? '';
  const name = types.structName(type) ?? type;
  const bases = types.withBases(name).map((each) => atoms.text(each));
  const own =
    bases.map((scope) => all.filter((id) => scopeOf(id) === scope)).find((found) => found.length > 0) ?? [];
  const overriding = all.filter(
    (id) => !own.includes(id) && basesOf(scopeOf(id), source).includes(atoms.text(name)),
  );
  return [...own, ...overriding];
}

/** Methods of interfaces and function tables that only the headers of the WDK know: `Interface.Method` in the facts. */
function knownMethod(type: Atom | undefined, method: string, source: ResolveSource): Callee {
  if (source.isUserMode) return { kind: 'unknown', name: method };
  const owner = type === undefined ? '' : source.atoms.text(type).replace(/^_/, '');
  for (const name of [`${owner}.${method}`, `${owner.replace(/^P/, '')}.${method}`]) {
    const fact = source.ddi.lookup(name);
    const effect = source.ddi.effect(name);
    if (fact !== undefined || effect !== undefined) {
      return {
        kind: 'ddi',
        name,
        ...(fact === undefined ? {} : { fact }),
        ...(effect === undefined ? {} : { effect }),
      };
    }
  }
  const rows = owner === '' ? [] : source.ddi.registrationsOfField(owner, method);
  const role = rows[0] === undefined ? undefined : source.ddi.role(rows[0].role);
  return role === undefined ? { kind: 'unknown', name: method } : { kind: 'role', role };
}

/** `table[i](...)`: any function of the table. */
function throughIndex(ir: BodyIr, node: NodeId, source: ResolveSource): Callee {
  const base = childAt(ir, node, 0);
  const { atoms } = source;
  if (ir.kind[base] === NodeKind.Name) {
    const held = source.link().globals.get(ir.atom[base] ?? 0);
    if (held !== undefined && held.size > 0) return pointerCallee([...held]);
  } else if (ir.kind[base] === NodeKind.Member) {
    return throughMember(ir, base, -1, source);
  }
  const ref = typeRefOf(ir, base, source.context().locals, atoms);
  const type = ref === undefined ? undefined : source.types.resolve(ref);
  return type === undefined ? { kind: 'unknown', name: '[]' } : throughType(type, '[]', source);
}

/** `T(args)`: a constructor of the workspace, a conversion, or an unknown class. */
function constructed(type: Atom, nArgs: number, source: ResolveSource): Callee {
  const text = source.atoms.text(type);
  const constructors = source
    .methodsNamed(type)
    .filter((id) => (source.function(id).head.scope.split('::').at(-1) ?? '') === text);
  if (constructors.length > 0) return functionsCallee(constructors, nArgs, source);
  const isPlain = isPlainType(text) || source.types.struct(type) !== undefined || nArgs === 0;
  return isPlain ? { kind: 'neutral', name: text } : { kind: 'unknown', name: text };
}
