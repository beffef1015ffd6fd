/**
 * The static type of an expression as far as one body tells it: a type, global or call to start from and the fields passed
 * on the way. Resolving the names is the type table's business. Pointers, arrays and their elements are not told apart.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { FunctionHead, ParameterDecl } from '../../syntax/fileStructure.ts';
import { calleeAtom, childAt, NodeKind } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';

/** A type by name, found by following `fields` from `root`. */
export interface TypeRef {
  readonly root:
    | { readonly kind: 'type'; readonly name: Atom }
    /** a global, or in a method of the class `self` one of its fields */
    | { readonly kind: 'global'; readonly name: Atom; readonly self: Atom }
    | { readonly kind: 'result'; readonly name: Atom };
  readonly fields: readonly Atom[];
}

/** Types of the names that a body declares. */
export interface LocalTypes {
  /** type atom of a local or parameter; undefined for other names */
  typeOf(name: Atom): Atom | undefined;
  /** the class of `this`, 0 when there is none */
  readonly self: Atom;
}

/** The last identifier of a type as written: "struct _X *" gives "_X", "const KIRQL *" gives "KIRQL"; '' for none. */
export function typeIdentifier(type: string): string {
  const bare = type.includes('<') ? type.slice(0, type.indexOf('<')) : type;
  const words = bare.match(/[A-Za-z_]\w*/g) ?? [];
  return (
    words.findLast(
      (text) =>
        !/^(?:const|volatile|struct|class|union|enum|unsigned|signed|UNALIGNED|restrict|__\w+)$/.test(text),
    ) ?? ''
  );
}

/** Collects the declared types of a body. */
export function localTypesOf(ir: BodyIr, head: FunctionHead, atoms: AtomTable): LocalTypes {
  const types = new Map<Atom, Atom>();
  for (const param of head.params) if (param.name !== 0) types.set(param.name, typeAtomOf(param, atoms));
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Decl) continue;
    const name = ir.atom[node] ?? 0;
    if (!types.has(name)) types.set(name, ir.aux[node] ?? 0);
  }
  const scope = head.scope.split('::').at(-1) ?? '';
  return { typeOf: (name) => types.get(name), self: scope === '' ? 0 : atoms.intern(scope) };
}

/** The type atom of a parameter. */
export function typeAtomOf(param: ParameterDecl, atoms: AtomTable): Atom {
  return atoms.intern(typeIdentifier(param.type));
}

/** The type of an expression node, undefined where nothing is known. Linear in the expression's depth. */
export function typeRefOf(
  ir: BodyIr,
  node: NodeId,
  locals: LocalTypes,
  atoms: AtomTable,
): TypeRef | undefined {
  const fields: Atom[] = [];
  for (let at = node, steps = 0; at >= 0 && steps < 64; steps++) {
    const first = ir.first[at] ?? -1;
    switch (ir.kind[at]) {
      case NodeKind.Name: {
        const name = ir.atom[at] ?? 0;
        const type = locals.typeOf(name);
        return make(
          type === undefined ? { kind: 'global', name, self: locals.self } : { kind: 'type', name: type },
          fields,
        );
      }
      case NodeKind.This:
        return make({ kind: 'type', name: locals.self }, fields);
      case NodeKind.Cast:
      case NodeKind.Construct:
      case NodeKind.New:
        return make({ kind: 'type', name: ir.atom[at] ?? 0 }, fields);
      case NodeKind.Call: {
        const name = calleeAtom(ir, at);
        if (name < 0) return undefined;
        const record = atoms.text(name) === 'CONTAINING_RECORD' ? childAt(ir, at, 2) : -1;
        if (record >= 0) return make({ kind: 'type', name: ir.atom[record] ?? 0 }, fields);
        return make({ kind: 'result', name }, fields);
      }
      case NodeKind.Member:
        fields.push(ir.atom[at] ?? 0);
        at = first;
        break;
      case NodeKind.Index:
      case NodeKind.Unary:
      case NodeKind.Postfix:
      case NodeKind.Assign:
        at = first;
        break;
      case NodeKind.Comma:
      case NodeKind.Conditional:
        at = childAt(ir, at, 1);
        break;
      default:
        return undefined;
    }
  }
  return undefined;
}

function make(root: TypeRef['root'], fields: Atom[]): TypeRef {
  return { root, fields: fields.reverse() };
}
