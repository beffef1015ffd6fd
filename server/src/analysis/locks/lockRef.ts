/**
 * Names a lock at a call: canonical path, the text a reader writes, and the class by type and field.
 * It decides nothing about being held.
 */
import { NodeFlag, NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { LockRef } from '../facts.ts';
import { pathOf } from '../irql/evaluate.ts';
import type { State } from '../irql/state.ts';
import type { BodyContext } from '../summary/bodyContext.ts';
import { derefPath, rootOf } from './accessPath.ts';
import { typeOf } from './typeOf.ts';

/** The lock object that the argument points to (or, for handles, stands for). */
export function lockOfArgument(context: BodyContext, state: State, argument: NodeId): LockRef {
  const path = derefPath(pathOf(context, state, argument));
  const key = path === '' ? `?${argument}` : path;
  return nameLock(context, key, argument);
}

/** A reference for a canonical path, named after the expression `node` when it is the first to mention it. */
export function nameLock(context: BodyContext, path: string, node: NodeId): LockRef {
  const known = context.lockNames.get(path);
  if (known !== undefined && known.lockClass !== '') return known;
  const lock: LockRef = {
    path,
    text: known?.text ?? lockText(context, path, node),
    lockClass: node >= 0 ? lockClass(context, node, path) : '',
  };
  context.lockNames.set(path, lock);
  return lock;
}

/** Remembers text and class for a path whose address is taken, so that a later use through a pointer has a good name. */
export function noteAddress(context: BodyContext, path: string, node: NodeId): void {
  if (context.lockNames.has(path)) return;
  const name = lockClass(context, node, path);
  if (name !== '')
    context.lockNames.set(path, { path, text: lockText(context, path, node), lockClass: name });
}

/** A lock without an argument: one in the whole system, or one per framework object. */
export function hiddenLock(name: string, text: string): LockRef {
  return { path: `h:${name}`, text, lockClass: `h:${name}` };
}

function lockText(context: BodyContext, path: string, node: NodeId): string {
  const { ir, unit } = context;
  const isOwnText = node >= 0 && ((ir.flags[node] ?? 0) & NodeFlag.FromMacro) === 0;
  if (!isOwnText) return readablePath(context, path);
  const text = unit.file.text.slice(ir.start[node], ir.end[node]).replaceAll(/\s+/g, ' ').trim();
  const bare = text.replace(/^\(*\s*&\s*/, '').replace(/^\((.*)\)$/, '$1');
  return bare.length > 80 || bare === '' ? readablePath(context, path) : bare;
}

/** `p0*.DeviceExtension*.Lock` as "DeviceObject->DeviceExtension->Lock". */
function readablePath(context: BodyContext, path: string): string {
  const root = rootOf(path);
  const parameter = /^p(\d+)$/.exec(root)?.[1];
  const declared = parameter === undefined ? undefined : context.unit.head.params[Number(parameter)];
  const name =
    declared === undefined
      ? root.replace(/^[glh]:/, '').replace(/^[?r].*/, 'lock')
      : context.text(declared.name);
  const rest = path.slice(root.length).replaceAll('*.', '->').replace(/\*$/, '').replaceAll('*', '');
  return name + rest.replaceAll(/~(\w+)/g, '');
}

/** "DEVICE_EXTENSION.QueueLock", "g_Lock", "file.c:s_Lock" for statics, or ''. */
function lockClass(context: BodyContext, argument: NodeId, path: string): string {
  const { ir, unit, program } = context;
  let node = argument;
  while (node >= 0) {
    const kind = ir.kind[node];
    const isAddress = kind === NodeKind.Unary && ['&', '*'].includes(context.text(ir.atom[node] ?? 0));
    if (!isAddress && kind !== NodeKind.Cast && kind !== NodeKind.Index) break;
    node = ir.first[node] ?? -1;
  }
  if (ir.kind[node] === NodeKind.Member) {
    const base = typeOf(context, ir.first[node] ?? -1);
    if (base === '') return '';
    const struct = program.types.structOf(unit.file.project, base);
    return struct === undefined ? '' : `${struct}.${context.text(ir.atom[node] ?? 0)}`;
  }
  if (ir.kind[node] !== NodeKind.Name) return '';
  const name = ir.atom[node] ?? 0;
  if (path.startsWith('this*.')) return `${unit.head.scope}.${context.text(name)}`;
  if (!path.startsWith('g:')) return '';
  const isStatic = unit.file.structure.globals.some((global) => global.name === name && global.isStatic);
  return isStatic ? `${fileName(unit.file.path)}:${context.text(name)}` : context.text(name);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
