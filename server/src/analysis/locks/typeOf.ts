/**
 * The type identifier of an expression, as far as declarations say: locals, parameters, globals, fields, casts.
 * For lock classes; it does not know C's type rules.
 */
import { NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { BodyContext } from '../summary/bodyContext.ts';

/** The last identifier of a type spelling: "struct FOO *" gives "FOO", "KIRQL *" gives "KIRQL". */
function typeIdentifier(type: string): string {
  const words = type.match(/[A-Za-z_]\w*/g) ?? [];
  return words.filter((word) => word !== 'const' && word !== 'volatile').at(-1) ?? '';
}

/** The type identifier of `node` (a pointer type's own name where there is one), or '' when unknown. */
export function typeOf(context: BodyContext, node: NodeId, depth = 0): string {
  const { ir, program, unit } = context;
  const first = ir.first[node] ?? -1;
  if (depth > 20 || node < 0) return '';
  switch (ir.kind[node]) {
    case NodeKind.Name:
      return nameType(context, ir.atom[node] ?? 0);
    case NodeKind.This:
      return unit.head.scope;
    case NodeKind.Member: {
      const base = typeOf(context, first, depth + 1);
      if (base === '') return '';
      const struct = program.types.structOf(unit.file.project, base) ?? base;
      const field = context.text(ir.atom[node] ?? 0);
      return program.types.fieldType(unit.file.project, struct, field) ?? '';
    }
    case NodeKind.Cast:
      return context.text(ir.atom[node] ?? 0);
    case NodeKind.Index:
    case NodeKind.Unary:
    case NodeKind.Assign:
      return typeOf(context, first, depth + 1);
    default:
      return '';
  }
}

function nameType(context: BodyContext, name: number): string {
  const local = context.locals.get(name);
  if (local !== undefined) return context.text(local.type);
  const { unit, program } = context;
  const parameter = context.params.get(name);
  if (parameter !== undefined) return typeIdentifier(unit.head.params[parameter]?.type ?? '');
  const { scope } = unit.head;
  const text = context.text(name);
  const field = scope === '' ? undefined : program.types.fieldType(unit.file.project, scope, text);
  if (field !== undefined) return field;
  const global = unit.file.structure.globals.find((variable) => variable.name === name);
  return global === undefined ? '' : context.text(global.typeName);
}
